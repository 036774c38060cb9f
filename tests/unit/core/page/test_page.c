// SPDX-License-Identifier: Apache-2.0
/*
 * The whole page of a small node, compared with a file that was looked at in a
 * browser; and what must hold of every page.
 */
#include "test.h"

#include <errno.h>

#include "page_fixture.h"

enum { TEXT_MAX = 1 << 20 };

#define GOLDEN "tests/golden/page.html"

static struct record make_record(enum record_type type, const char *ip)
{
	struct record record = record_init(type);

	record.wall_ns = 1709210095000000000;
	record.ip = ip;
	record.range = "block";
	record.namespace = "shop";
	record.pod = "web-5";
	record.pod_uid = "uid-of-web-5";
	record.container_id = "sandbox-of-web-5";
	record.previous_pod = "shop/web-4";
	return record;
}

static void fill_small(struct page_fixture *fixture)
{
	struct status *status = fixture->status;
	struct status_range *block =
		fixture_range(fixture, "block", "10.9.0.8/29", RANGE_SCOPE_NODE);
	struct status_range *pods;

	block->usable = 5, block->used = 4, block->free = 1, block->utilization = 0.8;
	block->time_to_exhaustion_s = 5400;
	fixture->drawn[0].reserved = 3;
	pods = fixture_range(fixture, "pods", "10.9.0.0/16", RANGE_SCOPE_CLUSTER);
	pods->used = 4, pods->free = 65532, pods->utilization = 4.0 / 65536;
	fixture->drawn[1].node_prefix = 29;
	fixture_range(fixture, "six", "fd00:9::/64", RANGE_SCOPE_SUBNET)->used = 1;
	fixture_mark(fixture, "10.9.0.10", RANGE_MAP_USED);
	fixture_mark(fixture, "10.9.0.11", RANGE_MAP_USED);
	fixture_mark(fixture, "10.9.0.12", RANGE_MAP_COOLDOWN);
	fixture_mark(fixture, "10.9.0.13", RANGE_MAP_LEAKED);
	fixture_mark(fixture, "fd00:9::5", RANGE_MAP_USED);
	status->level = STATUS_WARNING;
	snprintf(status->why, sizeof(status->why), "PodipLeakGrowing fires");
	status->waiting = 2;
	status->incidents[REASON_EXHAUSTED] = 3;
	status->max_pods = 110;
	status->alerts[0] = (struct status_alert){ "PodipLeakGrowing", "block", "warning", true,
						   1709210000000000000 };
	status->alerts[1] =
		(struct status_alert){ "PodipRangeFilling", "block", "warning", false, 0 };
	status->alert_count = 2;
	status->sources[0] = (struct status_source){ "config", true, true, true, 2, 0, NAN };
	status->sources[1] = (struct status_source){ "cni", true, false, true, 1, 0, 12.5 };
	status->sources[2] = (struct status_source){ "flannel", true, false, false, 0, 0, NAN };
	status->sources[3] = (struct status_source){ "gce", false, false, false, 0, 0, NAN };
	status->source_count = 4;
	status->losses[0] = (struct status_loss){ "ring_full_address", 3 };
	status->loss_count = 1;
}

static void writes_the_page_of_a_small_node(void **state)
{
	struct record events[] = { make_record(RECORD_IP_ASSIGNED, "10.9.0.10"),
				   make_record(RECORD_CNI_FAILED, NULL) };
	cleanup_fclose FILE *file = fopen(GOLDEN, "re");
	cleanup_free char *got = NULL, *want = calloc(1, TEXT_MAX);
	struct page_fixture fixture;

	(void)state;
	if (!file)
		fail_msg("%s: %s", GOLDEN, strerror(errno));
	assert_non_null(want);
	assert_true(fread(want, 1, TEXT_MAX - 1, file) > 0);
	events[0].used = 1, events[0].usable = 5, events[0].latency_ns = 11000000;
	events[1].plugin = "bridge", events[1].reason = "exhausted", events[1].count = 2;
	events[1].message = "no address for web-5";
	fixture_open(&fixture);
	fill_small(&fixture);
	fixture.input.events = events;
	fixture.input.event_count = case_count(events);
	got = fixture_write(&fixture);
	for (const char *at = got, *right = want; *at || *right;) {
		size_t size = strcspn(at, "\n"), right_size = strcspn(right, "\n");

		if (size != right_size || memcmp(at, right, size) != 0)
			fail_msg("'%.*s', not '%.*s'", (int)size, at, (int)right_size, right);
		at += size + (at[size] == '\n');
		right += right_size + (right[right_size] == '\n');
	}
	fixture_close(&fixture);
}

/* A pod's name wherever a text may have one. */
static struct record make_secret(enum record_type type)
{
	static const char *const kept[] = { "ip",     "range",	 "ifname", "alert",  "severity",
					    "plugin", "command", "reason", "backend" };
	struct record record = make_record(type, "10.9.0.10");

	for_each_case(field, record_fields) {
		bool is_kept = type <= RECORD_AGENT_GAP && !strcmp(field->name, "message");

		for_each_case(name, kept)
			is_kept |= !strcmp(*name, field->name);
		if (field->kind == RECORD_FIELD_TEXT && !is_kept)
			*(const char **)((char *)&record + field->offset) = "secret-pod";
	}
	return record;
}

static void names_no_pod_without_permission(void **state)
{
	struct page_fixture fixture;

	(void)state;
	fixture_open(&fixture);
	for (enum record_type type = 0; type < RECORD_TYPE_COUNT; type++) {
		bool is_told = type < RECORD_NETNS_CREATED || type > RECORD_LINK_DELETED;
		struct record record = make_secret(type);
		cleanup_free char *hidden = NULL, *shown = NULL;

		fixture.input.events = &record;
		fixture.input.event_count = 1;
		hidden = fixture_write(&fixture);
		assert_null(strstr(hidden, "secret"));
		assert_int_equal(!!strstr(hidden, "10.9.0.10"), is_told);
		fixture.input.shows_pods = true;
		shown = fixture_write(&fixture);
		assert_int_equal(!!strstr(shown, "secret-pod/secret-pod"), is_told);
		assert_int_equal(!!strstr(shown, "<q>secret-pod</q>"),
				 is_told && type > RECORD_AGENT_GAP);
		fixture.input.shows_pods = false;
	}
	fixture_close(&fixture);
}

static const char hostile[] = "<script>'\"&\x01\xff\u202e</script>";

/* Whatever somebody else may have named. */
static void fill_hostile(struct page_fixture *fixture, struct record *record)
{
	struct status *status = fixture->status;

	for_each_case(field, record_fields) {
		const char **text = (const char **)((char *)record + field->offset);

		if (field->kind == RECORD_FIELD_TEXT)
			*text = hostile;
	}
	record->type_name = hostile;
	fixture->input.events = record;
	fixture->input.event_count = 1;
	fixture->input.shows_pods = true;
	fixture_range(fixture, hostile, "10.9.0.8/29", RANGE_SCOPE_NODE);
	snprintf(fixture->ranges[0].source, STATUS_NAME_SIZE, "%s", hostile);
	snprintf(fixture->ranges[0].scope, STATUS_NAME_SIZE, "%s", hostile);
	snprintf(status->node, sizeof(status->node), "%s", hostile);
	snprintf(status->why, sizeof(status->why), "%s", hostile);
	snprintf(status->version, sizeof(status->version), "%s", hostile);
	snprintf(status->backend, sizeof(status->backend), "%s", hostile);
	status->alert_count = status->loss_count = 1;
	status->source_count = 2;
	snprintf(status->alerts[0].alert, STATUS_NAME_SIZE, "%s", hostile);
	snprintf(status->alerts[0].range, RANGE_NAME_SIZE, "%s", hostile);
	snprintf(status->alerts[0].severity, STATUS_NAME_SIZE, "%s", hostile);
	status->sources[0].is_asked = true;
	snprintf(status->sources[0].name, STATUS_NAME_SIZE, "%s", hostile);
	snprintf(status->sources[1].name, STATUS_NAME_SIZE, "%s", hostile);
	snprintf(status->losses[0].cause, STATUS_NAME_SIZE, "%s", hostile);
}

static size_t count(const char *text, const char *word)
{
	size_t found = 0;

	for (const char *at = text; (at = strstr(at, word)); at++)
		found++;
	return found;
}

static void lets_no_name_be_more_than_text(void **state)
{
	static const char escaped[] = "&lt;script&gt;&#39;&quot;&amp;\\x01\xef\xbf\xbd"
				      "\\xe2\\x80\\xae&lt;/script&gt;";
	struct record record = record_init(RECORD_TYPE_COUNT);
	cleanup_free char *got = NULL;
	struct page_fixture fixture;

	(void)state;
	fixture_open(&fixture);
	fill_hostile(&fixture, &record);
	got = fixture_write(&fixture);
	assert_int_equal(count(got, "<script"), 1);
	assert_int_equal(count(got, "</script"), 1);
	assert_null(strchr(got, '\x01'));
	assert_null(strchr(got, '\xff'));
	assert_null(strstr(got, "\u202e"));
	/* title, h1, why, version, backend; alert 3; range name 2, scope, source; sources 2; loss;
	 * event type, ip, namespace, pod, alert, severity, plugin, command, ifname, range, reason,
	 * backend, message */
	assert_int_equal(count(got, escaped), 5 + 3 + 4 + 2 + 1 + 13);
	fixture_close(&fixture);
}

/* What the policy of the page would refuse, and what a proxy in front of it would break. */
static void holds_to_its_own_policy(void **state)
{
	static const char *const never[] = { " style=",	 "<style",   "javascript:", "http://",
					     "https://", " onclick", "href=\"/",    "src=\"/",
					     "<img",	 "<iframe" };
	cleanup_free char *got = NULL;
	struct page_fixture fixture;

	(void)state;
	fixture_open(&fixture);
	fill_small(&fixture);
	got = fixture_write(&fixture);
	for_each_case(word, never)
		if (strstr(got, *word))
			fail_msg("the page has '%s'", *word);
	assert_int_equal(count(got, "<table"), count(got, "<caption"));
	assert_int_equal(count(got, "<th "), count(got, " scope="));
	assert_int_equal(count(got, "class=\"map "), count(got, "aria-label=\"Map of "));
	fixture_close(&fixture);
}

/* The worst picture has no two neighbours alike. */
static void fill_checkered(struct page_fixture *fixture, size_t ranges, unsigned int every)
{
	for (size_t i = 0; i < ranges; i++) {
		char cidr[32], ip[32];

		snprintf(cidr, sizeof(cidr), "10.%zu.0.0/20", i);
		fixture_range(fixture, "range", cidr, RANGE_SCOPE_NODE);
		for (unsigned int host = 0; host < 4096; host += every) {
			snprintf(ip, sizeof(ip), "10.%zu.%u.%u", i, host / 256, host % 256);
			fixture_mark(fixture, ip,
				     host % (2 * every) ? RANGE_MAP_COOLDOWN : RANGE_MAP_USED);
		}
	}
}

static void stays_light(void **state)
{
	static const struct {
		size_t ranges;
		unsigned int every; /* an address so many is not free */
		size_t most_kib;
	} cases[] = { { 16, 2, 300 },  { 16, 7, 300 }, { 64, 2, 300 },
		      { 100, 2, 300 }, { 16, 1, 512 }, { 64, 1, 512 } };

	(void)state;
	for_each_case(c, cases) {
		cleanup_free char *got = NULL;
		struct page_fixture fixture;

		fixture_open(&fixture);
		fill_checkered(&fixture, c->ranges, c->every);
		got = fixture_write(&fixture);
		print_message("  %zu ranges of 4,096, one in %u: %zu bytes\n", c->ranges, c->every,
			      strlen(got));
		assert_true(strlen(got) < c->most_kib * 1024);
		assert_int_equal(count(got, "<figure"),
				 c->ranges < PAGE_RANGES_MAX ? c->ranges : PAGE_RANGES_MAX);
		fixture_close(&fixture);
	}
}

static void says_how_many_ranges_it_leaves_out(void **state)
{
	cleanup_free char *got = NULL;
	struct page_fixture fixture;

	(void)state;
	fixture_open(&fixture);
	for (int i = 0; i < PAGE_RANGES_MAX + 3; i++) {
		char cidr[32];

		snprintf(cidr, sizeof(cidr), "10.9.%d.0/24", i);
		fixture_range(&fixture, "range", cidr, RANGE_SCOPE_NODE);
	}
	fixture.status->ranges_left_out = 4;
	got = fixture_write(&fixture);
	assert_non_null(strstr(got, ">7 more are in <a href=\"metrics\">"));
	fixture_close(&fixture);
}

static void tells_of_addresses_in_no_range(void **state)
{
	cleanup_free char *none = NULL, *some = NULL;
	struct status_range *range;
	struct page_fixture fixture;

	(void)state;
	fixture_open(&fixture);
	range = fixture_range(&fixture, "unranged", "10.9.0.0/24", RANGE_SCOPE_NODE);
	range->cidr[0] = '\0';
	range->usable = range->free = range->utilization = NAN;
	none = fixture_write(&fixture);
	assert_null(strstr(none, "unranged"));
	range->used = 2;
	some = fixture_write(&fixture);
	assert_non_null(strstr(some, ">unranged <small>in no range</small>"));
	assert_non_null(strstr(some, "<span>2</span></td><td class=\"n free\">-</td>"));
	assert_null(strstr(some, "<figure"));
	fixture_close(&fixture);
}

static void calls_a_range_full(void **state)
{
	static const struct {
		double used, free, utilization;
		const char *text, *bar;
	} cases[] = {
		{ 0, 5, 0, "0 of 5</span> <b>0\u00a0%</b></td>", "\"u\" width=\"0.0\"" },
		{ 3, 2, 0.6, "3 of 5</span> <b>60\u00a0%</b></td>", "\"u\" width=\"60.0\"" },
		{ 4, 1, 0.8, "4 of 5</span> <b>80\u00a0%</b></td>", "\"c\" width=\"80.0\"" },
		{ 5, 0, 1, "5 of 5</span> <b>100\u00a0%</b> <strong>full</strong></td>",
		  "\"l\" width=\"100.0\"" },
		{ 6, 0, 1.2, "6 of 5</span> <b>120\u00a0%</b> <strong>full</strong></td>",
		  "\"l\" width=\"100.0\"" },
		{ 1, 4, 0.001, "1 of 5</span> <b>&lt;1\u00a0%</b></td>", "\"u\" width=\"0.1\"" },
		/* 99.9 % are not yet 100 */
		{ 4, 1, 0.999, "4 of 5</span> <b>99\u00a0%</b></td>", "\"l\" width=\"99.9\"" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free char *got = NULL;
		struct status_range *range;
		struct page_fixture fixture;

		fixture_open(&fixture);
		range = fixture_range(&fixture, "block", "10.9.0.8/29", RANGE_SCOPE_NODE);
		range->usable = 5, range->used = c->used, range->free = c->free;
		range->utilization = c->utilization;
		got = fixture_write(&fixture);
		assert_non_null(strstr(got, c->text));
		assert_non_null(strstr(got, c->bar));
		fixture_close(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_page_of_a_small_node),
		cmocka_unit_test(names_no_pod_without_permission),
		cmocka_unit_test(lets_no_name_be_more_than_text),
		cmocka_unit_test(holds_to_its_own_policy),
		cmocka_unit_test(stays_light),
		cmocka_unit_test(says_how_many_ranges_it_leaves_out),
		cmocka_unit_test(tells_of_addresses_in_no_range),
		cmocka_unit_test(calls_a_range_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

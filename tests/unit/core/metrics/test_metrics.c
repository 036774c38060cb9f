// SPDX-License-Identifier: Apache-2.0
/*
 * The whole exposition of a small state, compared with files that were read by eye
 * and by promtool: a metric that changes its name, labels, unit or meaning shows
 * here, and in what others built on it.
 */
#include "test.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alert/alerts.h"
#include "core/books/leaks.h"
#include "core/capacity/eni_usage.h"
#include "core/capacity/supply.h"
#include "core/forecast/forecast.h"
#include "core/metrics/collect_ranges.h"
#include "core/metrics/metrics.h"
#include "core/pod/call_counts.h"
#include "facts.h"

enum { TEXT_MAX = 1 << 20 };

static const uint32_t limits[] = { 16, 32, 64 };

/* Both families, a range around another one, an address outside, and one that is used again. */
static const char *const events[] = {
	"netns_add netns_inum=101 time_ns=1000000000",
	"addr_add netns_inum=101 ifindex=2 ifname=eth0 addr=10.9.0.5/24 time_ns=1200000000",
	"addr_add netns_inum=101 ifindex=2 addr=fd00:9::5/64 time_ns=3000000000",
	"addr_add netns_inum=101 ifindex=2 addr=192.0.2.5/24 time_ns=3000000000",
	"addr_add netns_inum=101 ifindex=2 addr=10.9.1.5/24 time_ns=3000000000",
	"addr_del netns_inum=101 ifindex=2 addr=10.9.0.5/24 time_ns=4000000000",
	"addr_add netns_inum=101 ifindex=2 addr=10.9.0.5/24 time_ns=11000000000",
	"addr_del netns_inum=101 ifindex=2 addr=10.9.1.5/24 time_ns=12000000000",
	"netns_add netns_inum=102 time_ns=13000000000",
};

struct world {
	struct state *state;
	struct account *account;
	struct metrics_input input;
	struct call_counts counts;
	struct leaks *leaks;
	struct alerts *alerts;
	struct supply supply;
	struct eni_sums sums[3];
	struct forecast_answer forecasts[3];
	struct eni_usage usages[2];
};

static void on_fact(const struct fact *fact, void *ctx)
{
	struct world *world = ctx;
	struct account_note note;

	if (fact->kind == FACT_IP_ASSIGNED)
		assert_int_equal(account_assigned(world->account, fact, &note), 0);
	else if (fact->kind == FACT_IP_RELEASED)
		account_released(world->account, fact, NULL, &note);
}

static void use_ranges(struct account *account)
{
	struct range ranges[] = {
		{ .name = "pods",
		  .source = "config",
		  .scope = RANGE_SCOPE_CLUSTER,
		  .node_prefix = 24 },
		{ .name = "block",
		  .source = "cni",
		  .scope = RANGE_SCOPE_NODE,
		  .reserved = 3,
		  .max_pods = 110 },
		{ .name = "six \"6\"", .source = "config", .scope = RANGE_SCOPE_SUBNET },
	};
	const struct range_list list = { ranges, case_count(ranges) };
	struct range_table *table;

	assert_int_equal(prefix_parse("10.9.0.0/16", &ranges[0].cidr), 0);
	assert_int_equal(prefix_parse("10.9.0.0/24", &ranges[1].cidr), 0);
	assert_int_equal(prefix_parse("fd00:9::/64", &ranges[2].cidr), 0);
	assert_int_equal(range_table_new(&list, 1, &table), 0);
	assert_int_equal(account_set_ranges(account, table), 0);
}

static void fill_calls(struct call_counts *counts)
{
	static const struct call calls[] = {
		{ .command = CALL_ADD, .plugin = "bridge", .duration_ns = 40000000 },
		{ .command = CALL_ADD, .plugin = "bridge", .duration_ns = 60000000 },
		{ .command = CALL_ADD,
		  .plugin = "bridge",
		  .duration_ns = 20000000,
		  .result = CALL_ERROR,
		  .status = 1 },
		{ .command = CALL_DEL, .plugin = "bridge", .duration_ns = 30000000 },
	};

	for_each_case(call, calls)
		call_counts_add(counts, call);
	call_counts_failure(counts, CALL_ADD, REASON_EXHAUSTED);
	call_counts_incident(counts, "block", REASON_EXHAUSTED);
}

static void ignore_leak(const struct leak *leak, bool is_over, void *ctx)
{
	(void)leak;
	(void)is_over;
	(void)ctx;
}

/* Two in the narrowest range that the books have alone, one of them outside of all. */
static struct leaks *make_leaks(struct state *state)
{
	struct lease leases[] = { { .source = "host-local", .since_ns = 1 },
				  { .source = "host-local", .since_ns = 1 } };
	const struct leaks_view view = { .inventory = state_inventory(state),
					 .leases = leases,
					 .lease_count = 2,
					 .boot_ns = 1,
					 .now_ns = 1000 };
	struct leaks *leaks;

	assert_int_equal(ip_parse("10.9.0.77", &leases[0].ip), 0);
	assert_int_equal(ip_parse("192.0.2.77", &leases[1].ip), 0);
	assert_int_equal(leaks_new(ignore_leak, NULL, &leaks), 0);
	assert_int_equal(leaks_check(leaks, &view), 0);
	return leaks;
}

/* Two ENIs, of which the second one's subnet is not known. */
static void attach(struct world *world)
{
	struct eni eni = {
		.id = "eni-1", .subnet_id = "subnet-a", .has_subnet = true, .is_primary = true
	};

	world->supply = (struct supply){ .max_pods = 110, .node_pool = "blue", .zone = "zone-b" };
	assert_int_equal(prefix_parse("10.9.0.0/16", &eni.subnet), 0);
	assert_int_equal(enis_add(&world->supply.enis, &eni), 0);
	eni = (struct eni){ .id = "eni-2", .device = 1, .card = 1, .is_trunk = true };
	assert_int_equal(enis_add(&world->supply.enis, &eni), 1);
	world->supply.enis.has_addresses = true;
	world->sums[0] = (struct eni_sums){ 20, 3, 1, 14 };
	world->usages[0] = (struct eni_usage){ { 4, 2, 1, 0 }, 1 };
	world->usages[1] = (struct eni_usage){ { 16, 1, 0, 14 }, 2 };
	world->input.supply = &world->supply;
	world->input.range_sums = world->sums;
	world->forecasts[0] = (struct forecast_answer){ .headroom = NAN };
	world->forecasts[1] = (struct forecast_answer){
		.is_known = true, .seconds = 3600.5, .confidence = 0.75, .headroom = 109
	};
	world->forecasts[2] = (struct forecast_answer){ .headroom = -2 };
	world->input.forecasts = world->forecasts;
	world->input.eni_usages = world->usages;
}

static void ignore_alert(const struct alert *alert, void *ctx)
{
	(void)alert;
	(void)ctx;
}

/* Two families of one name, of which one is full; and an agent that has lost events. */
static struct alerts *judge(void)
{
	const struct alerts_range ranges[] = {
		{ .name = "block",
		  .cidr = "10.9.0.0/24",
		  .used = 253,
		  .bound = 253,
		  .exhaustion_s = -1,
		  .leaked = -1 },
		{ .name = "block",
		  .cidr = "fd00:9::/64",
		  .used = 1,
		  .bound = 110,
		  .exhaustion_s = -1,
		  .leaked = -1 },
	};
	struct alerts_view view = { .ranges = ranges, .range_count = case_count(ranges) };
	struct alert_rules rules = alert_rules_default();
	struct alerts *alerts;

	rules.of[ALERT_RANGE_EXHAUSTED].for_ns = 0;
	assert_int_equal(alerts_new(&rules, &alerts), 0);
	assert_int_equal(alerts_evaluate(alerts, &view, 1000000000, ignore_alert, NULL), 0);
	view.events_lost = 3;
	assert_int_equal(alerts_evaluate(alerts, &view, 2000000000, ignore_alert, NULL), 0);
	return alerts;
}

static void world_open(struct world *world)
{
	struct facts reader = { 0 };

	*world = (struct world){
		.input = { .backend = "fentry",
			   .version = "1.2.3",
			   .revision = "0123456789ab",
			   .losses = { { "ring_full_address", 3 }, { "malformed", 0 } },
			   .loss_count = 2,
			   .programs = { { "address_added", 7, 3500 }, { "walk", 2, 2000000 } },
			   .program_count = 2,
			   .sources = { { "config", true, true, 2, 0, -1, 0 },
					{ "cni", true, false, 1, 4, 12.5, 1 },
					{ "cgroup", true, true, 7, 0, -1, -1 },
					{ "gce", false, false, 0, 0, -1, -1 } },
			   .source_count = 4,
			   .max_addresses = 27,
			   .receivers = { { "alertmanager", 4, 1, 0 } },
			   .receiver_count = 1,
			   .tables = { { "calls", 1, 512 } },
			   .table_count = 1,
			   .degradations = { { "rtnetlink", "CAP_NET_BROADCAST", "x", true },
					     { "load", "CAP_BPF", "y", false },
					     { "sandbox", NULL, "z", true } },
			   .degradation_count = 3,
			   .capture = "syscall",
			   .is_capturing = true,
			   .waiting = 2,
			   .oldest_wait_s = 61.5,
			   .unattributed = 3,
			   .disagreements = 1,
			   .corrections = { 1, 2, 3, 4, 5, 6, 7 },
			   .reconcile_at_s = 1709210096.5,
			   .reconcile_took_s = 0.000125,
			   .socket_refused = { [METRICS_SOCKET_USER] = 2 },
			   .web = { .refused = { 21, 22, 23, 24, 25, 26, 27 },
				    .reloads = { .applied = 26, .failed = 27, .last_failed = true },
				    .has_certificate = true,
				    .not_before_s = 1709210000,
				    .not_after_s = 1716986000 },
			   .log = { .written = 12,
				    .lost = 1,
				    .coalesced = 13,
				    .failing = 1,
				    .bytes = 14000,
				    .files = 3,
				    .rotations = 15,
				    .reopened = 16,
				    .errors = { { "open", 17 }, { "sync", 18 } } },
			   .process = { .cpu_s = 0.25,
					.start_s = 1709210000.75,
					.resident_bytes = 8 << 20,
					.virtual_bytes = 64 << 20,
					.open_fds = 23,
					.max_fds = 1024 } },
	};
	assert_int_equal(account_new(&world->account), 0);
	assert_int_equal(state_new(limits, on_fact, world, &world->state), 0);
	state_set_host(world->state, FACTS_HOST, false);
	use_ranges(world->account);
	for_each_case(line, events) {
		const struct event event = facts_event(&reader, *line, strlen(*line));

		assert_int_equal(state_apply(world->state, &event), 0);
	}
	world->input.state = world->state;
	world->input.account = world->account;
	fill_calls(&world->counts);
	world->input.call_counts = &world->counts;
	world->leaks = make_leaks(world->state);
	world->input.leaks = world->leaks;
	attach(world);
	world->alerts = judge();
	world->input.alerts = world->alerts;
}

static void world_close(struct world *world)
{
	state_free(world->state);
	account_free(world->account);
	leaks_free(world->leaks);
	supply_clear(&world->supply);
	alerts_free(world->alerts);
}

/* The caller frees it. */
static char *write_all(const struct metrics_input *input, enum exposition_format format)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	metrics_write(input, format, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static char *read_golden(const char *path)
{
	cleanup_fclose FILE *file = fopen(path, "re");
	char *text = malloc(TEXT_MAX);

	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	assert_non_null(text);
	text[fread(text, 1, TEXT_MAX - 1, file)] = '\0';
	return text;
}

/* PODIP_GOLDEN=write makes them anew; then read what changed. NULL: it is not set. */
static char *write_golden(const char *path, const char *text)
{
	const char *wish = getenv("PODIP_GOLDEN");
	cleanup_fclose FILE *file = wish && !strcmp(wish, "write") ? fopen(path, "we") : NULL;

	if (!file)
		return NULL;
	assert_true(fputs(text, file) >= 0);
	return strdup(text);
}

static void check_lines(const char *path, const char *got, const char *want)
{
	for (unsigned int number = 1; *got || *want; number++) {
		size_t got_size = strcspn(got, "\n"), want_size = strcspn(want, "\n");

		if (got_size != want_size || memcmp(got, want, got_size) != 0)
			fail_msg("%s:%u: '%.*s', not '%.*s'", path, number, (int)got_size, got,
				 (int)want_size, want);
		got += got_size + (got[got_size] == '\n');
		want += want_size + (want[want_size] == '\n');
	}
}

static void writes_all_it_knows_in_both_formats(void **state)
{
	static const struct {
		enum exposition_format format;
		const char *path;
	} cases[] = {
		{ EXPOSITION_TEXT, "tests/golden/metrics.text" },
		{ EXPOSITION_OPENMETRICS, "tests/golden/metrics.openmetrics" },
	};
	struct world world;

	(void)state;
	world_open(&world);
	for_each_case(c, cases) {
		cleanup_free char *got = write_all(&world.input, c->format);
		cleanup_free char *want = write_golden(c->path, got);

		if (!want)
			want = read_golden(c->path);
		check_lines(c->path, got, want);
	}
	world_close(&world);
}

static void describes_each_family_once_in_the_order_of_the_exposition(void **state)
{
	static const char head[] = "| name | type | labels | help |\n|---|---|---|---|\n";
	cleanup_free char *exposition = NULL, *table = NULL;
	const char *family, *row;
	struct world world;
	size_t size;
	FILE *out = open_memstream(&table, &size);

	(void)state;
	assert_non_null(out);
	metrics_describe(out);
	fclose(out);
	world_open(&world);
	exposition = write_all(&world.input, EXPOSITION_TEXT);
	world_close(&world);

	assert_memory_equal(table, head, sizeof(head) - 1);
	row = table + sizeof(head) - 1;
	for (family = exposition; (family = strstr(family, "# HELP ")); family++) {
		char name[128], described[128];

		assert_int_equal(sscanf(family, "# HELP %127s", name), 1);
		assert_int_equal(sscanf(row, "| %127s |", described), 1);
		assert_string_equal(described, name);
		row = strchr(row, '\n') + 1;
	}
	assert_string_equal(row, "");
}

static void describes_type_labels_and_meaning(void **state)
{
	static const char *const rows[] = {
		"| podip_range_info | info | range cidr family scope source | ",
		"| podip_range_used_addresses | gauge | range cidr family | ",
		"| podip_events_lost_total | counter | cause | ",
		"| podip_address_assign_duration_seconds | histogram | family | ",
		"| process_open_fds | gauge | | Open file descriptors. |\n",
	};
	cleanup_free char *table = NULL;
	size_t size;
	FILE *out = open_memstream(&table, &size);

	(void)state;
	assert_non_null(out);
	metrics_describe(out);
	fclose(out);
	for_each_case(row, rows)
		if (!strstr(table, *row))
			fail_msg("no row '%s'", *row);
}

/* ---- numbers at the edge ---- */

static void keeps_numbers_of_a_range_in_their_bounds(void **state)
{
	static const struct {
		const char *cidr;
		double reserved;
		uint64_t used;
		double usable, free, utilization;
		uint32_t max_pods;
	} cases[] = {
		{ "10.0.0.0/24", 0, 0, 256, 256, 0, 0 },
		{ "10.0.0.0/24", 6, 50, 250, 200, 0.2, 0 },
		{ "10.0.0.0/30", 2, 2, 2, 0, 1, 0 },
		{ "10.0.0.0/30", 2, 3, 2, 0, 1.5, 0 }, /* over-committed: the ratio alone */
		{ "10.0.0.0/30", 4, 0, 0, 0, 1, 0 },
		{ "10.0.0.0/30", 9, 1, 0, 0, 1, 0 },
		{ "fd00::/64", 0, 1, 0x1p64, 0x1p64, 0x1p-64, 0 },
		{ "10.0.0.0/27", 3, 16, 29, 0, 1, 16 }, /* FIELD: GKE, full by its pods */
		{ "10.0.0.0/27", 3, 4, 29, 12, 0.25, 16 },
		{ "10.0.0.0/29", 3, 4, 5, 1, 0.8, 16 },
		{ "fd00::/64", 0, 4, 0x1p64, 12, 0.25, 16 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct range range = { .reserved = c->reserved, .max_pods = c->max_pods };
		const struct usage usage = { .used = c->used };

		assert_int_equal(prefix_parse(c->cidr, &range.cidr), 0);
		assert_true(metric_usable(&range, &usage) == c->usable);
		assert_true(metric_free_addresses(&range, &usage) == c->free);
		assert_true(fabs(metric_utilization(&range, &usage) - c->utilization) < 1e-18);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_all_it_knows_in_both_formats),
		cmocka_unit_test(describes_each_family_once_in_the_order_of_the_exposition),
		cmocka_unit_test(describes_type_labels_and_meaning),
		cmocka_unit_test(keeps_numbers_of_a_range_in_their_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

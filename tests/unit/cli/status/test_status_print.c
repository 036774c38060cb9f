// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "cli/status/status_cells.h"
#include "cli/status/status_print.h"
#include "core/base/text.h"

#define S 1000000000LL

static const int64_t now_ns = 1709210000 * S;

/* What is not known of a range that is otherwise whole. */
static struct status_range make_range(const char *name, const char *cidr, double used,
				      double usable)
{
	struct status_range range = { .is_v4 = true,
				      .capacity = usable,
				      .usable = usable,
				      .used = used,
				      .free = fmax(usable - used, 0),
				      .utilization = used / usable,
				      .leaked = NAN,
				      .time_to_exhaustion_s = NAN,
				      .confidence = NAN,
				      .assign_per_s = NAN };

	snprintf(range.name, sizeof(range.name), "%s", name);
	snprintf(range.cidr, sizeof(range.cidr), "%s", cidr);
	return range;
}

static void fill(struct status *status, struct status_range *ranges, size_t count)
{
	*status = (struct status){ .node = "node-1",
				   .version = "1.2.3",
				   .backend = "fentry",
				   .wall_ns = now_ns,
				   .started_s = 1709210000 - 3723,
				   .max_pods = 16,
				   .namespaces = 14,
				   .duplicates = NAN,
				   .reconcile_age_s = 12.4,
				   .ranges = ranges,
				   .range_count = count };
}

static char *print(const struct status *status, bool has_color)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	status_print(status, has_color, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void expect(const struct status *status, bool has_color, const char *want)
{
	cleanup_free char *got = print(status, has_color);

	assert_string_equal(got, want);
}

static void shows_a_node_where_all_is_well(void **state)
{
	struct status_range ranges[] = { make_range("block", "10.0.0.0/27", 14, 29),
					 make_range("pods", "10.0.0.0/16", 14, 65536),
					 make_range("six", "fd00:10:244:1::/64", 1, 0x1p64),
					 make_range("unranged", "", 2, NAN) };
	struct status status;

	(void)state;
	fill(&status, ranges, case_count(ranges));
	ranges[0].time_to_exhaustion_s = 5 * 3600 + 1200.4;
	ranges[0].confidence = 0.4;
	ranges[0].assign_per_s = 0.5;
	ranges[1].time_to_exhaustion_s = 86400;
	ranges[1].confidence = 0.5;
	ranges[1].assign_per_s = 0.1;
	ranges[2].assign_per_s = 0;
	ranges[3].free = ranges[3].utilization = NAN;
	expect(&status, false,
	       "good  node-1\n"
	       "podip 1.2.3, fentry, up 1h2m, walked 12s ago; 14 namespaces, at most 16 pods\n"
	       "\n"
	       "RANGE       CIDR                          USED/USABLE USE%  FREE FULL-IN    NEW\n"
	       "block       10.0.0.0/27        ####......       14/29  48%    15  5h20m?   30/m\n"
	       "pods        10.0.0.0/16        #.........    14/65536   0% 65522     24h  6.0/m\n"
	       "six         fd00:10:244:1::/64 #.........     1/2e+19   0% 2e+19       -    0/m\n"
	       "unranged    ipv4                                  2/-    -     -       -      -\n"
	       "\n"
	       "waiting   no pod\n"
	       "failed    no CNI call\n"
	       "alerts    none\n");
}

static void shows_what_is_wrong(void **state)
{
	struct status_range ranges[] = { make_range("block", "10.0.0.0/30", 2, 2) };
	struct status status;

	(void)state;
	fill(&status, ranges, 1);
	status.level = STATUS_CRITICAL;
	snprintf(status.why, sizeof(status.why),
		 "range 'block' (10.0.0.0/30) has no address left, and pods need one, and more of "
		 "it goes here");
	status.waiting = 1;
	status.oldest_wait_s = 130;
	status.failures[REASON_EXHAUSTED] = 12;
	status.failures[REASON_TIMEOUT] = 1;
	status.incidents[REASON_EXHAUSTED] = 1;
	ranges[0].time_to_exhaustion_s = 0;
	ranges[0].leaked = 3;
	status.duplicates = 1;
	status.alert_count = 2;
	status.alerts[0] = (struct status_alert){ "PodipRangeExhausted", "block", "critical", true,
						  now_ns - 90 * S };
	status.alerts[1] = (struct status_alert){ "PodipAgentBlind", "", "warning", false, 0 };
	status.source_count = 3;
	status.sources[0] = (struct status_source){ "ipamd", true, false, true, 1, 4, 12 };
	status.sources[1] = (struct status_source){ "cni", true, false, false, 0, 1, NAN };
	status.sources[2] = (struct status_source){ "gce", false, false, false, NAN, NAN, NAN };
	status.loss_count = 1;
	status.losses[0] = (struct status_loss){ "ring_full_link", 4 };
	status.records_lost = 2;
	expect(&status, false,
	       "critical  node-1\n"
	       "range 'block' (10.0.0.0/30) has no address left, and pods need one, and more of\n"
	       "it goes here\n"
	       "podip 1.2.3, fentry, up 1h2m, walked 12s ago; 14 namespaces, at most 16 pods\n"
	       "\n"
	       "RANGE       CIDR                          USED/USABLE USE%  FREE FULL-IN    NEW\n"
	       "block       10.0.0.0/30        ##########         2/2 100%     0     now      -\n"
	       "\n"
	       "waiting   1 pod without an address, the oldest for 2m10s\n"
	       "failed    exhausted 12, timeout 1, of 1 pod\n"
	       "alert     PodipRangeExhausted of 'block', critical, for 1m30s\n"
	       "alert     PodipAgentBlind, warning, pending\n"
	       "sources   ipamd is down, cni has 1 error\n"
	       "leaked    3 of block, 1 held twice\n"
	       "lost      ring_full_link 4, 2 log records\n");
}

static void shows_a_node_of_which_nothing_is_known(void **state)
{
	struct status status = { .started_s = NAN,
				 .max_pods = NAN,
				 .namespaces = NAN,
				 .waiting = NAN,
				 .oldest_wait_s = NAN,
				 .reconcile_age_s = NAN };

	(void)state;
	expect(&status, false,
	       "good  \n"
	       "podip , , up -\n"
	       "\n"
	       "No range is known, and no pod has an address.\n"
	       "\n"
	       "waiting   no pod\n"
	       "failed    no CNI call\n"
	       "alerts    none\n");
}

/* Only what it adds. */
static void colours_by_the_level_and_how_full_a_range_is(void **state)
{
	struct status_range ranges[] = { make_range("a", "10.0.0.0/27", 10, 10),
					 make_range("b", "10.0.0.0/27", 80, 100),
					 make_range("c", "10.0.0.0/27", 79, 100) };
	static const char *const parts[] = {
		"\033[31mcritical\033[0m",   "\033[31m##########\033[0m",
		"\033[33m########..\033[0m", "\033[32m#######...\033[0m",
		"\033[33mwaiting  \033[0m",  "\nfailed    no"
	};
	cleanup_free char *text = NULL;
	struct status status;

	(void)state;
	fill(&status, ranges, case_count(ranges));
	status.level = STATUS_CRITICAL;
	status.waiting = 2;
	text = print(&status, true);
	for_each_case(part, parts)
		if (!strstr(text, *part))
			fail_msg("no '%s' in %s", *part, text);
}

static size_t width_of(const char *line)
{
	size_t width = 0;

	for (; *line && *line != '\n'; line += text_char_size(line))
		width++;
	return width;
}

/* Names of the longest, with what a terminal obeys in them, and more of all than there is room. */
static void fits_a_screen_whatever_it_is_told(void **state)
{
	static const char evil[] = "\xc3\xa4\x1b[2J\n\t\x9b\xff\xe2\x82 "
				   "0123456789012345678901234567890123456789";
	struct status_range ranges[40];
	cleanup_free char *text = NULL;
	struct status status;
	size_t lines = 0;

	(void)state;
	for (size_t i = 0; i < case_count(ranges); i++) {
		ranges[i] = make_range(evil, "fd00:1111:2222:3333:4444:5555:6666::/112", 1e300, 1);
		ranges[i].leaked = 1e18;
		ranges[i].time_to_exhaustion_s = 1e300;
		ranges[i].assign_per_s = 1e300;
		ranges[i].usable = i % 2 ? 1e300 : 99999;
		ranges[i].used = i % 2 ? 1e300 : 123456789;
		ranges[i].free = i % 2 ? 1e300 : -1e300;
	}
	fill(&status, ranges, case_count(ranges));
	memset(status.node, '\x1b', sizeof(status.node) - 1);
	memset(status.why, 'x', sizeof(status.why) - 1);
	memset(status.version, '\xff', sizeof(status.version) - 1);
	status.started_s = -1e300;
	status.waiting = status.oldest_wait_s = status.records_lost = 1e300;
	status.ranges_left_out = 7;
	for (enum reason i = 0; i < REASON_COUNT; i++)
		status.failures[i] = status.incidents[i] = 1e300;
	status.alert_count = STATUS_ALERTS_MAX;
	for (size_t i = 0; i < STATUS_ALERTS_MAX; i++) {
		memset(status.alerts[i].alert, '\n', sizeof(status.alerts[i].alert) - 1);
		status.alerts[i].since_ns = INT64_MIN + 1;
	}
	status.source_count = STATUS_SOURCES_MAX;
	for (size_t i = 0; i < STATUS_SOURCES_MAX; i++) {
		memset(status.sources[i].name, '\r', sizeof(status.sources[i].name) - 1);
		status.sources[i].errors = 1e300;
	}
	status.loss_count = STATUS_LOSSES_MAX;
	for (size_t i = 0; i < STATUS_LOSSES_MAX; i++)
		status.losses[i].count = 1e300;
	text = print(&status, false);
	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		assert_true(width_of(line) <= STATUS_COLUMNS);
		lines++;
	}
	assert_true(lines <= 30);
	assert_null(strchr(text, '\x1b'));
	assert_null(strchr(text, '\r'));
	assert_null(strchr(text, '\t'));
	assert_non_null(strstr(text, "and 37 more, less full: see -o json\n"));
	assert_non_null(strstr(text, "and 252 more: see -o json\n"));
}

static void cuts_text_by_characters(void **state)
{
	static const struct {
		const char *text;
		size_t width;
		const char *want;
	} cases[] = {
		{ "abc", 3, "abc|" },
		{ "abcd", 3, "ab~|" },
		{ "", 3, "   |" },
		{ "a", 3, "a  |" },
		{ "\xc3\xa4\xc3\xb6\xc3\xbc", 3, "\xc3\xa4\xc3\xb6\xc3\xbc|" },
		{ "\xc3\xa4\xc3\xb6\xc3\xbcx", 3, "\xc3\xa4\xc3\xb6~|" },
		{ "\x1b", 4, "\\x1b|" },
		{ "\x1bx", 3, "\\x~|" },
	};

	(void)state;
	for_each_case(c, cases) {
		char text[32] = "", want[32];
		FILE *out = fmemopen(text, sizeof(text), "w");

		assert_non_null(out);
		status_put_cell(out, c->text, c->width);
		fclose(out);
		snprintf(want, sizeof(want), "%.*s ", (int)strcspn(c->want, "|"), c->want);
		assert_string_equal(text, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_a_node_where_all_is_well),
		cmocka_unit_test(shows_what_is_wrong),
		cmocka_unit_test(shows_a_node_of_which_nothing_is_known),
		cmocka_unit_test(colours_by_the_level_and_how_full_a_range_is),
		cmocka_unit_test(fits_a_screen_whatever_it_is_told),
		cmocka_unit_test(cuts_text_by_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

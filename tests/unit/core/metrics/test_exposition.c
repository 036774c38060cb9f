// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/metrics/exposition.h"

static const struct metric gauge = {
	.name = "podip_range_used_addresses",
	.type = METRIC_GAUGE,
	.unit = "addresses",
	.help = "Addresses in use.",
	.labels = { "range", "cidr", NULL },
};
static const struct metric counter = {
	.name = "podip_events_lost_total",
	.type = METRIC_COUNTER,
	.help = "Lost \"facts\";\na \\ here.",
	.labels = { "cause", NULL },
};
static const struct metric seconds = {
	.name = "podip_bpf_program_seconds_total",
	.type = METRIC_COUNTER,
	.unit = "seconds",
	.help = "Run time.",
};
static const struct metric info = {
	.name = "podip_build_info",
	.type = METRIC_INFO,
	.help = "Build.",
	.labels = { "version", NULL },
};
static const struct histogram_bounds bounds = { 4, { 0.005, 1, 60, 2592000 } };
static const struct metric duration = {
	.name = "podip_address_assign_duration_seconds",
	.type = METRIC_HISTOGRAM,
	.unit = "seconds",
	.help = "Time to address.",
	.labels = { "family", NULL },
	.bounds = &bounds,
};

struct page {
	char *text;
	size_t size;
	struct exposition exposition;
};

static void page_open(struct page *page, enum exposition_format format)
{
	*page = (struct page){ .exposition.format = format };
	page->exposition.out = open_memstream(&page->text, &page->size);
	assert_non_null(page->exposition.out);
}

static void page_close(struct page *page, const char *want)
{
	assert_int_equal(fclose(page->exposition.out), 0);
	assert_string_equal(page->text, want);
	free(page->text);
}

static void write_all(struct exposition *exposition)
{
	const struct histogram histogram = {
		.buckets = { 1, 2, 0, 1, 3 },
		.sum = 1e7,
		.count = 7,
	};

	exposition_family(exposition, &gauge);
	exposition_sample(exposition, 41, "pod-range", "10.0.0.0/26");
	exposition_sample(exposition, 0, "other", NULL);
	exposition_family(exposition, &counter);
	exposition_sample(exposition, 3, "ring");
	exposition_family(exposition, &seconds);
	exposition_sample(exposition, 0.25);
	exposition_family(exposition, &info);
	exposition_sample(exposition, 1, "0.1.0");
	exposition_family(exposition, &duration);
	exposition_histogram(exposition, &histogram, "ipv4");
	exposition_end(exposition);
}

static void writes_the_text_format(void **state)
{
	struct page page;

	(void)state;
	page_open(&page, EXPOSITION_TEXT);
	write_all(&page.exposition);
	page_close(
		&page,
		"# HELP podip_range_used_addresses Addresses in use.\n"
		"# TYPE podip_range_used_addresses gauge\n"
		"podip_range_used_addresses{range=\"pod-range\",cidr=\"10.0.0.0/26\"} 41\n"
		"podip_range_used_addresses{range=\"other\",cidr=\"\"} 0\n"
		"# HELP podip_events_lost_total Lost \"facts\";\\na \\\\ here.\n"
		"# TYPE podip_events_lost_total counter\n"
		"podip_events_lost_total{cause=\"ring\"} 3\n"
		"# HELP podip_bpf_program_seconds_total Run time.\n"
		"# TYPE podip_bpf_program_seconds_total counter\n"
		"podip_bpf_program_seconds_total 0.25\n"
		"# HELP podip_build_info Build.\n"
		"# TYPE podip_build_info gauge\n"
		"podip_build_info{version=\"0.1.0\"} 1\n"
		"# HELP podip_address_assign_duration_seconds Time to address.\n"
		"# TYPE podip_address_assign_duration_seconds histogram\n"
		"podip_address_assign_duration_seconds_bucket{family=\"ipv4\",le=\"0.005\"} 1\n"
		"podip_address_assign_duration_seconds_bucket{family=\"ipv4\",le=\"1\"} 3\n"
		"podip_address_assign_duration_seconds_bucket{family=\"ipv4\",le=\"60\"} 3\n"
		"podip_address_assign_duration_seconds_bucket{family=\"ipv4\",le=\"2.592e+06\"} 4\n"
		"podip_address_assign_duration_seconds_bucket{family=\"ipv4\",le=\"+Inf\"} 7\n"
		"podip_address_assign_duration_seconds_sum{family=\"ipv4\"} 10000000\n"
		"podip_address_assign_duration_seconds_count{family=\"ipv4\"} 7\n");
}

static void writes_openmetrics(void **state)
{
	struct page page;

	(void)state;
	page_open(&page, EXPOSITION_OPENMETRICS);
	write_all(&page.exposition);
	page_close(
		&page,
		"# HELP podip_range_used_addresses Addresses in use.\n"
		"# TYPE podip_range_used_addresses gauge\n"
		"# UNIT podip_range_used_addresses addresses\n"
		"podip_range_used_addresses{range=\"pod-range\",cidr=\"10.0.0.0/26\"} 41\n"
		"podip_range_used_addresses{range=\"other\",cidr=\"\"} 0\n"
		"# HELP podip_events_lost Lost \\\"facts\\\";\\na \\\\ here.\n"
		"# TYPE podip_events_lost counter\n"
		"podip_events_lost_total{cause=\"ring\"} 3\n"
		"# HELP podip_bpf_program_seconds Run time.\n"
		"# TYPE podip_bpf_program_seconds counter\n"
		"# UNIT podip_bpf_program_seconds seconds\n"
		"podip_bpf_program_seconds_total 0.25\n"
		"# HELP podip_build Build.\n"
		"# TYPE podip_build info\n"
		"podip_build_info{version=\"0.1.0\"} 1\n"
		"# HELP podip_address_assign_duration_seconds Time to address.\n"
		"# TYPE podip_address_assign_duration_seconds histogram\n"
		"# UNIT podip_address_assign_duration_seconds seconds\n"
		"podip_address_assign_duration_seconds_bucket{family=\"ipv4\",le=\"0.005\"} 1\n"
		"podip_address_assign_duration_seconds_bucket{family=\"ipv4\",le=\"1.0\"} 3\n"
		"podip_address_assign_duration_seconds_bucket{family=\"ipv4\",le=\"60.0\"} 3\n"
		"podip_address_assign_duration_seconds_bucket{family=\"ipv4\",le=\"2.592e+06\"} 4\n"
		"podip_address_assign_duration_seconds_bucket{family=\"ipv4\",le=\"+Inf\"} 7\n"
		"podip_address_assign_duration_seconds_sum{family=\"ipv4\"} 10000000\n"
		"podip_address_assign_duration_seconds_count{family=\"ipv4\"} 7\n"
		"# EOF\n");
}

/* The part between the blank and the newline of "podip_bpf_program_seconds_total VALUE\n". */
static void value_text(double value, char *out, size_t size)
{
	cleanup_free char *text = NULL;
	size_t text_size;
	struct exposition exposition = { .out = open_memstream(&text, &text_size),
					 .family = &seconds };

	assert_non_null(exposition.out);
	exposition_sample(&exposition, value);
	assert_int_equal(fclose(exposition.out), 0);
	snprintf(out, size, "%.*s", (int)strcspn(strchr(text, ' ') + 1, "\n"),
		 strchr(text, ' ') + 1);
}

static void writes_numbers_with_the_digits_they_need(void **state)
{
	static const struct {
		double value;
		const char *want;
	} cases[] = {
		{ 0, "0" },
		{ -3, "-3" },
		{ 0.1, "0.1" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 1e6, "1000000" },
		{ 1e15, "1000000000000000" },
		{ 9007199254740991, "9007199254740991" }, /* 2^53 - 1 */
		{ 0x1p64, "1.8446744073709552e+19" },
		{ 0x1p128, "3.402823669209385e+38" }, /* ::/0 */
		{ 1e-9, "1e-09" },
		{ -INFINITY, "-Inf" },
		{ INFINITY, "+Inf" },
		{ NAN, "NaN" },
	};

	(void)state;
	for_each_case(c, cases) {
		char got[64];

		value_text(c->value, got, sizeof(got));
		assert_string_equal(got, c->want);
	}
}

static void reads_back_as_the_same_double(void **state)
{
	static const double edges[] = { DBL_MAX, DBL_MIN,    DBL_EPSILON, 5e-324,
					0x1p53,	 0x1p53 + 2, 1 - 0x1p-53, 123456.789 };
	uint64_t random = 88172645463325252U;

	(void)state;
	for_each_case(c, edges) {
		char got[64];

		value_text(*c, got, sizeof(got));
		assert_true(strtod(got, NULL) == *c);
	}
	for (int i = 0; i < 2000; i++) {
		char got[64];
		double value;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		memcpy(&value, &random, sizeof(value));
		if (!isfinite(value))
			continue;
		value_text(value, got, sizeof(got));
		assert_true(strtod(got, NULL) == value);
	}
}

static void escapes_label_values(void **state)
{
	static const struct {
		const char *value, *want;
	} cases[] = {
		{ "a\"b", "podip_events_lost_total{cause=\"a\\\"b\"} 1\n" },
		{ "a\\b", "podip_events_lost_total{cause=\"a\\\\b\"} 1\n" },
		{ "a\nb", "podip_events_lost_total{cause=\"a\\nb\"} 1\n" },
		{ "\xc3\xa9", "podip_events_lost_total{cause=\"\xc3\xa9\"} 1\n" },
		{ "a\xff", "podip_events_lost_total{cause=\"a\xef\xbf\xbd\"} 1\n" },
		{ "a\x1b[2J", "podip_events_lost_total{cause=\"a\xef\xbf\xbd[2J\"} 1\n" },
		{ "a\xc2\x9b", "podip_events_lost_total{cause=\"a\xef\xbf\xbd\"} 1\n" },
		{ NULL, "podip_events_lost_total{cause=\"\"} 1\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		for (int format = EXPOSITION_TEXT; format <= EXPOSITION_OPENMETRICS; format++) {
			struct page page;

			page_open(&page, format);
			page.exposition.family = &counter;
			exposition_sample(&page.exposition, 1, c->value);
			page_close(&page, c->want);
		}
	}
}

static void spells_bounds_as_go_does(void **state)
{
	static const struct {
		double bound;
		const char *text, *openmetrics;
	} cases[] = {
		{ 0.001, "0.001", "0.001" },
		{ 0.0001, "0.0001", "0.0001" },
		{ 0.00001, "1e-05", "1e-05" },
		{ 2.5, "2.5", "2.5" },
		{ 10, "10", "10.0" },
		{ 100000, "100000", "100000.0" },
		{ 604800, "604800", "604800.0" },
		{ 1e6, "1e+06", "1e+06" },
		{ 1e10, "1e+10", "1e+10" },
		{ 0, "0", "0.0" },
	};

	(void)state;
	for_each_case(c, cases) {
		for (int format = EXPOSITION_TEXT; format <= EXPOSITION_OPENMETRICS; format++) {
			const struct histogram_bounds one = { 1, { c->bound } };
			const struct metric metric = { .name = "x", .bounds = &one };
			const struct histogram empty = { 0 };
			struct page page;
			char want[128];

			snprintf(want, sizeof(want),
				 "x_bucket{le=\"%s\"} 0\nx_bucket{le=\"+Inf\"} 0\n"
				 "x_sum 0\nx_count 0\n",
				 format == EXPOSITION_TEXT ? c->text : c->openmetrics);
			page_open(&page, format);
			page.exposition.family = &metric;
			exposition_histogram(&page.exposition, &empty);
			page_close(&page, want);
		}
	}
}

#define OM "application/openmetrics-text"

static void gives_the_format_that_the_client_prefers(void **state)
{
	static const struct {
		const char *accept;
		enum exposition_format want;
	} cases[] = {
		{ NULL, EXPOSITION_TEXT },
		{ "", EXPOSITION_TEXT },
		{ "*/*", EXPOSITION_TEXT },
		{ "text/html,application/xhtml+xml,*/*;q=0.8", EXPOSITION_TEXT },
		{ "text/plain", EXPOSITION_TEXT },
		{ "text/plain;version=0.0.4", EXPOSITION_TEXT },
		{ OM, EXPOSITION_OPENMETRICS },
		{ "Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8",
		  EXPOSITION_OPENMETRICS },
		{ OM ";version=\"1.0.0\"", EXPOSITION_OPENMETRICS },
		{ OM ";version=0.0.1", EXPOSITION_TEXT },
		{ OM ";version=2.0.0", EXPOSITION_TEXT },
		{ "text/plain," OM, EXPOSITION_OPENMETRICS }, /* a tie */
		{ "text/plain;q=0.5," OM ";q=0.4", EXPOSITION_TEXT },
		{ "text/plain;q=0.4," OM ";q=0.5", EXPOSITION_OPENMETRICS },
		{ "text/plain;q=0.499 , " OM " ; q=0.5", EXPOSITION_OPENMETRICS },
		{ OM ";q=0", EXPOSITION_TEXT },
		{ OM ";q=0.0,text/plain;q=0", EXPOSITION_TEXT },
		{ OM ";q=high", EXPOSITION_TEXT },
		{ OM ";q=2", EXPOSITION_TEXT },
		{ OM ";q=", EXPOSITION_TEXT },
		{ OM ";q=0.5,*/*;q=0.9", EXPOSITION_TEXT },
		{ OM ";q=0.5,*/*;q=0.9,text/plain;q=0.1", EXPOSITION_OPENMETRICS },
		{ OM ";q=0.5,*/*;q=0.9,text/*;q=0.1", EXPOSITION_OPENMETRICS },
		/* Prometheus 2 and 3 */
		{ OM ";version=1.0.0;q=0.5," OM ";version=0.0.1;q=0.4,"
		     "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
		  EXPOSITION_OPENMETRICS },
		{ OM ";version=1.0.0;escaping=allow-utf-8;q=0.6," OM ";version=0.0.1;q=0.5,"
		     "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
		     "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
		  EXPOSITION_OPENMETRICS },
		{ "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", EXPOSITION_TEXT },
		{ ",;,=,;q,;;;,\"", EXPOSITION_TEXT },
	};

	(void)state;
	for_each_case(c, cases) {
		print_message("  '%s'\n", c->accept ? c->accept : "(none)");
		assert_int_equal(exposition_negotiate(c->accept), c->want);
	}
}

static void names_its_content_type(void **state)
{
	(void)state;
	assert_string_equal(exposition_content_type(EXPOSITION_TEXT),
			    "text/plain; version=0.0.4; charset=utf-8");
	assert_string_equal(exposition_content_type(EXPOSITION_OPENMETRICS),
			    "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_text_format),
		cmocka_unit_test(writes_openmetrics),
		cmocka_unit_test(writes_numbers_with_the_digits_they_need),
		cmocka_unit_test(reads_back_as_the_same_double),
		cmocka_unit_test(escapes_label_values),
		cmocka_unit_test(spells_bounds_as_go_does),
		cmocka_unit_test(gives_the_format_that_the_client_prefers),
		cmocka_unit_test(names_its_content_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

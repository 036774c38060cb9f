// SPDX-License-Identifier: Apache-2.0
/*
 * Forecasts against what happened: tests/judge.h says how.
 *
 *	PODIP_FORECAST_SEEDS=100	so many of each workload that lasts, four times of others
 *	PODIP_FORECAST_TABLE=FILE	write the tables of README
 *	PODIP_FORECAST_TRACES=DIR	write the traces of tests/traces anew
 */
#include "test.h"

#include <errno.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "trace.h"
#include "workload.h"

enum { SEEDS = 10, EXHAUSTING_TIMES = 4, PATH_SIZE = 256 }; /* a trace that ends is asked less */

static const char trace_paths[] = "tests/traces/*.csv";

/* Of all seeds of a workload. */
struct summary {
	struct verdict verdicts[JUDGE_VALUES_MAX];
	size_t count, wins;
};

static size_t find_seeds(void)
{
	const char *text = getenv("PODIP_FORECAST_SEEDS");
	unsigned long seeds = text ? strtoul(text, NULL, 10) : SEEDS;

	return seeds < 1 || seeds > JUDGE_VALUES_MAX / EXHAUSTING_TIMES ? SEEDS : seeds;
}

/* Of one number in each verdict, at that place. */
static double pool(const struct summary *summary, size_t offset)
{
	double values[JUDGE_VALUES_MAX];

	for (size_t i = 0; i < summary->count; i++)
		values[i] = *(const double *)((const char *)&summary->verdicts[i] + offset);
	return judge_median(values, summary->count);
}

#define pool_of(summary, member) pool(summary, offsetof(struct verdict, member))

static double mean_of(const struct summary *summary, size_t offset)
{
	double sum = 0;

	for (size_t i = 0; i < summary->count; i++)
		sum += *(const double *)((const char *)&summary->verdicts[i] + offset);
	return sum / (double)summary->count;
}

static void judge_workload(enum workload workload, struct summary *out)
{
	size_t seeds = find_seeds() * (workload_exhausts(workload) ? EXHAUSTING_TIMES : 1);

	memset(out, 0, sizeof(*out));
	for (uint32_t seed = 1; seed <= seeds; seed++) {
		cleanup_trace struct trace trace = { 0 };
		struct verdict *verdict = &out->verdicts[out->count++];

		assert_int_equal(workload_run(workload, seed, &trace), 0);
		assert_true(workload_exhausts(workload) == (trace.exhausted_s >= 0));
		*verdict = judge(&trace);
		out->wins += verdict->error[TELLER_PODIP] < judge_peer(verdict->error);
	}
}

static FILE *open_table(void)
{
	const char *path = getenv("PODIP_FORECAST_TABLE");

	return path ? fopen(path, "ae") : NULL;
}

static void print_row(const char *text)
{
	cleanup_fclose FILE *table = open_table();

	print_message("%s\n", text);
	if (table)
		fprintf(table, "%s\n", text);
}

/* "1.12" times, too late or too early. */
static double times(double error)
{
	return exp(error);
}

static void print_exhausting(enum workload workload, const struct summary *summary)
{
	double peer_from = fmax(pool_of(summary, right_from[TELLER_LINEAR_1H]),
				pool_of(summary, right_from[TELLER_LINEAR_6H]));
	char text[512];

	snprintf(text, sizeof(text),
		 "| %s | %.1f h | %.2f | %.2f | %.2f | **%.2f** | %.2f | %.2f | %.0f %% | %.0f %% "
		 "| %.0f %% | %zu of %zu |",
		 workload_name(workload), pool_of(summary, rise_s) / 3600,
		 times(pool_of(summary, lead_error[TELLER_PODIP][0])),
		 times(pool_of(summary, lead_error[TELLER_PODIP][1])),
		 times(pool_of(summary, lead_error[TELLER_PODIP][2])),
		 times(pool_of(summary, error[TELLER_PODIP])),
		 times(pool_of(summary, error[TELLER_LINEAR_1H])),
		 times(pool_of(summary, error[TELLER_LINEAR_6H])),
		 100 * pool_of(summary, right_from[TELLER_PODIP]),
		 100 * pool_of(summary, likely_from), 100 * peer_from, summary->wins,
		 summary->count);
	print_row(text);
}

/* What is asked of each, of all its seeds together. */
struct demand {
	/* In how many it must be nearer. A leak's own chance decides about the rest: who knew
	 * exactly when it began would be nearer in three of four. */
	double nearer;
	double likely_from; /* an alert can fire when so much of the rise is left */
};

static const struct demand demands[WORKLOAD_COUNT] = {
	[WORKLOAD_SLOW_LEAK] = { 0.5, 0.3 },	 [WORKLOAD_RANDOM_LEAK] = { 0.5, 0.3 },
	[WORKLOAD_LEAK_RESTARTS] = { 0.5, 0.3 }, [WORKLOAD_DAILY_GROWTH] = { 0.9, 0 },
	[WORKLOAD_BURST] = { 1, 0.4 },		 [WORKLOAD_AUTOSCALER] = { 1, 0.4 },
	[WORKLOAD_JOBS_RISING] = { 1, 0 },	 [WORKLOAD_JOBS_COOLDOWN] = { 0.9, 0 },
};

static void is_nearer_than_predict_linear_where_nothing_is_left(void **state)
{
	cleanup_free struct summary *summary = calloc(1, sizeof(*summary));

	(void)state;
	assert_non_null(summary);
	print_row("| trace | rise | 50 % left | 25 % left | 10 % left | all | all, 1h | all, 6h "
		  "| right from | likely from | peer's right from | nearer in |");
	print_row("|---|---|---|---|---|---|---|---|---|---|---|---|");
	for (enum workload workload = 0; workload < WORKLOAD_COUNT; workload++) {
		double peer;

		if (!workload_exhausts(workload))
			continue;
		judge_workload(workload, summary);
		print_exhausting(workload, summary);
		peer = fmin(pool_of(summary, error[TELLER_LINEAR_1H]),
			    pool_of(summary, error[TELLER_LINEAR_6H]));
		assert_true(pool_of(summary, error[TELLER_PODIP]) < peer);
		assert_true((double)summary->wins >=
			    demands[workload].nearer * (double)summary->count);
		assert_true(pool_of(summary, likely_from) >= demands[workload].likely_from);
	}
}

static void print_lasting(enum workload workload, const struct summary *summary)
{
	char text[512];

	snprintf(text, sizeof(text), "| %s | %.2f %% | %.2f %% | %.1f %% | %.1f %% |",
		 workload_name(workload),
		 100 * mean_of(summary, offsetof(struct verdict, warned[TELLER_PODIP])),
		 100 * mean_of(summary, offsetof(struct verdict, known)),
		 100 * mean_of(summary, offsetof(struct verdict, warned[TELLER_LINEAR_1H])),
		 100 * mean_of(summary, offsetof(struct verdict, warned[TELLER_LINEAR_6H])));
	print_row(text);
}

static void is_silent_where_something_is_left(void **state)
{
	cleanup_free struct summary *summary = calloc(1, sizeof(*summary));

	(void)state;
	assert_non_null(summary);
	print_row("\n| trace | likely | any confidence | 1h | 6h |\n|---|---|---|---|---|");
	for (enum workload workload = 0; workload < WORKLOAD_COUNT; workload++) {
		if (workload_exhausts(workload))
			continue;
		judge_workload(workload, summary);
		print_lasting(workload, summary);
		for (size_t i = 0; i < summary->count; i++) {
			const struct verdict *verdict = &summary->verdicts[i];

			/* What ends just before the bound looks as if it would not, but ends. */
			if (workload == WORKLOAD_BURST_NEAR)
				assert_true(verdict->warned[TELLER_PODIP] <
					    judge_peer(verdict->warned) / 2);
			else
				assert_true(verdict->warned[TELLER_PODIP] == 0);
			assert_true(verdict->known < 0.2);
		}
	}
}

static void judge_file(const char *path)
{
	cleanup_fclose FILE *in = fopen(path, "re");
	cleanup_trace struct trace trace = { 0 };
	struct verdict verdict;

	if (!in)
		fail_msg("%s: %s", path, strerror(errno));
	assert_int_equal(trace_read(in, &trace), 0);
	verdict = judge(&trace);
	if (trace.exhausted_s < 0) {
		print_message("  %s: %g of moments likely\n", path, verdict.warned[TELLER_PODIP]);
		assert_true(verdict.warned[TELLER_PODIP] == 0);
		return;
	}
	print_message("  %s: %.2f times, predict_linear %.2f\n", path,
		      times(verdict.error[TELLER_PODIP]), times(judge_peer(verdict.error)));
	assert_true(verdict.error[TELLER_PODIP] < judge_peer(verdict.error));
}

static void does_so_for_every_trace_kept(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob(trace_paths, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		judge_file(found.gl_pathv[i]);
	globfree(&found);
}

/* Small ones: a line for each change. */
static void writes_traces_that_read_the_same(void **state)
{
	static const struct {
		enum workload workload;
		uint32_t seed;
	} cases[] = {
		{ WORKLOAD_SLOW_LEAK, 1 },   { WORKLOAD_LEAK_RESTARTS, 1 },
		{ WORKLOAD_BURST, 1 },	     { WORKLOAD_AUTOSCALER, 1 },
		{ WORKLOAD_BURST_STOPS, 1 }, { WORKLOAD_NODE_START, 1 },
	};
	const char *to = getenv("PODIP_FORECAST_TRACES");

	(void)state;
	for_each_case(c, cases) {
		cleanup_trace struct trace trace = { 0 }, copy = { 0 };
		char path[PATH_SIZE], note[PATH_SIZE];
		cleanup_fclose FILE *file = NULL;

		assert_int_equal(workload_run(c->workload, c->seed, &trace), 0);
		snprintf(path, sizeof(path), "%s/%s.csv", to ? to : ".", trace.name);
		file = to ? fopen(path, "w+e") : tmpfile();
		assert_non_null(file);
		snprintf(note, sizeof(note), "made by tests/workload.c: %s, seed %u", trace.name,
			 c->seed);
		trace_write(file, &trace, note);
		rewind(file);
		assert_int_equal(trace_read(file, &copy), 0);
		assert_int_equal(copy.count, trace.count);
		for (size_t i = 0; i < copy.count; i++) {
			assert_true(copy.points[i].at_s == trace.points[i].at_s);
			assert_int_equal(copy.points[i].used, trace.points[i].used);
		}
		assert_string_equal(copy.name, trace.name);
		assert_true(copy.exhausted_s == trace.exhausted_s);
	}
}

static void refuses_what_is_no_trace(void **state)
{
#define HEAD "# name=x bound=9 cooldown_s=0 from_s=0 exhausted_s=-1 end_s=9\n"
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ HEAD, 0 },
		{ HEAD "# for readers\n0,1\n1.5,2\n1.5,-\n", 0 },
		{ "", -EINVAL },
		{ "0,1\n", -EINVAL },
		{ "# name=x bound=9\n0,1\n", -EINVAL },
		{ HEAD "0\n", -EINVAL },
		{ HEAD "0,\n1,\n", -EINVAL },
		{ HEAD ",1\n", -EINVAL },
		{ HEAD "0,1 2\n", -EINVAL },
		{ HEAD "0,1\n\n", -EINVAL },
		{ HEAD "2,1\n1,1\n", -EINVAL },
		{ HEAD "1,99999999999999999999999\n", -EINVAL },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_trace struct trace trace = { 0 };
		cleanup_fclose FILE *file = tmpfile();

		assert_non_null(file);
		print_message("  %s", c->text);
		fputs(c->text, file);
		rewind(file);
		assert_int_equal(trace_read(file, &trace), c->want);
	}
#undef HEAD
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_traces_that_read_the_same),
		cmocka_unit_test(refuses_what_is_no_trace),
		cmocka_unit_test(does_so_for_every_trace_kept),
		cmocka_unit_test(is_nearer_than_predict_linear_where_nothing_is_left),
		cmocka_unit_test(is_silent_where_something_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

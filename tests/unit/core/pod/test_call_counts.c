// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "core/pod/call_counts.h"

static void add(struct call_counts *counts, enum call_command command, const char *plugin,
		enum call_result result, uint64_t duration_ns)
{
	struct call call = { .command = command, .result = result, .duration_ns = duration_ns };

	snprintf(call.plugin, sizeof(call.plugin), "%s", plugin);
	call_counts_add(counts, &call);
}

static void counts_each_kind_of_call_apart(void **state)
{
	static const struct {
		enum call_command command;
		const char *plugin;
		enum call_result result;
		uint64_t count;
		double sum;
	} kinds[] = {
		{ CALL_ADD, "bridge", CALL_SUCCESS, 2, 3 },
		{ CALL_ADD, "bridge", CALL_ERROR, 1, 4 },
		{ CALL_DEL, "bridge", CALL_SUCCESS, 1, 8 },
		{ CALL_ADD, "ptp", CALL_SUCCESS, 1, 16 },
	};
	static struct call_counts counts;

	(void)state;
	add(&counts, CALL_ADD, "bridge", CALL_SUCCESS, 1000000000);
	add(&counts, CALL_ADD, "bridge", CALL_ERROR, 4000000000);
	add(&counts, CALL_ADD, "bridge", CALL_SUCCESS, 2000000000);
	add(&counts, CALL_DEL, "bridge", CALL_SUCCESS, 8000000000);
	add(&counts, CALL_ADD, "ptp", CALL_SUCCESS, 16000000000);
	assert_int_equal(counts.kind_count, case_count(kinds));
	for (size_t i = 0; i < case_count(kinds); i++) {
		const struct call_count *kind = &counts.kinds[i];

		assert_int_equal(kind->command, kinds[i].command);
		assert_string_equal(kind->plugin, kinds[i].plugin);
		assert_int_equal(kind->result, kinds[i].result);
		assert_int_equal(kind->duration.count, kinds[i].count);
		assert_true(kind->duration.sum == kinds[i].sum);
	}
	assert_int_equal(counts.left_out, 0);
}

/* Anybody may call a program anything. */
static void counts_plugins_past_the_bound_as_other(void **state)
{
	static struct call_counts counts;
	size_t others = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		char plugin[CALL_PLUGIN_SIZE];

		snprintf(plugin, sizeof(plugin), "plugin-%d", i);
		add(&counts, CALL_ADD, plugin, CALL_SUCCESS, 1);
	}
	assert_int_equal(counts.plugin_count, CALL_COUNTS_PLUGIN_MAX);
	assert_int_equal(counts.kind_count, CALL_COUNTS_PLUGIN_MAX);
	for (size_t i = 0; i < counts.kind_count; i++)
		if (!strcmp(counts.kinds[i].plugin, "other"))
			others += counts.kinds[i].duration.count;
	assert_int_equal(others, 100 - (CALL_COUNTS_PLUGIN_MAX - 1));
	assert_int_equal(counts.left_out, 0);

	/* Those that were there before keep their names. */
	add(&counts, CALL_ADD, "plugin-3", CALL_SUCCESS, 1);
	assert_int_equal(counts.kinds[3].duration.count, 2);
}

static void leaves_out_kinds_past_the_bound_and_says_so(void **state)
{
	static struct call_counts counts;
	int tried = 0;

	(void)state;
	for (int plugin = 0; plugin < CALL_COUNTS_PLUGIN_MAX; plugin++)
		for (enum call_command command = 0; command < CALL_COMMAND_COUNT; command++)
			for (enum call_result result = 0; result < CALL_RESULT_COUNT; result++) {
				char name[CALL_PLUGIN_SIZE];

				snprintf(name, sizeof(name), "p%d", plugin);
				add(&counts, command, name, result, 1);
				tried++;
			}
	assert_int_equal(counts.kind_count, CALL_COUNTS_MAX);
	assert_int_equal(counts.left_out, tried - CALL_COUNTS_MAX);
}

static void counts_incidents_by_range_and_reason(void **state)
{
	static struct call_counts counts;

	(void)state;
	call_counts_incident(&counts, "pods", REASON_EXHAUSTED);
	call_counts_incident(&counts, "pods", REASON_TIMEOUT);
	call_counts_incident(&counts, NULL, REASON_EXHAUSTED);
	call_counts_incident(&counts, "pods", REASON_EXHAUSTED);
	assert_int_equal(counts.incident_count, 3);
	assert_string_equal(counts.incidents[0].range, "pods");
	assert_int_equal(counts.incidents[0].count, 2);
	assert_int_equal(counts.incidents[1].reason, REASON_TIMEOUT);
	assert_int_equal(counts.incidents[1].count, 1);
	assert_string_equal(counts.incidents[2].range, "unknown");

	for (int i = 0; i < CALL_COUNTS_INCIDENT_MAX; i++) {
		char range[RANGE_NAME_SIZE];

		snprintf(range, sizeof(range), "range-%d", i);
		call_counts_incident(&counts, range, REASON_OTHER);
	}
	assert_int_equal(counts.incident_count, CALL_COUNTS_INCIDENT_MAX);
	assert_int_equal(counts.left_out, 3);
}

static void counts_every_failure(void **state)
{
	static struct call_counts counts;

	(void)state;
	call_counts_failure(&counts, CALL_ADD, REASON_OTHER);
	call_counts_failure(&counts, CALL_ADD, REASON_OTHER);
	assert_int_equal(counts.failures[REASON_OTHER], 2);
	assert_int_equal(counts.failures[REASON_EXHAUSTED], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_each_kind_of_call_apart),
		cmocka_unit_test(counts_plugins_past_the_bound_as_other),
		cmocka_unit_test(leaves_out_kinds_past_the_bound_and_says_so),
		cmocka_unit_test(counts_incidents_by_range_and_reason),
		cmocka_unit_test(counts_every_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

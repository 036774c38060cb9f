// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/collect_calls.h"

#include <stdlib.h>
#include <string.h>

#include "core/books/leaks.h"
#include "core/pod/call_counts.h"

/* ---- calls ---- */

void metric_operations(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; input->call_counts && i < input->call_counts->kind_count; i++) {
		const struct call_count *kind = &input->call_counts->kinds[i];

		exposition_sample(out, (double)kind->duration.count,
				  call_command_name(kind->command), kind->plugin,
				  call_result_name(kind->result));
	}
}

void metric_operation_duration(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; input->call_counts && i < input->call_counts->kind_count; i++) {
		const struct call_count *kind = &input->call_counts->kinds[i];

		exposition_histogram(out, &kind->duration, call_command_name(kind->command),
				     kind->plugin, call_result_name(kind->result));
	}
}

/* All of them from the start: a counter that begins with its first failure shows no increase. */
void metric_failures(struct exposition *out, const struct metrics_input *input)
{
	for (enum reason i = 0; input->call_counts && i < REASON_COUNT; i++)
		exposition_sample(out, (double)input->call_counts->failures[i], reason_name(i));
}

void metric_incidents(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; input->call_counts && i < input->call_counts->incident_count; i++) {
		const struct incident_count *incident = &input->call_counts->incidents[i];

		exposition_sample(out, (double)incident->count, incident->range,
				  reason_name(incident->reason));
	}
}

double metric_waiting(const struct metrics_input *input)
{
	return input->waiting;
}

double metric_oldest_wait(const struct metrics_input *input)
{
	return input->oldest_wait_s;
}

void metric_capture(struct exposition *out, const struct metrics_input *input)
{
	if (input->capture)
		exposition_sample(out, 1, input->capture);
}

double metric_capturing(const struct metrics_input *input)
{
	return input->is_capturing;
}

/* ---- leaks ---- */

struct leak_counts {
	uint32_t of[LEAK_KIND_COUNT];
};

static void put_leaked(struct exposition *out, const char *range, const struct leak_counts *counts)
{
	for (enum leak_kind i = 0; i < LEAK_DUPLICATE; i++)
		exposition_sample(out, counts->of[i], range, leak_kind_name(i));
}

static const char *name_of(const struct range_table *ranges, int range)
{
	return range_table_at(ranges, (size_t)range)->name;
}

/* Two families of one network have one name, and `range` is the only label that tells ranges
 * apart: the first of a name stands for all. */
static size_t first_of_name(const struct range_table *ranges, size_t range)
{
	size_t first = 0;

	while (strcmp(range_table_at(ranges, first)->name, name_of(ranges, (int)range)) != 0)
		first++;
	return first;
}

/* In the narrowest range, and in each around it, as the addresses that are used; in each name
 * once. */
static void add_leak(const struct range_table *ranges, const struct leak *leak,
		     struct leak_counts *all)
{
	int leaf = range_table_find(ranges, &leak->ip);

	if (leaf == RANGE_NONE)
		all[range_table_count(ranges)].of[leak->kind]++;
	for (int i = leaf; i != RANGE_NONE; i = range_table_at(ranges, (size_t)i)->parent) {
		int below = leaf;

		while (below != i && strcmp(name_of(ranges, below), name_of(ranges, i)) != 0)
			below = range_table_at(ranges, (size_t)below)->parent;
		if (below == i)
			all[first_of_name(ranges, (size_t)i)].of[leak->kind]++;
	}
}

void metric_leaked(struct exposition *out, const struct metrics_input *input)
{
	const struct range_table *ranges = account_ranges(input->account);
	size_t count = range_table_count(ranges);
	cleanup_free struct leak_counts *all = calloc(count + 1, sizeof(*all));

	if (!all || !input->leaks)
		return;
	for (size_t i = 0; i < leaks_count(input->leaks); i++)
		add_leak(ranges, leaks_at(input->leaks, i), all);
	for (size_t i = 0; i < count; i++)
		if (first_of_name(ranges, i) == i)
			put_leaked(out, name_of(ranges, (int)i), &all[i]);
	put_leaked(out, "unranged", &all[count]);
}

void collect_each_lost(const struct metrics_input *input, void (*fn)(size_t range, void *ctx),
		       void *ctx)
{
	const struct range_table *ranges = account_ranges(input->account);

	for (size_t i = 0; input->leaks && i < leaks_count(input->leaks); i++) {
		const struct leak *leak = leaks_at(input->leaks, i);

		if (leak->kind != LEAK_IPAM_ONLY && leak->kind != LEAK_ABANDONED)
			continue;
		for (int at = range_table_find(ranges, &leak->ip); at != RANGE_NONE;
		     at = range_table_at(ranges, (size_t)at)->parent)
			fn((size_t)at, ctx);
	}
}

double metric_duplicates(const struct metrics_input *input)
{
	double duplicates = 0;

	for (size_t i = 0; input->leaks && i < leaks_count(input->leaks); i++)
		duplicates += leaks_at(input->leaks, i)->kind == LEAK_DUPLICATE;
	return duplicates;
}

/* ---- identity ---- */

double metric_unattributed(const struct metrics_input *input)
{
	return input->unattributed;
}

double metric_disagreements(const struct metrics_input *input)
{
	return (double)input->disagreements;
}

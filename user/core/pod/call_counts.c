// SPDX-License-Identifier: Apache-2.0
#include "core/pod/call_counts.h"

#include <string.h>

#include "core/base/text.h"

const struct histogram_bounds call_duration_bounds = {
	.count = 13,
	.upper = { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60 },
};

static const char *find_plugin(struct call_counts *counts, const char *name)
{
	size_t count = counts->plugin_count;

	for (size_t i = 0; i < count; i++)
		if (!strcmp(counts->plugins[i], name))
			return counts->plugins[i];
	if (count == CALL_COUNTS_PLUGIN_MAX)
		return counts->plugins[count - 1];
	if (count == CALL_COUNTS_PLUGIN_MAX - 1)
		name = "other";
	text_copy(counts->plugins[count], CALL_PLUGIN_SIZE, name);
	counts->plugin_count++;
	return counts->plugins[count];
}

void call_counts_add(struct call_counts *counts, const struct call *call)
{
	const char *plugin = find_plugin(counts, call->plugin);
	struct call_count *kind = counts->kinds;
	const struct call_count *end = kind + counts->kind_count;

	while (kind < end && (kind->command != call->command || kind->result != call->result ||
			      kind->plugin != plugin))
		kind++;
	if (kind == end && counts->kind_count == CALL_COUNTS_MAX) {
		counts->left_out++;
		return;
	}
	if (kind == end) {
		*kind = (struct call_count){ .command = call->command,
					     .result = call->result,
					     .plugin = plugin };
		counts->kind_count++;
	}
	histogram_observe(&kind->duration, &call_duration_bounds, (double)call->duration_ns / 1e9);
}

void call_counts_failure(struct call_counts *counts, enum call_command command, enum reason reason)
{
	counts->failures[reason]++;
	counts->failed_adds[reason] += command == CALL_ADD;
}

void call_counts_incident(struct call_counts *counts, const char *range, enum reason reason)
{
	struct incident_count *incident = counts->incidents;
	const struct incident_count *end = incident + counts->incident_count;

	range = range ? range : "unknown";
	while (incident < end &&
	       (incident->reason != reason || strcmp(incident->range, range) != 0))
		incident++;
	if (incident == end && counts->incident_count == CALL_COUNTS_INCIDENT_MAX) {
		counts->left_out++;
		return;
	}
	if (incident == end) {
		incident->reason = reason;
		text_copy(incident->range, sizeof(incident->range), range);
		counts->incident_count++;
	}
	incident->count++;
}

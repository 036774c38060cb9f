// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/collect.h"

#include "core/state/uses.h"

/* ---- what the agent adds ---- */

void collect_add_loss(struct metrics_input *input, const char *cause, uint64_t count)
{
	if (input->loss_count == METRICS_LOSS_MAX)
		return;
	input->losses[input->loss_count].cause = cause;
	input->losses[input->loss_count++].count = count;
}

void collect_add_program(struct metrics_input *input, const char *program, uint64_t runs,
			 uint64_t time_ns)
{
	if (input->program_count == METRICS_PROGRAM_MAX)
		return;
	input->programs[input->program_count].program = program;
	input->programs[input->program_count].runs = runs;
	input->programs[input->program_count++].time_ns = time_ns;
}

void collect_add_table(struct metrics_input *input, const char *table, double entries, double limit)
{
	if (input->table_count == METRICS_TABLE_MAX)
		return;
	input->tables[input->table_count].table = table;
	input->tables[input->table_count].entries = entries;
	input->tables[input->table_count++].limit = limit;
}

void collect_add_degradation(struct metrics_input *input,
			     const struct metrics_degradation *degradation)
{
	if (input->degradation_count < METRICS_DEGRADATION_MAX)
		input->degradations[input->degradation_count++] = *degradation;
}

void collect_put_source(struct metrics_input *input, const struct metrics_source *source)
{
	if (input->source_count < METRICS_SOURCE_MAX)
		input->sources[input->source_count++] = *source;
}

void collect_add_source(struct metrics_input *input, const char *source, bool up, uint64_t entries,
			uint64_t errors)
{
	collect_put_source(input, &(struct metrics_source){ .source = source,
							    .is_asked = true,
							    .is_up = up,
							    .entries = entries,
							    .errors = errors,
							    .age_s = -1,
							    .disagreements = -1 });
}

void collect_add_receiver(struct metrics_input *input, const struct metrics_receiver *receiver)
{
	if (input->receiver_count < METRICS_RECEIVER_MAX)
		input->receivers[input->receiver_count++] = *receiver;
}

/* ---- the agent itself ---- */

double metric_namespaces(const struct metrics_input *input)
{
	uint32_t without;

	return state_own_netns(input->state, &without);
}

double metric_namespaces_without_address(const struct metrics_input *input)
{
	uint32_t without;

	state_own_netns(input->state, &without);
	return without;
}

void metric_lost(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < input->loss_count; i++)
		exposition_sample(out, (double)input->losses[i].count, input->losses[i].cause);
}

void metric_corrections(struct exposition *out, const struct metrics_input *input)
{
	for (enum correction i = 0; i < CORRECTION_COUNT; i++)
		exposition_sample(out, (double)input->corrections[i], correction_name(i));
}

void metric_program_runs(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < input->program_count; i++)
		exposition_sample(out, (double)input->programs[i].runs, input->programs[i].program);
}

void metric_program_seconds(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < input->program_count; i++)
		exposition_sample(out, (double)input->programs[i].time_ns / 1e9,
				  input->programs[i].program);
}

static void put_tables(struct exposition *out, const struct metrics_input *input, bool is_limit)
{
	const struct inventory *inventory = state_inventory_const(input->state);

	for (enum inventory_table i = 0; i < INVENTORY_TABLE_COUNT; i++)
		exposition_sample(out,
				  is_limit ? inventory->limits[i] : inventory_count(inventory, i),
				  inventory_table_name(i));
	exposition_sample(out, is_limit ? USES_REMEMBERED_MAX : account_remembered(input->account),
			  "released_addresses");
	exposition_sample(out,
			  is_limit ? (double)RANGE_MAX
				   : (double)range_table_count(account_ranges(input->account)),
			  "ranges");
	for (size_t i = 0; i < input->table_count; i++)
		exposition_sample(out, is_limit ? input->tables[i].limit : input->tables[i].entries,
				  input->tables[i].table);
}

void metric_entries(struct exposition *out, const struct metrics_input *input)
{
	put_tables(out, input, false);
}

void metric_limits(struct exposition *out, const struct metrics_input *input)
{
	put_tables(out, input, true);
}

void metric_degraded(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < input->degradation_count; i++) {
		const struct metrics_degradation *it = &input->degradations[i];

		exposition_sample(out, it->is_degraded, it->what,
				  it->capability ? it->capability : "none");
	}
}

void metric_backend(struct exposition *out, const struct metrics_input *input)
{
	exposition_sample(out, 1, input->backend);
}

void metric_build(struct exposition *out, const struct metrics_input *input)
{
	exposition_sample(out, 1, input->version, input->revision);
}

/* ---- numbers of the agent ---- */

double metric_reconcile_at(const struct metrics_input *input)
{
	return input->reconcile_at_s;
}

double metric_reconcile_took(const struct metrics_input *input)
{
	return input->reconcile_took_s;
}

double metric_reload_successful(const struct metrics_input *input)
{
	return !input->reloads.last_failed;
}

double metric_reload_at(const struct metrics_input *input)
{
	return input->reloads.applied_at_s;
}

void metric_reloads(struct exposition *out, const struct metrics_input *input)
{
	exposition_sample(out, (double)input->reloads.applied, "success");
	exposition_sample(out, (double)input->reloads.failed, "failure");
}

double metric_cpu(const struct metrics_input *input)
{
	return input->process.cpu_s;
}

double metric_start(const struct metrics_input *input)
{
	return input->process.start_s;
}

double metric_resident(const struct metrics_input *input)
{
	return (double)input->process.resident_bytes;
}

double metric_virtual(const struct metrics_input *input)
{
	return (double)input->process.virtual_bytes;
}

double metric_open_fds(const struct metrics_input *input)
{
	return (double)input->process.open_fds;
}

double metric_max_fds(const struct metrics_input *input)
{
	return (double)input->process.max_fds;
}

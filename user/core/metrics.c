// SPDX-License-Identifier: Apache-2.0
#include "core/metrics.h"

#define RANGE_LABELS                      \
	{                                 \
		"range", "cidr", "family" \
	}

static const struct row {
	struct metric metric;
	struct collector by;
} rows[] = {
	{ .metric = { .name = "podip_range_info",
		      .type = METRIC_INFO,
		      .help = "Range that is known, and which source says so.",
		      .labels = { "range", "cidr", "family", "scope", "source" } },
	  .by = { .collect = metric_range_info } },
	{ .metric = { .name = "podip_range_capacity_addresses",
		      .type = METRIC_GAUGE,
		      .unit = "addresses",
		      .help = "Addresses in the range: 2^(bits).",
		      .labels = RANGE_LABELS },
	  .by = { .of_range = metric_capacity } },
	{ .metric = { .name = "podip_range_reserved_addresses",
		      .type = METRIC_GAUGE,
		      .unit = "addresses",
		      .help = "Addresses in the range that no pod can get.",
		      .labels = RANGE_LABELS },
	  .by = { .of_range = metric_reserved } },
	{ .metric = { .name = "podip_range_usable_addresses",
		      .type = METRIC_GAUGE,
		      .unit = "addresses",
		      .help = "Addresses in the range that pods can get: capacity - reserved.",
		      .labels = RANGE_LABELS },
	  .by = { .of_range = metric_usable } },
	{ .metric = { .name = "podip_range_used_addresses",
		      .type = METRIC_GAUGE,
		      .unit = "addresses",
		      .help = "Distinct pod addresses of this node that the kernel holds in the range.",
		      .labels = RANGE_LABELS },
	  .by = { .of_range = metric_used, .has_unranged = true } },
	{ .metric = { .name = "podip_range_free_addresses",
		      .type = METRIC_GAUGE,
		      .unit = "addresses",
		      .help = "Usable addresses that this node's pods do not hold: usable - used.",
		      .labels = RANGE_LABELS },
	  .by = { .of_range = metric_free_addresses } },
	{ .metric = { .name = "podip_range_utilization_ratio",
		      .type = METRIC_GAUGE,
		      .unit = "ratio",
		      .help = "used / usable.",
		      .labels = RANGE_LABELS },
	  .by = { .of_range = metric_utilization } },
	{ .metric = { .name = "podip_range_node_blocks_capacity",
		      .type = METRIC_GAUGE,
		      .help = "Nodes whose blocks fit into the range: 2^(node_prefix - range prefix).",
		      .labels = RANGE_LABELS },
	  .by = { .collect = metric_blocks } },
	{ .metric = { .name = "podip_addresses_assigned_total",
		      .type = METRIC_COUNTER,
		      .help = "Pod addresses that became usable, those found at start included.",
		      .labels = RANGE_LABELS },
	  .by = { .of_range = metric_assigned, .has_unranged = true } },
	{ .metric = { .name = "podip_addresses_released_total",
		      .type = METRIC_COUNTER,
		      .help = "Pod addresses that went away.",
		      .labels = RANGE_LABELS },
	  .by = { .of_range = metric_released, .has_unranged = true } },
	{ .metric = { .name = "podip_address_assign_duration_seconds",
		      .type = METRIC_HISTOGRAM,
		      .unit = "seconds",
		      .help = "From the creation of a network namespace to its first usable address.",
		      .labels = { "family" },
		      .bounds = &account_latency_bounds },
	  .by = { .collect = metric_latency } },
	{ .metric = { .name = "podip_address_reuse_interval_seconds",
		      .type = METRIC_HISTOGRAM,
		      .unit = "seconds",
		      .help = "From the release of an address to its next assignment.",
		      .labels = RANGE_LABELS,
		      .bounds = &account_reuse_bounds },
	  .by = { .collect = metric_reuse } },
	{ .metric = { .name = "podip_network_namespaces",
		      .type = METRIC_GAUGE,
		      .help = "Network namespaces of this node, its own left out." },
	  .by = { .of_agent = metric_namespaces } },
	{ .metric = { .name = "podip_network_namespaces_without_address",
		      .type = METRIC_GAUGE,
		      .help = "Those of them that hold no pod address." },
	  .by = { .of_agent = metric_namespaces_without_address } },
	{ .metric = { .name = "podip_events_lost_total",
		      .type = METRIC_COUNTER,
		      .help = "Events lost; the next reconcile finds what they told.",
		      .labels = { "cause" } },
	  .by = { .collect = metric_lost } },
	{ .metric = { .name = "podip_reconcile_corrections_total",
		      .type = METRIC_COUNTER,
		      .help = "Differences between kernel and state that a reconcile had to correct.",
		      .labels = { "kind" } },
	  .by = { .collect = metric_corrections } },
	{ .metric = { .name = "podip_reconcile_timestamp_seconds",
		      .type = METRIC_GAUGE,
		      .unit = "seconds",
		      .help = "When the state was last compared with the kernel, since the epoch." },
	  .by = { .of_agent = metric_reconcile_at } },
	{ .metric = { .name = "podip_reconcile_duration_seconds",
		      .type = METRIC_GAUGE,
		      .unit = "seconds",
		      .help = "How long the last comparison took." },
	  .by = { .of_agent = metric_reconcile_took } },
	{ .metric = { .name = "podip_probe_backend_info",
		      .type = METRIC_INFO,
		      .help = "How live changes are heard.",
		      .labels = { "backend" } },
	  .by = { .collect = metric_backend } },
	{ .metric = { .name = "podip_bpf_program_runs_total",
		      .type = METRIC_COUNTER,
		      .help = "Runs of the kernel programs that had something to report.",
		      .labels = { "program" } },
	  .by = { .collect = metric_program_runs } },
	{ .metric = { .name = "podip_bpf_program_seconds_total",
		      .type = METRIC_COUNTER,
		      .unit = "seconds",
		      .help = "Time spent in these runs.",
		      .labels = { "program" } },
	  .by = { .collect = metric_program_seconds } },
	{ .metric = { .name = "podip_table_entries",
		      .type = METRIC_GAUGE,
		      .help = "Entries of a bounded table.",
		      .labels = { "table" } },
	  .by = { .collect = metric_entries } },
	{ .metric = { .name = "podip_table_limit",
		      .type = METRIC_GAUGE,
		      .help = "Bound of the table.",
		      .labels = { "table" } },
	  .by = { .collect = metric_limits } },
	{ .metric = { .name = "podip_source_up",
		      .type = METRIC_GAUGE,
		      .help = "Is the source of ranges readable?",
		      .labels = { "source" } },
	  .by = { .collect = metric_source_up } },
	{ .metric = { .name = "podip_source_entries",
		      .type = METRIC_GAUGE,
		      .help = "Ranges that the source knows.",
		      .labels = { "source" } },
	  .by = { .collect = metric_source_entries } },
	{ .metric = { .name = "podip_event_log_records_total",
		      .type = METRIC_COUNTER,
		      .help = "Records written to the event log." },
	  .by = { .of_agent = metric_records_written } },
	{ .metric = { .name = "podip_event_log_lost_total",
		      .type = METRIC_COUNTER,
		      .help = "Records that could not be written." },
	  .by = { .of_agent = metric_records_lost } },
	{ .metric = { .name = "podip_build_info",
		      .type = METRIC_INFO,
		      .help = "Version that runs.",
		      .labels = { "version", "revision" } },
	  .by = { .collect = metric_build } },
	{ .metric = { .name = "process_cpu_seconds_total",
		      .type = METRIC_COUNTER,
		      .unit = "seconds",
		      .help = "User and system CPU time of the agent." },
	  .by = { .of_agent = metric_cpu } },
	{ .metric = { .name = "process_start_time_seconds",
		      .type = METRIC_GAUGE,
		      .unit = "seconds",
		      .help = "When the agent started, since the epoch." },
	  .by = { .of_agent = metric_start } },
	{ .metric = { .name = "process_resident_memory_bytes",
		      .type = METRIC_GAUGE,
		      .unit = "bytes",
		      .help = "Resident memory." },
	  .by = { .of_agent = metric_resident } },
	{ .metric = { .name = "process_virtual_memory_bytes",
		      .type = METRIC_GAUGE,
		      .unit = "bytes",
		      .help = "Virtual memory." },
	  .by = { .of_agent = metric_virtual } },
	{ .metric = { .name = "process_open_fds",
		      .type = METRIC_GAUGE,
		      .help = "Open file descriptors." },
	  .by = { .of_agent = metric_open_fds } },
	{ .metric = { .name = "process_max_fds",
		      .type = METRIC_GAUGE,
		      .help = "Bound of open file descriptors." },
	  .by = { .of_agent = metric_max_fds } },
};

void metrics_write(const struct metrics_input *input, enum exposition_format format, FILE *out)
{
	struct exposition exposition = { .out = out, .format = format };

	for (size_t i = 0; i < array_size(rows); i++) {
		const struct row *row = &rows[i];

		exposition_family(&exposition, &row->metric);
		if (row->by.of_range)
			metric_each_range(&exposition, input, &row->by);
		else if (row->by.of_agent)
			exposition_sample(&exposition, row->by.of_agent(input));
		else
			row->by.collect(&exposition, input);
	}
	exposition_end(&exposition);
}

void metrics_describe(FILE *out)
{
	static const char *const types[] = { "gauge", "counter", "histogram", "info" };

	fputs("| name | type | labels | help |\n|---|---|---|---|\n", out);
	for (size_t i = 0; i < array_size(rows); i++) {
		const struct metric *metric = &rows[i].metric;

		fprintf(out, "| %s | %s |", metric->name, types[metric->type]);
		for (const char *const *label = metric->labels; *label; label++)
			fprintf(out, " %s", *label);
		fprintf(out, " | %s |\n", metric->help);
	}
}

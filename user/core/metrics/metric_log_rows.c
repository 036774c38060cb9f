// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/metric_log_rows.h"

#include "cleanup.h"

static void errors(struct exposition *out, const struct metrics_input *input)
{
	const struct metrics_log *log = &input->log;

	for (size_t i = 0; i < METRICS_LOG_WORK_MAX && log->errors[i].work; i++)
		exposition_sample(out, (double)log->errors[i].count, log->errors[i].work);
}

static double up(const struct metrics_input *input)
{
	return !input->log.failing;
}

static double written(const struct metrics_input *input)
{
	return (double)input->log.written;
}

static double lost(const struct metrics_input *input)
{
	return (double)input->log.lost;
}

static double coalesced(const struct metrics_input *input)
{
	return (double)input->log.coalesced;
}

static double bytes(const struct metrics_input *input)
{
	return (double)input->log.bytes;
}

static double files(const struct metrics_input *input)
{
	return (double)input->log.files;
}

static double rotations(const struct metrics_input *input)
{
	return (double)input->log.rotations;
}

static double reopened(const struct metrics_input *input)
{
	return (double)input->log.reopened;
}

const struct metric_row metric_log_rows[] = {
	{ .metric = { .name = "podip_event_log_records_total",
		      .type = METRIC_COUNTER,
		      .help = "Records written to the event log." },
	  .by = { .of_agent = written } },
	{ .metric = { .name = "podip_event_log_lost_total",
		      .type = METRIC_COUNTER,
		      .help = "Records that could not be written." },
	  .by = { .of_agent = lost } },
	{ .metric = { .name = "podip_event_log_coalesced_total",
		      .type = METRIC_COUNTER,
		      .help = "Records left out in storms; one in their place says how many." },
	  .by = { .of_agent = coalesced } },
	{ .metric = { .name = "podip_event_log_up",
		      .type = METRIC_GAUGE,
		      .help = "Did the last write to every event log work?" },
	  .by = { .of_agent = up } },
	{ .metric = { .name = "podip_event_log_errors_total",
		      .type = METRIC_COUNTER,
		      .help = "What failed of the event log, by what was tried: each is tried again.",
		      .labels = { "operation" } },
	  .by = { .collect = errors } },
	{ .metric = { .name = "podip_event_log_bytes",
		      .type = METRIC_GAUGE,
		      .unit = "bytes",
		      .help = "Size of the event log, its old files included." },
	  .by = { .of_agent = bytes } },
	{ .metric = { .name = "podip_event_log_files",
		      .type = METRIC_GAUGE,
		      .help = "Files of the event log, old ones included." },
	  .by = { .of_agent = files } },
	{ .metric = { .name = "podip_event_log_rotations_total",
		      .type = METRIC_COUNTER,
		      .help = "Files of the event log that became old ones." },
	  .by = { .of_agent = rotations } },
	{ .metric = { .name = "podip_event_log_reopened_total",
		      .type = METRIC_COUNTER,
		      .help = "Times that the file of the event log was gone or another one, and was opened anew." },
	  .by = { .of_agent = reopened } },
};

const size_t metric_log_row_count = array_size(metric_log_rows);

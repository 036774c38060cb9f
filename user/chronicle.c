// SPDX-License-Identifier: Apache-2.0
#include "chronicle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/recent.h"
#include "log.h"
#include "loop.h"
#include "sink/eventlog.h"
#include "source/proc.h"

struct chronicle {
	struct journal journal;
	struct eventlog *logs[CHRONICLE_LOG_MAX];
	struct recent *recent;
	char boot_id[BOOT_ID_SIZE];
};

static void on_line(const char *line, size_t size, void *ctx)
{
	struct chronicle *chronicle = ctx;

	recent_add(chronicle->recent, line, size);
	for (size_t i = 0; i < CHRONICLE_LOG_MAX && chronicle->logs[i]; i++)
		eventlog_append(chronicle->logs[i], line, size);
}

void chronicle_read_clocks(struct journal *journal)
{
	journal->now_ns = loop_now_ns();
	journal->wall_offset_ns = loop_wall_ns() - (int64_t)journal->now_ns;
}

/* Since the last agent's last record nobody listened: a fact of its own. */
static void tell_gap(struct journal *journal, const struct eventlog_tail *tail)
{
	struct record record = record_init(RECORD_AGENT_GAP);
	int64_t now_ns = (int64_t)journal->now_ns + journal->wall_offset_ns;
	char message[128];

	snprintf(message, sizeof(message), "nothing was heard for %.3f s before this start",
		 (double)(now_ns - tail->wall_ns) / 1e9);
	record.reason = tail->stopped ? "stopped" : "killed";
	record.message = message;
	journal_put(journal, &record);
}

static int open_logs(struct chronicle *chronicle, const struct chronicle_config *config,
		     struct eventlog_tail *out_last)
{
	struct eventlog_tail last = { 0 };

	for (size_t i = 0; i < config->path_count && i < CHRONICLE_LOG_MAX; i++) {
		struct eventlog_tail tail;
		int err = eventlog_open(config->paths[i], &chronicle->logs[i], &tail);

		if (err)
			return log_err(err, "cannot open the event log '%s'", config->paths[i]);
		if (tail.found && tail.seq > last.seq)
			last = tail;
	}
	*out_last = last;
	return 0;
}

int chronicle_open(const struct chronicle_config *config, struct chronicle **out)
{
	cleanup_chronicle struct chronicle *chronicle = calloc(1, sizeof(*chronicle));
	struct record started = record_init(RECORD_AGENT_STARTED);
	struct eventlog_tail last = { 0 };
	int err;

	if (!chronicle)
		return -ENOMEM;
	proc_boot_id(config->proc_dir, chronicle->boot_id);
	chronicle->journal = (struct journal){ .node = config->node,
					       .boot_id = chronicle->boot_id,
					       .write = on_line,
					       .ctx = chronicle };
	chronicle_read_clocks(&chronicle->journal);
	err = recent_new(CHRONICLE_RECENT_SIZE, &chronicle->recent);
	if (err)
		return log_err(err, "cannot set up the event log");
	err = open_logs(chronicle, config, &last);
	if (err)
		return err;

	chronicle->journal.seq = last.seq;
	if (last.found)
		tell_gap(&chronicle->journal, &last);
	started.backend = config->backend;
	started.message = PODIP_VERSION " " PODIP_REVISION;
	journal_put(&chronicle->journal, &started);
	*out = take_ptr(chronicle);
	return 0;
}

void chronicle_close(struct chronicle *chronicle)
{
	if (!chronicle)
		return;
	for (size_t i = 0; i < CHRONICLE_LOG_MAX; i++)
		eventlog_close(chronicle->logs[i]);
	recent_free(chronicle->recent);
	free(chronicle);
}

struct journal *chronicle_journal(struct chronicle *chronicle)
{
	return &chronicle->journal;
}

const struct recent *chronicle_recent(const struct chronicle *chronicle)
{
	return chronicle->recent;
}

void chronicle_end_turn(struct chronicle *chronicle)
{
	for (size_t i = 0; i < CHRONICLE_LOG_MAX && chronicle->logs[i]; i++)
		eventlog_flush(chronicle->logs[i]);
	chronicle_read_clocks(&chronicle->journal);
}

void chronicle_tell_stopped(struct chronicle *chronicle)
{
	struct record record = record_init(RECORD_AGENT_STOPPED);

	chronicle_read_clocks(&chronicle->journal);
	journal_put(&chronicle->journal, &record);
}

void chronicle_measure(const struct chronicle *chronicle, struct metrics_input *out)
{
	for (size_t i = 0; i < CHRONICLE_LOG_MAX && chronicle->logs[i]; i++) {
		struct eventlog_stats stats = eventlog_stats(chronicle->logs[i]);

		out->records_written += stats.written;
		out->records_lost += stats.lost;
		/* A pipe whose reader is slow is none of our trouble until records are lost. */
		out->is_log_failing |= stats.last_error && stats.last_error != EAGAIN;
	}
	out->records_lost += chronicle->journal.unwritable;
	out->wall_offset_ns = chronicle->journal.wall_offset_ns;
	collect_add_table(out, "recent_bytes", (double)recent_used(chronicle->recent),
			  CHRONICLE_RECENT_SIZE);
}

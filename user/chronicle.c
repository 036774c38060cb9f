// SPDX-License-Identifier: Apache-2.0
#include "chronicle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/recent.h"
#include "log.h"
#include "loop.h"
#include "podip_version.h"
#include "sink/log/eventlog.h"
#include "source/base/proc.h"

struct chronicle {
	struct journal journal;
	struct eventlog *logs[CHRONICLE_LOG_MAX];
	struct recent *recent;
	size_t count;
	int timer; /* for what the logs have to do without a record */
	uint64_t armed_ns; /* when it fires; 0 never */
	char boot_id[BOOT_ID_SIZE];
};

/* Where records were lost, one says how many, in the place and with the seq of the last of them. */
static void fill_hole(const struct chronicle *chronicle, struct eventlog *log)
{
	const struct journal *journal = &chronicle->journal;
	struct record record = record_init(RECORD_EVENTS_LOST);
	struct eventlog_hole hole;
	char text[JOURNAL_LINE_MAX];
	struct eventlog_line line;

	if (!eventlog_take_hole(log, &hole))
		return;
	record.reason = "log";
	record.count = hole.count;
	record.seq = hole.last_seq;
	record.wall_ns = hole.last_ns;
	record.mono_ns = (uint64_t)(hole.last_ns - journal->wall_offset_ns);
	record.node = journal->node;
	record.boot_id = journal->boot_id;
	line = (struct eventlog_line){ .text = text, .seq = record.seq, .wall_ns = record.wall_ns };
	if (!record_format(&record, text, sizeof(text), &line.size))
		eventlog_append(log, &line);
}

static void on_line(const char *text, size_t size, void *ctx)
{
	struct chronicle *chronicle = ctx;
	const struct eventlog_line line = { .text = text,
					    .size = size,
					    .seq = chronicle->journal.seq,
					    .wall_ns = chronicle->journal.wall_ns };

	recent_add(chronicle->recent, text, size);
	for (size_t i = 0; i < chronicle->count; i++) {
		fill_hole(chronicle, chronicle->logs[i]);
		eventlog_append(chronicle->logs[i], &line);
	}
}

void chronicle_read_clocks(struct journal *journal)
{
	journal->now_ns = loop_now_ns();
	journal->wall_offset_ns = loop_wall_ns() - (int64_t)journal->now_ns;
}

/* Since the last agent's last record nobody listened: a fact of its own. */
static void tell_gap(struct journal *journal, const struct log_end *tail)
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
		     struct log_end *out_last)
{
	struct log_end last = { 0 };

	for (size_t i = 0; i < config->logs.count && i < CHRONICLE_LOG_MAX; i++) {
		struct log_end tail;
		int err = eventlog_open(config->logs.paths[i], &config->logs.policy,
					&chronicle->logs[i], &tail);

		if (err)
			return log_err(err, "cannot open the event log '%s'",
				       config->logs.paths[i]);
		chronicle->count++;
		if (tail.found && tail.seq > last.seq)
			last = tail;
	}
	*out_last = last;
	return 0;
}

static int on_timer(void *ctx)
{
	struct chronicle *chronicle = ctx;

	loop_timer_read(chronicle->timer);
	chronicle->armed_ns = 0;
	chronicle_read_clocks(&chronicle->journal);
	for (size_t i = 0; i < chronicle->count; i++)
		eventlog_work(chronicle->logs[i], chronicle->journal.now_ns);
	return 0;
}

static int open_timer(struct chronicle *chronicle, struct loop *loop)
{
	chronicle->timer = loop_timer_open();
	return chronicle->timer < 0 ? chronicle->timer
				    : loop_add(loop, chronicle->timer, on_timer, chronicle);
}

static uint64_t due(const struct chronicle *chronicle)
{
	uint64_t due_ns = coalesce_due(&chronicle->journal.coalesce);

	for (size_t i = 0; i < chronicle->count; i++) {
		uint64_t log_ns = eventlog_due(chronicle->logs[i]);

		if (log_ns && (!due_ns || log_ns < due_ns))
			due_ns = log_ns;
	}
	return due_ns;
}

static void arm_timer(struct chronicle *chronicle, uint64_t now_ns)
{
	uint64_t due_ns = due(chronicle);

	if (due_ns == chronicle->armed_ns)
		return;
	chronicle->armed_ns = due_ns;
	loop_timer_set(chronicle->timer, !due_ns ? 0 : due_ns > now_ns ? due_ns - now_ns : 1);
}

int chronicle_open(const struct chronicle_config *config, struct loop *loop, struct chronicle **out)
{
	cleanup_chronicle struct chronicle *chronicle = calloc(1, sizeof(*chronicle));
	struct record started = record_init(RECORD_AGENT_STARTED);
	struct log_end last = { 0 };
	int err;

	if (!chronicle)
		return -ENOMEM;
	chronicle->timer = -1;
	proc_boot_id(config->proc_dir, chronicle->boot_id);
	chronicle->journal = (struct journal){ .node = config->node,
					       .boot_id = chronicle->boot_id,
					       .write = on_line,
					       .ctx = chronicle };
	chronicle_read_clocks(&chronicle->journal);
	err = recent_new(CHRONICLE_RECENT_SIZE, &chronicle->recent);
	if (err)
		return log_err(err, "cannot set up the event log");
	err = open_timer(chronicle, loop);
	if (err)
		return log_err(err, "cannot set up a timer");
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
	for (size_t i = 0; i < chronicle->count; i++) {
		eventlog_flush(chronicle->logs[i], loop_now_ns());
		fill_hole(chronicle, chronicle->logs[i]);
		eventlog_close(chronicle->logs[i]);
	}
	close_fd(chronicle->timer);
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
	uint64_t now_ns = loop_now_ns();

	journal_tell_left_out(&chronicle->journal, now_ns);
	for (size_t i = 0; i < chronicle->count; i++) {
		fill_hole(chronicle, chronicle->logs[i]);
		eventlog_flush(chronicle->logs[i], now_ns);
	}
	arm_timer(chronicle, now_ns);
	chronicle_read_clocks(&chronicle->journal);
}

void chronicle_reopen(struct chronicle *chronicle)
{
	for (size_t i = 0; i < chronicle->count; i++)
		eventlog_reopen(chronicle->logs[i], loop_now_ns());
}

void chronicle_tell_stopped(struct chronicle *chronicle)
{
	struct record record = record_init(RECORD_AGENT_STOPPED);

	chronicle_read_clocks(&chronicle->journal);
	journal_tell_left_out(&chronicle->journal, UINT64_MAX);
	journal_put(&chronicle->journal, &record);
}

static void add_log(const struct eventlog_stats *stats, struct metrics_log *out)
{
	out->written += stats->written;
	out->lost += stats->lost;
	out->failing += stats->live.last_error != 0;
	out->bytes += stats->live.bytes;
	out->files += stats->live.files;
	out->rotations += stats->live.rotations;
	out->reopened += stats->live.reopened;
	for (enum log_work i = 0; i < LOG_WORK_COUNT; i++) {
		out->errors[i].work = log_work_name(i);
		out->errors[i].count += stats->live.errors[i];
	}
}

_Static_assert((int)LOG_WORK_COUNT <= (int)METRICS_LOG_WORK_MAX, "no room for errors of the log");

void chronicle_measure(const struct chronicle *chronicle, struct metrics_input *out)
{
	for (size_t i = 0; i < chronicle->count; i++) {
		struct eventlog_stats stats = eventlog_stats(chronicle->logs[i]);

		add_log(&stats, &out->log);
	}
	out->log.lost += chronicle->journal.unwritable;
	out->log.coalesced = chronicle->journal.coalesce.total;
	out->wall_offset_ns = chronicle->journal.wall_offset_ns;
	collect_add_table(out, "recent_bytes", (double)recent_used(chronicle->recent),
			  CHRONICLE_RECENT_SIZE);
}

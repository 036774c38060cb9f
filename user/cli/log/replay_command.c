// SPDX-License-Identifier: Apache-2.0
#include "cli/log/replay_command.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "cli/log/replay_print.h"
#include "cli/option/flags.h"
#include "cli/option/option_values.h"
#include "core/base/text.h"
#include "core/base/when.h"
#include "core/metrics/metrics.h"
#include "core/record/record_parse.h"
#include "log.h"
#include "loop.h"
#include "replay.h"
#include "serve.h"
#include "signals.h"
#include "source/log/log_reader.h"

#define NS_PER_S 1000000000.0

enum { TURN_RECORDS = 8192 }; /* between two looks at who asks, at full rate */

struct arguments {
	double speed; /* times real; 0: as fast as it goes */
	int64_t until_ns; /* since the epoch; INT64_MAX: the log's end */
	const char *node;
	struct option_list listen;
	bool is_summary;
};

/* One replay under way. */
struct run {
	const struct arguments *arguments;
	const char *path;
	struct replay *replay;
	struct loop *loop;
	struct serve *serve; /* NULL: nobody may ask */
	struct signals signals;
	uint64_t start_ns; /* monotonic */
	int64_t first_ns; /* of the log, since the epoch; INT64_MIN before its first record */
	uint64_t lines, damaged;
	bool is_stopped; /* by a signal */
};

static void clear_arguments(struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->listen.count; i++)
		free(arguments->listen.items[i]);
}
#define cleanup_arguments cleanup(clear_arguments)

static void close_run(struct run *run)
{
	serve_close(run->serve);
	loop_free(run->loop);
	signals_close(&run->signals);
	replay_free(run->replay);
}
#define cleanup_run cleanup(close_run)

/* ---- time ---- */

static int64_t now_in_log(const struct run *run)
{
	int64_t last_ns = replay_stats(run->replay)->last_ns, now_ns;

	if (run->arguments->speed <= 0 || run->first_ns == INT64_MIN)
		return last_ns;
	now_ns = run->first_ns +
		 (int64_t)((double)(loop_now_ns() - run->start_ns) * run->arguments->speed);
	return now_ns < run->arguments->until_ns ? now_ns : run->arguments->until_ns;
}

static void measure(struct metrics_input *out, void *ctx)
{
	struct run *run = ctx;
	int64_t last_ns = replay_stats(run->replay)->last_ns, now_ns = now_in_log(run);

	replay_measure(run->replay, now_ns > last_ns ? now_ns : last_ns, out);
}

static bool is_ready(void *ctx)
{
	(void)ctx;
	return true;
}

/* 0 to go on, 1 to stop. */
static int turn(struct run *run, int timeout_ms)
{
	int result = loop_turn(run->loop, timeout_ms);

	run->is_stopped |= result == LOOP_STOP;
	return result;
}

/* Until the record is due; at full rate it always is. */
static int wait_for(struct run *run, int64_t wall_ns)
{
	double speed = run->arguments->speed, wait_ms;
	int result = 0;

	if (speed <= 0)
		return run->lines % TURN_RECORDS ? 0 : turn(run, 0);
	do {
		double due_ns = (double)(wall_ns - run->first_ns) / speed;

		wait_ms = ceil((due_ns - (double)(loop_now_ns() - run->start_ns)) / 1e6);
		if (wait_ms > 0)
			result = turn(run, wait_ms < 1000 ? (int)wait_ms : 1000);
	} while (!result && wait_ms > 0);
	return result;
}

/* ---- lines ---- */

static int complain_node(const struct run *run, const struct record *record)
{
	char ours[64], other[64];

	text_to_line(replay_stats(run->replay)->node, ours, sizeof(ours));
	text_to_line(record->node ? record->node : "", other, sizeof(other));
	flags_complain("%s: record %" PRIu64 " is of node '%s', those before of '%s': say which "
		       "with --node",
		       run->path, record->seq, other, ours);
	return -EXDEV;
}

static int on_line(char *line, size_t size, void *ctx)
{
	struct run *run = ctx;
	struct record record;
	int result;

	run->lines++;
	if (record_parse(line, size, &record)) {
		run->damaged++;
		return 0;
	}
	if (record.wall_ns > run->arguments->until_ns)
		return 1;
	if (run->first_ns == INT64_MIN)
		run->first_ns = record.wall_ns;
	result = wait_for(run, record.wall_ns);
	if (result)
		return result;
	result = replay_record(run->replay, &record);
	return result == -EXDEV ? complain_node(run, &record) : result;
}

/* ---- what comes out ---- */

static int print(struct run *run, const struct log_reader *reader)
{
	struct replay_times times = { .took_s = (double)(loop_now_ns() - run->start_ns) / NS_PER_S,
				      .lines = run->lines,
				      .damaged = run->damaged,
				      .reader = log_reader_stats(reader) };
	const struct replay_stats *stats = replay_stats(run->replay);
	int64_t until_ns = run->arguments->until_ns;
	struct metrics_input input;

	replay_measure(run->replay, until_ns == INT64_MAX ? stats->last_ns : until_ns, &input);
	if (run->arguments->is_summary)
		replay_print(&input, stats, &times, stdout);
	else
		metrics_write(&input, EXPOSITION_TEXT, stdout);
	if (fflush(stdout) || ferror(stdout)) {
		flags_complain("cannot write the result");
		return STATUS_FAILED;
	}
	return STATUS_DONE;
}

/* What the numbers cannot be trusted for. */
static void warn(const struct run *run)
{
	const struct replay_stats *stats = replay_stats(run->replay);

	if (run->damaged)
		log_warn("'%" PRIu64 "' lines are no records, ignoring", run->damaged);
	if (stats->records && !stats->starts)
		log_warn("no agent.started in the log: what was there before it is not known");
	if (stats->missing)
		log_warn("'%" PRIu64 "' records are missing by their numbers", stats->missing);
	if (stats->differing)
		log_warn("'%" PRIu64 "' records, from '%" PRIu64
			 "' on, say other than what was before them makes",
			 stats->differing, stats->first_differing);
}

static int open_run(struct run *run)
{
	const struct serve_config serve = {
		.addresses = run->arguments->listen.items,
		.address_count = run->arguments->listen.count,
		.source = { measure, is_ready, run },
		.page = { .node = run->arguments->node ? run->arguments->node : "",
			  .names = PAGE_NAMES_NONE,
			  .measure = measure,
			  .ctx = run }
	};
	int err = replay_new(run->arguments->node, &run->replay);

	if (!err)
		err = loop_new(&run->loop);
	if (!err && serve.address_count)
		err = signals_open(run->loop, &run->signals);
	if (!err && serve.address_count)
		err = serve_open(&serve, run->loop, &run->serve);
	return err;
}

static int replay_file(struct run *run, struct log_reader *reader)
{
	int err;

	run->start_ns = loop_now_ns();
	err = log_reader_since(reader, INT64_MIN, run->arguments->until_ns, on_line, run);
	if (err < 0 && err != -EXDEV)
		log_err(err, "cannot read '%s'", run->path);
	if (err < 0)
		return STATUS_FAILED;
	warn(run);
	if (!replay_stats(run->replay)->records)
		return flags_complain("%s: no record in it%s", run->path,
				      run->arguments->until_ns == INT64_MAX ? "" : " up to then"),
		       STATUS_FAILED;
	if (!run->serve)
		return print(run, reader);
	if (run->is_stopped)
		return STATUS_DONE;
	log_info("at the end, serving on");
	return loop_run(run->loop) ? STATUS_FAILED : STATUS_DONE;
}

/* ---- arguments ---- */

static int parse_speed(const char *text, void *field)
{
	char *end;
	double speed = strtod(text, &end);

	if (end == text || *end || !isfinite(speed) || speed <= 0)
		return -EINVAL;
	*(double *)field = speed;
	return 0;
}

static int parse_form(const char *text, void *field)
{
	*(bool *)field = !strcmp(text, "summary");
	return *(bool *)field || !strcmp(text, "metrics") ? 0 : -EINVAL;
}

#define TIME(name, text)                                                                  \
	{                                                                                 \
		.flag = (name), .arg = "TIME", .help = (text), .parse = option_when,      \
		.expected = WHEN_EXPECTED, .offset = offsetof(struct arguments, until_ns) \
	}

static const struct option_row rows[] = {
	{ .flag = "speed",
	  .arg = "N",
	  .help = "times as fast as it happened; as fast as it goes if not set",
	  .expected = "a number above 0",
	  .parse = parse_speed,
	  .offset = offsetof(struct arguments, speed) },
	TIME("until", "stop there: the metrics are of that time"),
	TIME("at", "the same"),
	{ .flag = "node",
	  .arg = "NAME",
	  .help = "records of this node alone; without it a log of several is refused",
	  .expected = "a name",
	  .parse = option_borrow,
	  .offset = offsetof(struct arguments, node) },
	{ .flag = "web.listen-address",
	  .arg = "ADDR:PORT",
	  .help = "serve /metrics here, meanwhile and after, until it is stopped",
	  .expected = "ADDR:PORT",
	  .parse = option_listen_item,
	  .offset = offsetof(struct arguments, listen),
	  .list_max = SERVE_MAX },
	{ .flag = "output",
	  .letter = 'o',
	  .arg = "metrics|summary",
	  .fallback = "metrics",
	  .help = "what to print in the end where nothing is served",
	  .expected = "metrics or summary",
	  .parse = parse_form,
	  .offset = offsetof(struct arguments, is_summary) },
};

static int run_replay(const struct command *command, int argc, char **argv)
{
	cleanup_arguments struct arguments arguments = { .until_ns = INT64_MAX };
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_run struct run run = { .arguments = &arguments,
				       .signals.fd = -1,
				       .first_ns = INT64_MIN };
	struct operands operands;
	int result = command_read(command, argc, argv, &arguments, &operands);

	if (result)
		return result == COMMAND_EXIT ? STATUS_DONE : STATUS_USAGE;
	run.path = operands.items[0];
	result = log_reader_open(run.path, &reader);
	if (result) {
		flags_complain("%s: %s", run.path, strerror(-result));
		return STATUS_FAILED;
	}
	if (open_run(&run)) {
		flags_complain("cannot set up the replay");
		return STATUS_FAILED;
	}
	return replay_file(&run, reader);
}

const struct command cli_replay_command = {
	.name = "replay",
	.summary = "put an event log through the agent's core: the metrics of then",
	.operands = "FILE",
	.operands_min = 1,
	.operands_max = 1,
	.examples =
		"  podip replay events.jsonl                    # what /metrics said in the end\n"
		"  podip replay --at 2006-01-02T15:04:05Z events.jsonl\n"
		"  podip replay --speed 60 --web.listen-address 127.0.0.1:9466 events.jsonl\n"
		"  zcat events.jsonl.*.gz | podip replay -o summary -\n",
	.text = "FILE is the live event log, whose rotated siblings are read before it, one of\n"
		"them, plain or gzip, or - for standard input. What no record tells of (the\n"
		"process, kernel programs, sources, reconciles) is not among the metrics.\n"
		"A log's records are checked against each other: see -o summary.\n",
	.rows = rows,
	.row_count = array_size(rows),
	.run = run_replay,
};

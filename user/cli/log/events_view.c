// SPDX-License-Identifier: Apache-2.0
/*
 * Parsing uses a line up, so what is shown or put by as it was is copied before.
 */
#include "cli/log/events_view.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/base/output.h"
#include "cli/option/command.h"
#include "cli/option/flags.h"
#include "core/log/log_tail.h"
#include "core/log/log_text.h"
#include "core/record/record_parse.h"
#include "log.h"
#include "source/log/log_reader.h"

#define NS_PER_S 1000000000LL
/* Records are in the order of their seq; their times may be this far from it. */
#define DISORDER_NS (60 * NS_PER_S)

enum {
	TEXT_SIZE = LOG_TEXT_GROWTH * LOG_LINE_MAX + LOG_TEXT_ROOM,
	STDOUT_SIZE = 128 * 1024,
	TOO_OLD_MAX = 1000, /* lines in a row: a few may be of a clock that was wrong */
	READ_STOP = 1,
};

enum verdict { VERDICT_OUT, VERDICT_NOTICE, VERDICT_MATCH };

struct view {
	const struct events_query *query;
	struct log_text text;
	struct log_tail *tail; /* NULL: lines are shown as they are read */
	bool is_flushed; /* after each line */
	bool has_read; /* a line, whatever it was */
	uint64_t too_old; /* lines in a row */
	uint64_t shown, no_records, later_versions;
	char raw[LOG_LINE_MAX + 1];
	char out[TEXT_SIZE];
};

/* ---- out ---- */

static int write_out(struct view *view, const char *bytes, size_t size)
{
	if (fwrite_unlocked(bytes, 1, size, stdout) == size &&
	    (!view->is_flushed || !fflush_unlocked(stdout)))
		return 0;
	return errno ? -errno : -EIO;
}

static int show(struct view *view, const struct record *record, size_t raw_size)
{
	size_t size = 0;
	int err;

	if (view->query->format == EVENTS_JSON) {
		view->raw[raw_size] = '\n'; /* where its NUL was */
		view->shown++;
		return write_out(view, view->raw, raw_size + 1);
	}
	if (view->query->format == EVENTS_COMPACT) {
		size = log_text_compact(&view->text, record, view->out, TEXT_SIZE);
	} else {
		if (!view->shown) {
			size = log_text_table_head(&view->text, view->out, TEXT_SIZE);
			err = write_out(view, view->out, size);
			if (err)
				return err;
		}
		size = log_text_table(&view->text, record, view->out, TEXT_SIZE);
	}
	view->shown++;
	return write_out(view, view->out, size);
}

/* ---- records ---- */

static bool is_long_before(int64_t a_ns, int64_t b_ns)
{
	int64_t ns;

	return __builtin_sub_overflow(b_ns, a_ns, &ns) ? a_ns < b_ns : ns > DISORDER_NS;
}

/* The line is in view->raw then. Notices are for people. */
static enum verdict judge(struct view *view, char *line, size_t size, struct record *out)
{
	const struct events_query *query = view->query;
	int err;

	view->has_read = true;
	memcpy(view->raw, line, size);
	view->raw[size] = '\0';
	err = record_parse(line, size, out);
	if (err) {
		*(err == -EPROTO ? &view->later_versions : &view->no_records) += 1;
		return VERDICT_OUT;
	}
	view->too_old = is_long_before(out->wall_ns, query->since_ns) ? view->too_old + 1 : 0;
	if (out->wall_ns < query->since_ns || out->wall_ns > query->until_ns)
		return VERDICT_OUT;
	if (log_filter_matches(&query->filter, out))
		return VERDICT_MATCH;
	return query->format != EVENTS_JSON && log_filter_is_notice(&query->filter, out)
		       ? VERDICT_NOTICE
		       : VERDICT_OUT;
}

static int on_line(char *line, size_t size, void *ctx)
{
	struct view *view = ctx;
	struct record record;

	return judge(view, line, size, &record) == VERDICT_OUT ? 0 : show(view, &record, size);
}

/* The oldest first: only a stream is put by that way. */
static int on_newer_line(char *line, size_t size, void *ctx)
{
	struct view *view = ctx;
	struct record record;
	enum verdict verdict = judge(view, line, size, &record);

	if (verdict == VERDICT_OUT)
		return 0;
	return log_tail_append(view->tail, view->raw, size, verdict == VERDICT_MATCH);
}

static int on_older_line(char *line, size_t size, void *ctx)
{
	struct view *view = ctx;
	struct record record;
	enum verdict verdict;

	if (!view->query->last)
		return READ_STOP;
	verdict = judge(view, line, size, &record);
	if (verdict != VERDICT_OUT)
		return log_tail_prepend(view->tail, view->raw, size, verdict == VERDICT_MATCH);
	return view->too_old > TOO_OLD_MAX ? READ_STOP : 0;
}

/* ---- reading ---- */

static int show_tail(struct view *view)
{
	size_t size;
	char *line;
	int err = 0;

	while (!err && log_tail_take(view->tail, &line, &size)) {
		cleanup_free char *owned = line;
		struct record record;

		memcpy(view->raw, owned, size + 1);
		/* It has been parsed once: it is a record. */
		if (!record_parse(owned, size, &record))
			err = show(view, &record, size);
	}
	return err;
}

static int read_last(struct view *view, struct log_reader *reader)
{
	cleanup_log_tail struct log_tail *tail = NULL;
	int err = log_tail_new((size_t)(view->query->last ? view->query->last : 1), &tail);

	if (err)
		return err;
	view->tail = tail;
	err = strcmp(view->query->path, "-") != 0
		      ? log_reader_backward(reader, on_older_line, view)
		      : log_reader_since(reader, view->query->since_ns, view->query->until_ns,
					 on_newer_line, view);
	if (err >= 0)
		err = show_tail(view);
	if (log_tail_left_out(tail))
		log_warn("'%" PRIu64 "' older lines are left out, they are too many",
			 log_tail_left_out(tail));
	view->tail = NULL;
	return err;
}

/* What waits for the next line learns of it at once when nobody reads on. */
static int stop_fd(void)
{
	int mode = fcntl(STDOUT_FILENO, F_GETFL);
	struct stat stat;

	if (mode < 0 || (mode & O_ACCMODE) != O_WRONLY || fstat(STDOUT_FILENO, &stat))
		return -1;
	return S_ISFIFO(stat.st_mode) ? STDOUT_FILENO : -1;
}

static int read_all(struct view *view, struct log_reader *reader)
{
	const struct events_query *query = view->query;
	bool is_live_stream = query->is_followed && !strcmp(query->path, "-");
	int err = 0;

	if (query->last != EVENTS_ALL)
		err = read_last(view, reader);
	else if (!is_live_stream)
		err = log_reader_since(reader, query->since_ns, query->until_ns, on_line, view);
	if (err < 0 || !query->is_followed)
		return err;
	err = fflush(stdout) ? -errno : 0;
	view->is_flushed = true;
	return err ? err : log_reader_follow(reader, stop_fd(), on_line, view);
}

/* ---- what was wrong ---- */

static void tell(uint64_t count, const char *one, const char *many)
{
	if (count)
		log_warn("'%" PRIu64 "' %s, ignoring", count, count == 1 ? one : many);
}

static void tell_skipped(const struct view *view, const struct log_reader *reader)
{
	const struct log_reader_stats stats = log_reader_stats(reader);

	tell(view->no_records, "line is no record", "lines are no records");
	tell(view->later_versions, "record is of another version of the log",
	     "records are of another version of the log");
	tell(stats.too_long, "line is too long", "lines are too long");
	tell(stats.damaged, "part of a compressed file is damaged",
	     "parts of compressed files are damaged");
	tell(stats.files_left_out, "older file, there are too many",
	     "older files, there are too many");
}

static int complain_missing(const char *path)
{
	flags_complain(
		"no event log '%s': name one with --events.file or $PODIP_EVENTS_FILE; of an "
		"agent that writes to stdout: kubectl logs POD | podip events --events.file -",
		path);
	return STATUS_FAILED;
}

static void complain_nothing(const struct view *view)
{
	if (view->has_read)
		flags_complain("no record matches");
	else if (strcmp(view->query->path, "-") != 0)
		flags_complain("the event log '%s' is empty", view->query->path);
	else
		flags_complain("nothing came on standard input; " OUTPUT_NO_LOG_HINT, "events");
}

/* A reader that is gone has what it wants: `| head`. */
static int status_of(const struct view *view, int err)
{
	if (err >= 0 && fflush(stdout))
		err = -errno;
	if (err == -EPIPE)
		return STATUS_DONE;
	if (err < 0) {
		log_err(err, "cannot show all of the event log '%s'", view->query->path);
		return STATUS_FAILED;
	}
	if (!view->shown && view->query->format != EVENTS_JSON)
		complain_nothing(view);
	return STATUS_DONE;
}

int events_view(const struct events_query *query)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_free struct view *view = calloc(1, sizeof(*view));
	int err = log_reader_open(query->path, &reader);
	int status;

	if (err == -ENOENT)
		return complain_missing(query->path);
	if (err || !view) {
		log_err(err ? err : -ENOMEM, "cannot read the event log '%s'", query->path);
		return STATUS_FAILED;
	}
	view->query = query;
	view->text.has_color = query->has_color;
	view->is_flushed = isatty(STDOUT_FILENO);
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOFBF, STDOUT_SIZE);
	err = read_all(view, reader);
	status = status_of(view, err);
	if (err != -EPIPE)
		tell_skipped(view, reader);
	return status;
}

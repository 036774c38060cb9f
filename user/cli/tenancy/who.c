// SPDX-License-Identifier: Apache-2.0
#include "cli/tenancy/who.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "cli/option/command.h"
#include "cli/option/flags.h"
#include "cli/tenancy/tenancy_compact.h"
#include "cli/tenancy/tenancy_json.h"
#include "cli/tenancy/tenancy_print.h"
#include "core/base/when.h"
#include "core/tenancy/tenancy_feed.h"
#include "log.h"
#include "loop.h"
#include "source/log/log_reader.h"

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_COMPACT, FORMAT_COUNT };

struct arguments {
	struct output_options node; /* where its files are */
	const char *path; /* borrowed */
	bool has_at, is_log_only;
	int64_t at_ns;
	enum format format;
};

static void clear_arguments(struct arguments *arguments)
{
	output_clear(&arguments->node);
}

#define cleanup_arguments cleanup(clear_arguments)

/* ---- options ---- */

static int read_at(const char *text, void *field)
{
	struct arguments *arguments = field;
	int err = option_when(text, &arguments->at_ns);

	if (!err)
		arguments->has_at = true;
	return err;
}

static int read_format(const char *text, void *field)
{
	static const char *const names[] = {
		[FORMAT_TABLE] = "table", [FORMAT_JSON] = "json", [FORMAT_COMPACT] = "compact"
	};

	for (enum format i = 0; i < FORMAT_COUNT; i++) {
		if (!strcmp(text, names[i])) {
			*(enum format *)field = i;
			return 0;
		}
	}
	return -EINVAL;
}

#define FIELD(name) .offset = offsetof(struct arguments, name)
/* Those of the node's files are of the first member. */
_Static_assert(offsetof(struct arguments, node) == 0, "rows of output.h do not fit");
#define COMMON_ROWS                                                                                \
	{ .flag = "output",                                                                        \
	  .letter = 'o',                                                                           \
	  .arg = "table|json|compact",                                                             \
	  .fallback = "table",                                                                     \
	  .help = "json and compact: one a line",                                                  \
	  .expected = "table, json or compact",                                                    \
	  .parse = read_format,                                                                    \
	  FIELD(format) },                                                                         \
		{ .flag = "events.file",                                                           \
		  .has_env = true,                                                                 \
		  .arg = "FILE",                                                                   \
		  .fallback = "/var/log/podip/events.jsonl",                                       \
		  .help = "event log, its rotated files beside it; any file; - is standard input", \
		  .expected = "a path",                                                            \
		  .parse = option_borrow,                                                          \
		  FIELD(path) },                                                                   \
		{ .flag = "log-only",                                                              \
		  .help = "do not ask the kernel: the log is another node's",                      \
		  .expected = "on or off",                                                         \
		  .parse = option_switch,                                                          \
		  FIELD(is_log_only) },                                                            \
		OUTPUT_FILES_ROWS

static const struct option_row pod_rows[] = { COMMON_ROWS };
static const struct option_row who_rows[] = { { .flag = "at",
						.arg = "TIME",
						.help = "then, and not now: 15m (ago), 14:00, "
							"2006-01-02T15:04:05.123456789Z",
						.expected = WHEN_EXPECTED,
						.parse = read_at,
						.offset = 0 },
					      COMMON_ROWS };

/* ---- the log ---- */

static int on_line(char *line, size_t size, void *ctx)
{
	return tenancy_feed_line(ctx, line, size);
}

/* Once, at the end: a log may have many. */
static void complain(const char *path, const struct log_reader_stats *stats, uint64_t unread)
{
	const struct {
		uint64_t count;
		const char *what;
	} rows[] = {
		{ unread, "lines that are no records" },
		{ stats->too_long, "lines that are too long" },
		{ stats->damaged, "compressed parts that cannot be read" },
		{ stats->files_left_out, "rotated files beyond the bound" },
	};

	for (size_t i = 0; i < array_size(rows); i++)
		if (rows[i].count)
			log_warn("'%s' has '%llu' %s, ignoring", path,
				 (unsigned long long)rows[i].count, rows[i].what);
}

/* *out stays NULL where there is no log. */
static int read_log(const char *path, const struct tenancy_query *query, struct tenancies **out)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_tenancies struct tenancies *tenancies = NULL;
	struct log_reader_stats stats;
	struct tenancy_feed feed;
	int err = log_reader_open(path, &reader);

	if (err == -ENOENT)
		return 0;
	if (err)
		return log_err(err, "cannot read the event log '%s'", path);
	err = tenancies_new(query, &tenancies);
	if (err)
		return log_err(err, "cannot read the event log '%s'", path);
	tenancy_feed_init(tenancies, &feed);
	err = log_reader_since(reader, INT64_MIN, INT64_MAX, on_line, &feed);
	if (err < 0)
		return log_err(err, "cannot read all of the event log '%s'", path);
	stats = log_reader_stats(reader);
	complain(path, &stats, feed.unread);
	tenancies_end(tenancies);
	*out = take_ptr(tenancies);
	return 0;
}

/* ---- the commands ---- */

static int print(const struct tenancy_report *report, enum format format)
{
	int err = 0;

	if (format == FORMAT_JSON)
		err = tenancy_print_json(report, stdout);
	else if (format == FORMAT_COMPACT)
		tenancy_print_compact(report, stdout);
	else
		tenancy_print_table(report, stdout);
	if (err || fflush(stdout) || ferror(stdout)) {
		log_write(LOG_LEVEL_ERROR, "cannot write the result");
		return STATUS_FAILED;
	}
	return tenancy_report_found(report) ? STATUS_DONE : STATUS_FAILED;
}

static int complain_missing(const struct arguments *arguments, const char *what)
{
	flags_complain("there is no event log '%s'%s: name one with --events.file or "
		       "$PODIP_EVENTS_FILE; " OUTPUT_NO_LOG_HINT,
		       arguments->path, what, "who ...");
	return STATUS_FAILED;
}

static int report(const struct arguments *arguments, const struct tenancy_query *query)
{
	cleanup_tenancies struct tenancies *tenancies = NULL;
	cleanup_who_kernel struct who_kernel kernel = { 0 };
	struct tenancy_report report = { .query = query,
					 .has_time = arguments->has_at,
					 .path = arguments->path,
					 .kernel = &kernel };

	if (read_log(arguments->path, query, &tenancies))
		return STATUS_FAILED;
	if (!tenancies && (arguments->has_at || arguments->is_log_only))
		return complain_missing(
			arguments, arguments->has_at ? ", and the kernel knows of now alone" : "");
	report.tenancies = tenancies;
	if (tenancies && query->has_ip)
		report.answer = tenancy_lookup(tenancies);
	if (!arguments->has_at && !arguments->is_log_only)
		who_kernel_ask(&arguments->node, query, &kernel);
	if (tenancies)
		who_kernel_compare(&kernel, tenancies, &report.answer);
	if (!tenancies && kernel.state == WHO_KERNEL_REFUSED) {
		log_write(LOG_LEVEL_ERROR,
			  "there is no event log '%s', and the kernel cannot be asked: %s",
			  arguments->path, kernel.why);
		return STATUS_FAILED;
	}
	return print(&report, arguments->format);
}

static struct tenancy_query query_of(const struct arguments *arguments)
{
	int64_t now_ns = loop_wall_ns();

	return (struct tenancy_query){ .at_ns = arguments->has_at ? arguments->at_ns : now_ns,
				       .now_ns = now_ns };
}

static int run_who(const struct command *command, int argc, char **argv)
{
	cleanup_arguments struct arguments arguments = { 0 };
	struct operands operands;
	int result = command_read(command, argc, argv, &arguments, &operands);
	struct tenancy_query query = query_of(&arguments);

	if (result != COMMAND_RUN)
		return output_status(result);
	query.has_ip = true;
	if (ip_parse(operands.items[0], &query.ip)) {
		flags_complain("'%s' is not an address such as 10.0.0.5 or fd00::5",
			       operands.items[0]);
		return STATUS_USAGE;
	}
	return report(&arguments, &query);
}

static int run_pod(const struct command *command, int argc, char **argv)
{
	cleanup_arguments struct arguments arguments = { 0 };
	struct operands operands;
	int result = command_read(command, argc, argv, &arguments, &operands);
	struct tenancy_query query = query_of(&arguments);
	char *slash;

	if (result != COMMAND_RUN)
		return output_status(result);
	query.pod = operands.items[0];
	slash = strchr(operands.items[0], '/');
	if (!*query.pod || slash == query.pod || (slash && (!slash[1] || strchr(slash + 1, '/')))) {
		flags_complain(
			"'%s' is not a pod such as shop/web-5, web-5, its uid, or %d letters "
			"of its sandbox' id",
			operands.items[0], TENANCY_ID_MIN);
		return STATUS_USAGE;
	}
	if (slash) {
		*slash = '\0';
		query.namespace = operands.items[0];
		query.pod = slash + 1;
	}
	return report(&arguments, &query);
}

const struct command cli_who_command = {
	.name = "who",
	.summary = "which pod holds, or held, an address, and who before and after",
	.operands = "IP",
	.operands_min = 1,
	.operands_max = 1,
	.examples = "  podip who 10.0.0.5                # now: by the event log and the kernel\n"
		    "  podip who 10.0.0.5 --at 14:00     # then, with who had it before and after\n"
		    "  podip who fd00::5 --at 2006-01-02T15:04:05.123456789Z -o json\n"
		    "  kubectl logs podip-x7k2p | podip who 10.0.0.5 --log-only --events.file -\n",
	.text = "Needs no agent: reads its event log and, without --at, walks the kernel (root).\n"
		"At the very nanosecond of its begin a pod has an address, at that of its end no\n"
		"more. Times are UTC. What nobody watched is told as such: unknown, between.\n\n"
		"Exit status: 0 the address is known, 1 it was never seen, or failed, 2 usage.\n",
	.rows = who_rows,
	.row_count = array_size(who_rows),
	.run = run_who,
};

const struct command cli_pod_command = {
	.name = "pod",
	.summary = "every address that a pod has, or had, and why it got none",
	.operands = "[NAMESPACE/]POD",
	.operands_min = 1,
	.operands_max = 1,
	.examples =
		"  podip pod shop/web-5\n"
		"  podip pod web-5                   # in any namespace\n"
		"  podip pod 0b2e9f43-5d0e-4c8e-9d0a-1f8b1a7c6d5e   # by its uid\n"
		"  podip pod 3f2a9c1d -o json        # by 8 letters or more of its sandbox' id\n",
	.text = "Oldest first, and between them the CNI calls that failed. Needs no agent: reads\n"
		"its event log, and walks the kernel (root). Times are UTC.\n\n"
		"Exit status: 0 the pod is known, 1 it was never seen, or failed, 2 usage.\n",
	.rows = pod_rows,
	.row_count = array_size(pod_rows),
	.run = run_pod,
};

// SPDX-License-Identifier: Apache-2.0
#include "cli/log/events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "cli/base/color.h"
#include "cli/log/events_view.h"
#include "cli/option/command.h"
#include "cli/option/flags.h"
#include "core/base/when.h"

enum {
	LAST_UNKNOWN = -2,
	LAST_DEFAULT = 1000,
	LAST_FOLLOWED = 10,
	GUESS_DISTANCE_MAX = 4,
};

struct arguments {
	struct events_query query;
	enum color_when color;
};

/* ---- values ---- */

static int read_last(const char *text, void *field)
{
	size_t size = strspn(text, "0123456789");
	unsigned long count = strtoul(text, NULL, 10);

	if (!size || size > 9 || text[size] || count > EVENTS_LAST_MAX)
		return -EINVAL;
	*(int64_t *)field = (int64_t)count;
	return 0;
}

static int read_format(const char *text, void *field)
{
	static const char *const names[] = {
		[EVENTS_COMPACT] = "compact", [EVENTS_JSON] = "json", [EVENTS_TABLE] = "table"
	};

	for (enum events_format i = 0; i < array_size(names); i++) {
		if (!strcmp(text, names[i])) {
			*(enum events_format *)field = i;
			return 0;
		}
	}
	return -EINVAL;
}

/* ---- conditions ---- */

/* Two functions for the rows: as it is, and behind --not. */
#define DEFINE_CONDITION(name, kind)                                           \
	static int read_##name(const char *text, void *field)                  \
	{                                                                      \
		return log_filter_add(field, kind, false, text) ? -EINVAL : 0; \
	}                                                                      \
	static int read_not_##name(const char *text, void *field)              \
	{                                                                      \
		return log_filter_add(field, kind, true, text) ? -EINVAL : 0;  \
	}

DEFINE_CONDITION(pod, LOG_FILTER_POD)
DEFINE_CONDITION(ip, LOG_FILTER_IP)
DEFINE_CONDITION(cidr, LOG_FILTER_CIDR)
DEFINE_CONDITION(range, LOG_FILTER_RANGE)
DEFINE_CONDITION(reason, LOG_FILTER_REASON)

static const char *nearest_type(const char *text)
{
	const char *nearest = NULL;
	size_t least = GUESS_DISTANCE_MAX;

	for (enum record_type i = 0; i < RECORD_TYPE_COUNT; i++) {
		size_t distance = option_distance(text, record_type_name(i));

		if (distance < least) {
			least = distance;
			nearest = record_type_name(i);
		}
	}
	return nearest;
}

static int complain_type(const char *text)
{
	const char *nearest = nearest_type(text);

	if (nearest)
		flags_complain("--type: unknown type '%s', did you mean '%s'; there are", text,
			       nearest);
	else
		flags_complain("--type: unknown type '%s'; there are", text);
	for (enum record_type i = 0; i < RECORD_TYPE_COUNT; i++)
		fprintf(stderr, "%s%-20s%s", i % 4 ? "" : "  ", record_type_name(i),
			i % 4 == 3 || i + 1 == RECORD_TYPE_COUNT ? "\n" : "");
	return -EBADMSG;
}

static int read_type(const char *text, void *field)
{
	return log_filter_add(field, LOG_FILTER_TYPE, false, text) ? complain_type(text) : 0;
}

static int read_not_type(const char *text, void *field)
{
	return log_filter_add(field, LOG_FILTER_TYPE, true, text) ? complain_type(text) : 0;
}

/* ---- the command ---- */

#define FIELD(name) .offset = offsetof(struct arguments, query.name)
#define CONDITION(name)                                                                  \
	.parse = read_##name, .parse_not = read_not_##name, .list_max = OPTION_LIST_MAX, \
	FIELD(filter)

static const struct option_row rows[] = {
	{ .flag = "events.file",
	  .has_env = true,
	  .arg = "FILE",
	  .fallback = "/var/log/podip/events.jsonl",
	  .help = "event log, its rotated files beside it; any file; - is standard input",
	  .expected = "a path",
	  .parse = option_borrow,
	  FIELD(path) },
	{ .flag = "follow",
	  .letter = 'f',
	  .help = "go on with what is written from now on",
	  .expected = "on or off",
	  .parse = option_switch,
	  FIELD(is_followed) },
	{ .flag = "last",
	  .letter = 'n',
	  .arg = "N",
	  .help = "the newest N that match; 1000, or 10 with -f, where no time is given",
	  .expected = "a number from 0 to 100000",
	  .parse = read_last,
	  FIELD(last) },
	{ .flag = "since",
	  .arg = "TIME",
	  .help = "from then on: 15m, 1d, 14:00, 2006-01-02 15:04",
	  .expected = WHEN_EXPECTED,
	  .parse = option_when,
	  FIELD(since_ns) },
	{ .flag = "until",
	  .arg = "TIME",
	  .help = "up to then",
	  .expected = WHEN_EXPECTED,
	  .parse = option_when,
	  FIELD(until_ns) },
	{ .flag = "type",
	  .arg = "TYPE",
	  .help = "cni.failed, or all that begin so: 'ip.*'",
	  .expected = "a type",
	  CONDITION(type) },
	{ .flag = "pod",
	  .arg = "NAMESPACE/NAME",
	  .help = "of a pod; 'shop/' is a namespace, 'web-*' a name in any; * and ? as in a shell",
	  .expected = "namespace/name, namespace/ or name",
	  CONDITION(pod) },
	{ .flag = "ip",
	  .arg = "IP",
	  .help = "of an address",
	  .expected = "an address",
	  CONDITION(ip) },
	{ .flag = "cidr",
	  .arg = "CIDR",
	  .help = "of addresses in it; of what has none, ranges in it",
	  .expected = "a CIDR such as 10.0.0.0/24",
	  CONDITION(cidr) },
	{ .flag = "range",
	  .arg = "NAME",
	  .help = "of a range",
	  .expected = "a name",
	  CONDITION(range) },
	{ .flag = "reason",
	  .arg = "REASON",
	  .help = "exhausted, ipam_only, ...",
	  .expected = "a reason",
	  CONDITION(reason) },
	{ .flag = "not",
	  .help = "all but what the next option says: --not --type 'link.*'",
	  .is_not = true },
	{ .flag = "output",
	  .letter = 'o',
	  .arg = "compact|json|table",
	  .fallback = "compact",
	  .help = "json: lines as they are in the log",
	  .expected = "compact, json or table",
	  .parse = read_format,
	  FIELD(format) },
	COLOR_ROW(struct arguments, color),
};

/* A stream begins where somebody lets it begin: all of it is wanted. */
static int64_t default_last(const struct events_query *query)
{
	bool has_time = query->since_ns != INT64_MIN || query->until_ns != INT64_MAX;

	if (has_time || !strcmp(query->path, "-"))
		return EVENTS_ALL;
	return query->is_followed ? LAST_FOLLOWED : LAST_DEFAULT;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct arguments arguments = {
		.query = { .since_ns = INT64_MIN, .until_ns = INT64_MAX, .last = LAST_UNKNOWN }
	};
	struct events_query *query = &arguments.query;
	int result = command_read(command, argc, argv, &arguments, NULL);

	if (result != COMMAND_RUN)
		return result == COMMAND_EXIT ? STATUS_DONE : STATUS_USAGE;
	if (query->is_followed && query->until_ns != INT64_MAX) {
		flags_complain("--until: an end and --follow exclude each other");
		return STATUS_USAGE;
	}
	if (query->since_ns > query->until_ns) {
		flags_complain("--until: it is before --since");
		return STATUS_USAGE;
	}
	if (query->last == LAST_UNKNOWN)
		query->last = default_last(query);
	query->has_color = color_is_on(arguments.color, STDOUT_FILENO);
	return events_view(query);
}

const struct command cli_events_command = {
	.name = "events",
	.summary = "what happened on this node: the event log, filtered, followed",
	.examples =
		"  podip events -f                            # the newest, and what comes\n"
		"  podip events --since 15m --not --type 'link.*' --not --type 'netns.*'\n"
		"  podip events --type cni.failed --reason exhausted --last 20\n"
		"  podip events --pod shop/web-5 --pod 'shop/api-*' --since 14:00 --until 14:30\n"
		"  podip events --cidr 10.0.0.8/29 -o json | jq .pod\n"
		"  kubectl logs podip-x7k2p | podip events --events.file -\n",
	.text = "The same option twice is either, different options are all of them; --not twice\n"
		"is neither. Times without an offset are UTC, and so is what is shown. Without\n"
		"--last, --since, --until and -f these are the last 1000 that match.\n\n"
		"That agents started, stopped or did not listen (agent.*) and events.lost are\n"
		"shown between the others whatever is picked, since something may be missing\n"
		"there; not by -o json, and not with --not --type 'agent.*'.\n\n"
		"Types: agent.started agent.stopped agent.gap netns.created netns.freed\n"
		"link.created link.moved link.renamed link.deleted ip.assigned ip.released\n"
		"cni.add cni.del cni.failed ip.leaked ip.leak_cleared ip.duplicate range.added\n"
		"range.removed range.changed alert.firing alert.resolved events.lost\n"
		"reconcile.corrected\n",
	.rows = rows,
	.row_count = array_size(rows),
	.run = run,
};

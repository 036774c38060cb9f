// SPDX-License-Identifier: Apache-2.0
/*
 * A leak is one JSON object, whether it was just found or an event log told it; both
 * outputs are made of that.
 */
#include "cli/leaks.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "audit.h"
#include "cli/base/node.h"
#include "core/base/duration.h"
#include "core/base/text.h"
#include "core/record/record_glance.h"
#include "core/status/node_json.h"
#include "log.h"
#include "loop.h"
#include "source/log/log_reader.h"

enum { AGE_MAX_S = 1000000000 }; /* some thirty years */

/* ---- from the node ---- */

static void ignore_leak(const struct leak *leak, bool is_over, void *ctx)
{
	(void)leak;
	(void)is_over;
	(void)ctx;
}

static int find_leaks(const struct output_options *options, json_t *rows)
{
	cleanup_node struct node node = { 0 };
	cleanup_audit struct audit *audit = NULL;
	cleanup_json json_t *found = NULL;
	int status = node_open(options, &node);
	const struct audit_config config = { .cni_state_dir = options->cni_state_dir,
					     .grace_ns = options->grace_ns,
					     .attribution = node.attribution,
					     .state = node.state,
					     .is_once = true,
					     .on_leak = ignore_leak };
	const struct timespec pause = { (time_t)(options->grace_ns / 1000000000),
					(long)(options->grace_ns % 1000000000) };

	if (status)
		return status;
	if (audit_open(&config, &audit))
		return STATUS_FAILED;
	audit_look(audit, loop_wall_ns());
	nanosleep(&pause, NULL);
	status = node_look(&node);
	if (status)
		return status;
	attribution_refresh(node.attribution);
	attribution_survey(node.attribution);
	audit_look(audit, loop_wall_ns());
	found = audit_to_json(audit, loop_wall_ns());
	return json_array_extend(rows, found) ? STATUS_FAILED : 0;
}

/* ---- from an event log ---- */

static const char *text_of(const json_t *record, const char *key)
{
	const char *text = json_string_value(json_object_get(record, key));

	return text ? text : "";
}

static json_t *record_to_row(const json_t *record)
{
	static const char *const keys[] = { "ip",	 "family", "identity", "network",
					    "ifname",	 "netns",  "range",    "other_netns",
					    "namespace", "pod",	   "pod_uid",  "container_id" };
	int64_t since_ns = 0;
	json_t *row = json_object();

	for (size_t i = 0; i < array_size(keys); i++)
		json_object_set(row, keys[i], json_object_get(record, keys[i]));
	json_object_set(row, "kind", json_object_get(record, "reason"));
	if (!text_time_parse(text_of(record, "ts"), &since_ns))
		since_ns -= json_integer_value(json_object_get(record, "age_ns"));
	json_object_set_new(row, "age_s", json_real(snapshot_age_s(since_ns, loop_wall_ns())));
	return row;
}

/* An agent that starts tells all there are anew. */
static void take_record(const json_t *record, json_t *open)
{
	const char *type = text_of(record, "type");
	char key[128];

	snprintf(key, sizeof(key), "%s %s", text_of(record, "ip"), text_of(record, "reason"));
	if (!strcmp(type, "agent.started"))
		json_object_clear(open);
	else if (!strcmp(type, "ip.leaked") || !strcmp(type, "ip.duplicate"))
		json_object_set_new(open, key, record_to_row(record));
	else if (!strcmp(type, "ip.leak_cleared"))
		json_object_del(open, key);
}

struct reading {
	json_t *open; /* leaks by address and kind */
	uint64_t unread; /* lines that are no records */
};

/* Of what a line begins with: is it worth a parser? One that begins otherwise may be. */
static bool may_tell(const char *line, size_t size)
{
	static const char *const types[] = { "agent.started", "ip.leaked", "ip.duplicate",
					     "ip.leak_cleared" };
	struct record_glance glance;

	if (record_glance(line, size, &glance))
		return true;
	for (size_t i = 0; i < array_size(types); i++)
		if (strlen(types[i]) == glance.type_size &&
		    !memcmp(types[i], glance.type, glance.type_size))
			return true;
	return false;
}

static int on_line(char *line, size_t size, void *ctx)
{
	struct reading *reading = ctx;
	cleanup_json json_t *record = NULL;

	if (!may_tell(line, size))
		return 0;
	record = json_loadb(line, size, 0, NULL);
	reading->unread += !record;
	take_record(record, reading->open);
	return 0;
}

static int read_leaks(const char *path, json_t *rows)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	cleanup_json json_t *open = json_object();
	struct reading reading = { .open = open };
	int err = log_reader_open(path, &reader);
	const char *key;
	json_t *row;

	if (!err)
		err = log_reader_since(reader, INT64_MIN, INT64_MAX, on_line, &reading);
	if (err < 0) {
		log_err(err, "cannot read the event log '%s'", path);
		return STATUS_FAILED;
	}
	if (reading.unread)
		log_warn("'%s' has '%llu' lines that are no records, ignoring", path,
			 (unsigned long long)reading.unread);
	json_object_foreach(open, key, row) json_array_append(rows, row);
	return 0;
}

/* ---- out ---- */

static void print_row(const json_t *row)
{
	char whose[POD_FULL_NAME_SIZE * 4], network[LEASE_NETWORK_SIZE * 4];
	char age[DURATION_TEXT_SIZE];
	double age_s = json_real_value(json_object_get(row, "age_s"));
	char netns[16] = "-", ip[IP_TEXT_SIZE], kind[32];
	struct pod pod = { 0 };
	json_int_t inum = json_integer_value(json_object_get(row, "netns"));

	pod_from_json(row, &pod);
	node_pod_text(&pod, whose, sizeof(whose));
	text_to_line(text_of(row, "network"), network, sizeof(network));
	duration_format(age_s > 0 && age_s < AGE_MAX_S ? (uint64_t)age_s * 1000000000 : 0, age);
	if (inum)
		snprintf(netns, sizeof(netns), "%lld", inum);
	text_to_line(text_of(row, "ip"), ip, sizeof(ip));
	text_to_line(text_of(row, "kind"), kind, sizeof(kind));
	printf("%-22s %-12s %-7s %-11s %-20s %s\n", ip, kind, age, netns, *network ? network : "-",
	       whose);
}

static int print_table(const json_t *rows)
{
	size_t count = json_array_size(rows);

	if (count)
		printf("%-22s %-12s %-7s %-11s %-20s %s\n", "ADDRESS", "KIND", "AGE", "NETNS",
		       "NETWORK", "POD");
	for (size_t i = 0; i < count; i++)
		print_row(json_array_get(rows, i));
	printf("%zu leak%s\n", count, count == 1 ? "" : "s");
	return 0;
}

static const struct option_row rows[] = {
	{ .flag = "leak.grace",
	  .arg = "DURATION",
	  .fallback = "2s",
	  .help = "between the two looks",
	  .expected = "a duration such as 5s",
	  .parse = option_period,
	  .offset = offsetof(struct output_options, grace_ns) },
	{ .flag = "events.file",
	  .arg = "FILE",
	  .help = "read an event log and not the node; its rotated files beside it, - is "
		  "standard input",
	  .expected = "a path",
	  .parse = option_text,
	  .offset = offsetof(struct output_options, events_file) },
	OUTPUT_FORMAT_ROW,
	OUTPUT_FILES_ROWS,
};

static int run(const struct command *command, int argc, char **argv)
{
	cleanup_output struct output_options options = { 0 };
	cleanup_json json_t *leaks = json_array();
	int result = command_read(command, argc, argv, &options, NULL), status;

	if (result != COMMAND_RUN)
		return output_status(result);
	status = options.events_file ? read_leaks(options.events_file, leaks)
				     : find_leaks(&options, leaks);
	if (status)
		return status;
	return options.is_json ? output_json(json_pack("{s:i, s:O}", "v", 1, "leaks", leaks))
			       : print_table(leaks);
}

const struct command cli_leaks_command = {
	.name = "leaks",
	.summary = "addresses on which the IPAM's books and the kernel differ",
	.examples = "  podip leaks               # where the IPAM's books and the kernel differ\n"
		    "  podip leaks -o json\n"
		    "  podip leaks --events.file events.jsonl   # as an agent told them last\n",
	.text = "ipam_only: in the books, held by no pod. kernel_only: held, not in the books.\n"
		"abandoned: in both, no process lives in the namespace. duplicate: held twice.\n"
		"Looks twice, so that an address on its way is none.\n",
	.rows = rows,
	.row_count = array_size(rows),
	.run = run,
};

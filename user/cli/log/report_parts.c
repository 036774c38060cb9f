// SPDX-License-Identifier: Apache-2.0
#include "cli/log/report_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "cli/log/report_system.h"
#include "core/base/text.h"
#include "core/report/pseudonym.h"
#include "core/report/secrets.h"
#include "sink/archive.h"
#include "source/base/child.h"
#include "source/base/file.h"
#include "source/kernel/bpf_facts.h"
#include "source/log/log_reader.h"
#include "source/peer/agent_client.h"

enum {
	EVENTS_MAX = 10000,
	EVENTS_BYTES_MAX = 8 << 20,
	ANSWER_MAX = 8 << 20,
	CONFIG_MAX = 1 << 20,
};

static const uint64_t child_timeout_ns = 20000000000;

DEFINE_CLEANUP(json, json_t *, json_decref)
#define cleanup_json cleanup(cleanup_json_fn)

void report_complain(const struct report *report, const char *name, int err, const char *error)
{
	char line[REPORT_ERROR_SIZE * 2];

	text_to_line(*error ? error : strerror(-err), line, sizeof(line));
	fprintf(report->errors, "%s: %s\n", name, line);
}

void report_add(const struct report *report, const char *name, const char *text, size_t size,
		bool is_open)
{
	cleanup_free char *shown = NULL;
	int err = is_open ? secrets_hide(text, size, &shown, &size) : 0;

	if (!err)
		err = archive_add(report->archive, name, is_open ? shown : text, size);
	if (err)
		report_complain(report, name, err,
				err == -EFBIG ? "left out: the report is full" : "");
}

const char *report_agent_flag(const struct report *report, const char *flag)
{
	const char *at = report->agent_command, *found = NULL;
	size_t size = strlen(flag);

	for (; *at; at += strlen(at) + 1) {
		if (strncmp(at, "--", 2) != 0 || strncmp(at + 2, flag, size) != 0)
			continue;
		if (at[2 + size] == '=' || (!at[2 + size] && at[3 + size]))
			found = at + 3 + size;
	}
	return found;
}

/* ---- what other commands say ---- */

/* JSON, whose names are replaced where they have to be. */
static int write_json(const struct report *report, const char *text, size_t size, FILE *out)
{
	cleanup_json json_t *json = NULL;
	int err;

	if (!report->has_no_pods)
		return fwrite(text, 1, size, out) == size ? 0 : -ENOMEM;
	json = json_loadb(text, size, 0, NULL);
	if (!json)
		return -EPROTO;
	err = pseudonym_json(json);
	if (!err && json_dumpf(json, out, JSON_INDENT(2) | JSON_ENSURE_ASCII))
		err = -ENOMEM;
	return err;
}

/* doctor's status says how good it is, and 0 of it is as well a result as 3 and 4. */
static int run(const struct report *report, char *const argv[], FILE *out,
	       char error[static REPORT_ERROR_SIZE])
{
	const struct child_limits limits = { .size_max = ANSWER_MAX,
					     .timeout_ns = child_timeout_ns };
	cleanup_free char *text = NULL;
	size_t size;
	int status, err = child_run(argv, &limits, &text, &size, &status);

	if (err)
		return err;
	if (!size) {
		snprintf(error, REPORT_ERROR_SIZE, "'podip %s' failed with status %d", argv[1],
			 WIFEXITED(status) ? WEXITSTATUS(status) : status);
		return -EPROTO;
	}
	return write_json(report, text, size, out);
}

static int write_doctor(const struct report *report, FILE *out,
			char error[static REPORT_ERROR_SIZE])
{
	char *const argv[] = {
		"podip", "doctor", "-o", "json", "--proc-dir", report->proc_dir, NULL
	};

	return run(report, argv, out, error);
}

static int write_snapshot(const struct report *report, FILE *out,
			  char error[static REPORT_ERROR_SIZE])
{
	size_t root = strlen(report->host_root); /* which it puts before them itself */
	char *const argv[] = {
		"podip",
		"snapshot",
		"-o",
		"json",
		"--host-root",
		report->host_root,
		"--proc-dir",
		report->proc_dir,
		"--cni.conf-dir",
		report->conf_dir + root,
		"--cni.cache-dir",
		report->cache_dir + root,
		"--cni.state-dir",
		report->state_dir + root,
		NULL,
	};

	return run(report, argv, out, error);
}

/* ---- what the agent says ---- */

static int ask(const struct report *report, const char *path, char **out, size_t *out_size,
	       char error[static REPORT_ERROR_SIZE])
{
	cleanup_agent_client struct agent_client *client = NULL;
	char why[AGENT_CLIENT_ERROR_SIZE] = "";
	int err = agent_client_open(report->socket, &client);

	if (err) {
		snprintf(error, REPORT_ERROR_SIZE, "no agent answers on '%.100s': %s",
			 report->socket, agent_client_why(err));
		return err;
	}
	err = agent_client_get(client, path, out, out_size, why);
	if (err)
		snprintf(error, REPORT_ERROR_SIZE, "%s", why);
	return err;
}

static int write_status(const struct report *report, FILE *out,
			char error[static REPORT_ERROR_SIZE])
{
	cleanup_free char *body = NULL;
	size_t size;
	int err = ask(report, "/v1/status", &body, &size, error);

	return err ? err : write_json(report, body, size, out);
}

static int write_metrics(const struct report *report, FILE *out,
			 char error[static REPORT_ERROR_SIZE])
{
	cleanup_free char *body = NULL;
	size_t size;
	int err = ask(report, "/metrics", &body, &size, error);

	if (!err && fwrite(body, 1, size, out) != size)
		err = -ENOMEM;
	return err;
}

/* ---- the event log ---- */

struct newest {
	const struct report *report;
	char *lines[EVENTS_MAX]; /* the newest first */
	size_t count, bytes;
};

static void clear_newest(struct newest *newest)
{
	for (size_t i = 0; i < newest->count; i++)
		free(newest->lines[i]);
	free(newest);
}

static int take_line(char *line, size_t size, void *ctx)
{
	struct newest *newest = ctx;
	char *copy;

	if (newest->count == EVENTS_MAX || newest->bytes + size + 1 > EVENTS_BYTES_MAX)
		return 1;
	copy = strndup(line, size);
	if (!copy)
		return -ENOMEM;
	newest->lines[newest->count++] = copy;
	newest->bytes += size + 1;
	return 0;
}

static int write_record(const struct report *report, const char *line, FILE *out)
{
	cleanup_json json_t *json = NULL;
	int err;

	if (!report->has_no_pods)
		return fprintf(out, "%s\n", line) < 0 ? -ENOMEM : 0;
	json = json_loads(line, 0, NULL);
	if (!json)
		return 0; /* who knows which names stand in it */
	err = pseudonym_json(json);
	if (!err && json_dumpf(json, out, JSON_COMPACT | JSON_ENSURE_ASCII))
		err = -ENOMEM;
	putc('\n', out);
	return err;
}

/* Of an agent that writes to stdout, or to where nobody knows: what it has in memory. */
static int write_told_events(const struct report *report, FILE *out,
			     char error[static REPORT_ERROR_SIZE])
{
	cleanup_free char *body = NULL;
	char *line, *rest = NULL;
	size_t size;
	int err = ask(report, "/v1/events?last=10000", &body, &size, error);

	for (line = err ? NULL : strtok_r(body, "\n", &rest); line && !err;
	     line = strtok_r(NULL, "\n", &rest))
		err = write_record(report, line, out);
	return err;
}

static int write_events(const struct report *report, FILE *out,
			char error[static REPORT_ERROR_SIZE])
{
	cleanup_log_reader struct log_reader *reader = NULL;
	struct newest *newest;
	int err;

	if (!report->events_file)
		return write_told_events(report, out, error);
	err = log_reader_open(report->events_file, &reader);
	if (err)
		return err;
	newest = calloc(1, sizeof(*newest));
	if (!newest)
		return -ENOMEM;
	err = log_reader_backward(reader, take_line, newest);
	for (size_t i = newest->count; i && err >= 0; i--)
		if (write_record(report, newest->lines[i - 1], out))
			err = -ENOMEM;
	clear_newest(newest);
	return err < 0 ? err : 0;
}

static int write_logs(const struct report *report, FILE *out, char error[static REPORT_ERROR_SIZE])
{
	cleanup_free char *directory = NULL;
	const char *slash;

	(void)error;
	if (!report->events_file)
		return -ENOENT;
	slash = strrchr(report->events_file, '/');
	directory = slash ? strndup(report->events_file, (size_t)(slash - report->events_file) + 1)
			  : strdup(".");
	if (!directory)
		return -ENOMEM;
	return system_list(directory, slash ? slash + 1 : report->events_file, out);
}

/* ---- files, and the kernel ---- */

static int write_config(const struct report *report, FILE *out,
			char error[static REPORT_ERROR_SIZE])
{
	cleanup_free char *text = NULL;
	size_t size;
	int err;

	if (!report->config) {
		snprintf(error, REPORT_ERROR_SIZE,
			 "the agent has no configuration file that is known of: see --config");
		return -ENOENT;
	}
	err = file_read(report->config, CONFIG_MAX, &text, &size);
	if (!err && fwrite(text, 1, size, out) != size)
		err = -ENOMEM;
	return err;
}

static int write_agent(const struct report *report, FILE *out, char error[static REPORT_ERROR_SIZE])
{
	if (!report->agent) {
		snprintf(error, REPORT_ERROR_SIZE, "no agent runs here");
		return -ESRCH;
	}
	fprintf(out, "pid %d\n", report->agent);
	for (const char *at = report->agent_command; *at; at += strlen(at) + 1)
		fprintf(out, "%s%s", at,
			at[0] == '-' && at[1] == '-' && !strchr(at, '=') ? " " : "\n");
	return system_write_process(report->proc_dir, report->agent, out);
}

static int write_bpf(const struct report *report, FILE *out, char error[static REPORT_ERROR_SIZE])
{
	if (!report->agent) {
		snprintf(error, REPORT_ERROR_SIZE, "no agent runs here");
		return -ESRCH;
	}
	return bpf_facts_write(report->proc_dir, report->agent, out);
}

static int write_kernel(const struct report *report, FILE *out,
			char error[static REPORT_ERROR_SIZE])
{
	(void)error;
	return system_write_kernel(report->host_root, report->proc_dir, out);
}

static int write_links(const struct report *report, FILE *out, char error[static REPORT_ERROR_SIZE])
{
	(void)error;
	return system_write_links(report->proc_dir, out);
}

static int write_cni_files(const struct report *report, FILE *out,
			   char error[static REPORT_ERROR_SIZE])
{
	int err = system_list_tree(report->state_dir, out), other;

	other = system_list_tree(report->cache_dir, out);
	if (err || other)
		snprintf(error, REPORT_ERROR_SIZE, "'%.100s': %s, '%.100s': %s", report->state_dir,
			 err ? strerror(-err) : "read", report->cache_dir,
			 other ? strerror(-other) : "read");
	return err ? err : other;
}

struct conf {
	const struct report *report;
};

static void add_conf(const char *path, const char *name, void *ctx)
{
	const struct conf *conf = ctx;
	char part[101], line[128];
	cleanup_free char *text = NULL;
	size_t size;
	int err = file_read(path, CONFIG_MAX, &text, &size);

	text_to_line(name, line, sizeof(line));
	if (snprintf(part, sizeof(part), "cni/%s", line) >= (int)sizeof(part))
		err = -ENAMETOOLONG;
	if (err)
		report_complain(conf->report, part, err, "");
	else
		report_add(conf->report, part, text, size, true);
}

void report_add_cni(const struct report *report)
{
	struct conf conf = { report };
	int err = system_each_file(report->conf_dir, add_conf, &conf);

	if (err)
		report_complain(report, "cni/", err, "");
}

const struct report_part report_parts[] = {
	{ "doctor.json", "what this kernel allows", false, write_doctor },
	{ "kernel.txt", "kernel, its settings, security modules, cgroups", true, write_kernel },
	{ "agent.txt", "the agent's flags, environment, memory, descriptors", true, write_agent },
	{ "podip.yaml", "its configuration", true, write_config },
	{ "status.json", "what it says of the node", false, write_status },
	{ "metrics.txt", "its metrics", false, write_metrics },
	{ "bpf.txt", "its kernel programs and maps", false, write_bpf },
	{ "snapshot.json", "which pod holds which address now", false, write_snapshot },
	{ "links.txt", "how many links the node has of which names", false, write_links },
	{ "cni-files.txt", "names of the CNI's books and cached results", false, write_cni_files },
	{ "logs.txt", "the event log's files", false, write_logs },
	{ "events.jsonl", "its newest 10000 records, or 8 MiB", true, write_events },
};

const size_t report_part_count = array_size(report_parts);

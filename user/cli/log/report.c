// SPDX-License-Identifier: Apache-2.0
#include "cli/log/report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "cli/base/output.h"
#include "cli/log/report_parts.h"
#include "cli/log/report_system.h"
#include "cli/option/flags.h"
#include "core/base/text.h"
#include "loop.h"
#include "podip_version.h"
#include "sink/archive.h"

enum { NODE_SIZE = 256, PATH_SIZE = 512 };

/* As the flags say. Owned where they are not const. */
struct arguments {
	const char *output, *socket, *node;
	bool has_no_pods;
	int pid; /* 0: whoever runs */
	char *host_root, *proc_dir, *conf_dir, *cache_dir, *state_dir, *config, *events_file;
};

static void clear_arguments(struct arguments *arguments)
{
	free(arguments->host_root);
	free(arguments->proc_dir);
	free(arguments->conf_dir);
	free(arguments->cache_dir);
	free(arguments->state_dir);
	free(arguments->config);
	free(arguments->events_file);
}
#define cleanup_arguments cleanup(clear_arguments)

static void clear_report(struct report *report)
{
	archive_close(report->archive);
	close_file(report->errors);
	free(report->host_root);
	free(report->proc_dir);
	free(report->conf_dir);
	free(report->cache_dir);
	free(report->state_dir);
	free(report->config);
	free(report->events_file);
}
#define cleanup_report cleanup(clear_report)

/* ---- where things are ---- */

/* Every path is the host's. NULL: out of memory. */
static char *below_root(const struct arguments *arguments, const char *path)
{
	const char *root = arguments->host_root;
	char *whole;

	if (asprintf(&whole, "%s%s%s", root, *root && *path != '/' ? "/" : "", path) < 0)
		return NULL;
	return whole;
}

/* What the agent was started with is the host's, too; "-" is its stdout, and no file. */
static int find_file(const struct report *report, const struct arguments *arguments,
		     const char *given, const char *flag, char **out)
{
	const char *path = given ? given : report_agent_flag(report, flag);

	if (!path || !strcmp(path, "-"))
		return 0;
	*out = given ? strdup(path) : below_root(arguments, path);
	return *out ? 0 : -ENOMEM;
}

static int find_places(struct report *report, const struct arguments *arguments)
{
	int err;

	report->host_root = strdup(arguments->host_root);
	report->proc_dir = arguments->proc_dir ? strdup(arguments->proc_dir)
					       : below_root(arguments, "/proc");
	report->conf_dir = below_root(arguments, arguments->conf_dir);
	report->cache_dir = below_root(arguments, arguments->cache_dir);
	report->state_dir = below_root(arguments, arguments->state_dir);
	if (!report->host_root || !report->proc_dir || !report->conf_dir || !report->cache_dir ||
	    !report->state_dir)
		return -ENOMEM;
	report->agent = system_find_agent(report->proc_dir, arguments->pid, report->agent_command,
					  sizeof(report->agent_command));
	err = find_file(report, arguments, arguments->config, "config", &report->config);
	return err ? err
		   : find_file(report, arguments, arguments->events_file, "events.file",
			       &report->events_file);
}

/* "podip-report-NODE-20060102T150405Z.tar.gz" */
static const char *name_output(const struct arguments *arguments, const char *node,
			       char out[static PATH_SIZE])
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm tm;

	if (arguments->output)
		return arguments->output;
	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	snprintf(out, PATH_SIZE, "podip-report-%s-%s.tar.gz", node, stamp);
	for (char *at = out; *at; at++)
		if (*at == '/' || (unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f)
			*at = '_';
	return out;
}

/* ---- what goes in ---- */

static void add_part(const struct report *report, const struct report_part *part)
{
	char error[REPORT_ERROR_SIZE] = "";
	cleanup_free char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int err = -ENOMEM;

	if (out) {
		err = part->write(report, out, error);
		if (fclose(out) && !err)
			err = -ENOMEM;
	}
	if (err)
		report_complain(report, part->name, err, error);
	if (text && size)
		report_add(report, part->name, text, size, part->is_open);
}

static void add_readme(const struct report *report)
{
	char now[TEXT_TIME_SIZE], node[NODE_SIZE];
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	text_time(loop_wall_ns(), now);
	text_to_line(report->node, node, sizeof(node));
	fprintf(out,
		"Report of podip %s (revision %s) on node '%s', %s.\n\nSecrets are taken out of "
		"what others wrote; look yourself before you give it away.\n",
		PODIP_VERSION, PODIP_REVISION, node, now);
	fputs(report->has_no_pods
		      ? "Names of pods and their namespaces are replaced: the same name by the "
			"same\nother one.\n\n"
		      : "Names of pods are in it: see --no-pods.\n\n",
	      out);
	for (size_t i = 0; i < report_part_count; i++)
		fprintf(out, "%-16s %s\n", report_parts[i].name, report_parts[i].help);
	fprintf(out, "%-16s %s\n%-16s %s\n", "cni/", "CNI configurations", "errors.txt",
		"what could not be found out, and why");
	if (!fclose(out))
		report_add(report, "README", text, size, false);
	free(text);
}

static int fill(struct report *report)
{
	cleanup_free char *errors = NULL;
	size_t size;
	int err;

	report->errors = open_memstream(&errors, &size);
	if (!report->errors)
		return -ENOMEM;
	add_readme(report);
	for (size_t i = 0; i < report_part_count; i++)
		add_part(report, &report_parts[i]);
	report_add_cni(report);
	err = fclose(take_ptr(report->errors)) ? -ENOMEM : 0;
	if (!err && size)
		err = archive_add(report->archive, "errors.txt", errors, size);
	return err ? err : archive_finish(report->archive);
}

static int write_report(const struct arguments *arguments)
{
	cleanup_report struct report report = { .socket = arguments->socket,
						.has_no_pods = arguments->has_no_pods };
	char host[NODE_SIZE] = "", path[PATH_SIZE];
	const char *output;
	int err;

	gethostname(host, sizeof(host) - 1);
	report.node = arguments->node ? arguments->node : host;
	output = name_output(arguments, report.node, path);
	err = find_places(&report, arguments);
	if (!err)
		err = archive_open(output, &report.archive);
	if (!err)
		err = fill(&report);
	if (err) {
		flags_complain("%s: %s", output, strerror(-err));
		return STATUS_FAILED;
	}
	if (strcmp(output, "-") != 0)
		printf("%s\n", output);
	return STATUS_DONE;
}

/* ---- arguments ---- */

static int parse_pid(const char *text, void *field)
{
	char *end;
	long pid = strtol(text, &end, 10);

	if (end == text || *end || pid <= 0 || pid > INT_MAX)
		return -EINVAL;
	*(int *)field = (int)pid;
	return 0;
}

#define PLACE(name, field_name, path, text)                                                        \
	{                                                                                          \
		.flag = (name), .has_env = true, .arg = "DIR", .fallback = (path), .help = (text), \
		.expected = "a directory", .parse = option_dir,                                    \
		.offset = offsetof(struct arguments, field_name)                                   \
	}

static const struct option_row rows[] = {
	{ .flag = "output",
	  .letter = 'o',
	  .arg = "FILE",
	  .help = "write it here, mode 0600; - is stdout; podip-report-NODE-TIME.tar.gz if not set",
	  .expected = "a file",
	  .parse = option_borrow,
	  .offset = offsetof(struct arguments, output) },
	{ .flag = "no-pods",
	  .help = "replace the names of pods and of their namespaces",
	  .expected = "on or off",
	  .parse = option_switch,
	  .offset = offsetof(struct arguments, has_no_pods) },
	OUTPUT_SOCKET_ROW(struct arguments, socket),
	{ .flag = "events.file",
	  .has_env = true,
	  .arg = "FILE",
	  .help = "the event log; the running agent's if not set",
	  .expected = "a file",
	  .parse = option_text,
	  .offset = offsetof(struct arguments, events_file) },
	{ .flag = "config",
	  .has_env = true,
	  .arg = "FILE",
	  .help = "podip.yaml; the running agent's if not set",
	  .expected = "a file",
	  .parse = option_text,
	  .offset = offsetof(struct arguments, config) },
	{ .flag = "pid",
	  .arg = "PID",
	  .help = "of the agent; the first 'podip run' that is found if not set",
	  .expected = "a process",
	  .parse = parse_pid,
	  .offset = offsetof(struct arguments, pid) },
	{ .flag = "node",
	  .has_env = true,
	  .env = "NODE_NAME",
	  .arg = "NAME",
	  .help = "name of this node; the host's if not set",
	  .expected = "a name",
	  .parse = option_borrow,
	  .offset = offsetof(struct arguments, node) },
	PLACE("host-root", host_root, "", "prefix of the host's paths, for containers and tests"),
	{ .flag = "proc-dir",
	  .has_env = true,
	  .arg = "DIR",
	  .help = "the host's proc; /proc under host-root if not set",
	  .expected = "a directory",
	  .parse = option_dir,
	  .offset = offsetof(struct arguments, proc_dir) },
	PLACE("cni.conf-dir", conf_dir, "/etc/cni/net.d", "CNI network configurations"),
	PLACE("cni.cache-dir", cache_dir, "/var/lib/cni/results", "libcni's cached results"),
	PLACE("cni.state-dir", state_dir, "/var/lib/cni/networks", "host-local's books"),
};

static int run_report(const struct command *command, int argc, char **argv)
{
	cleanup_arguments struct arguments arguments = { 0 };
	int result = command_read(command, argc, argv, &arguments, NULL);

	if (result)
		return result == COMMAND_EXIT ? STATUS_DONE : STATUS_USAGE;
	return write_report(&arguments);
}

const struct command cli_report_command = {
	.name = "report",
	.summary = "gather what a bug report or an incident needs, as a tar.gz",
	.examples = "  podip report                      # podip-report-NODE-TIME.tar.gz here\n"
		    "  podip report --no-pods -o - | ssh host 'cat >report.tar.gz'\n",
	.text = "Works without an agent, too: what could not be found out is in errors.txt.\n"
		"Tokens, passwords, keys and user names of URLs are taken out of configurations,\n"
		"flags and environment; 32 MiB at most.\n",
	.rows = rows,
	.row_count = array_size(rows),
	.run = run_report,
};

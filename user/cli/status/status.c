// SPDX-License-Identifier: Apache-2.0
#include "cli/status/status.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "cli/base/color.h"
#include "cli/base/output.h"
#include "cli/option/command.h"
#include "cli/status/status_print.h"
#include "core/base/text.h"
#include "core/status/status_json.h"
#include "source/base/json.h"
#include "source/peer/agent_client.h"

/* What scripts see of a node that nobody watches is what they see of the worst one. */
enum { STATUS_NOT_KNOWN = STATUS_CRITICAL };

enum { LINE_SIZE = 512 };

struct fields {
	bool is_json;
	const char *socket;
	enum color_when color;
};

static const struct option_row rows[] = {
	{ .flag = "output",
	  .letter = 'o',
	  .arg = "table|json",
	  .fallback = "table",
	  .help = "what to print",
	  .expected = "table or json",
	  .parse = output_format,
	  .offset = offsetof(struct fields, is_json) },
	OUTPUT_SOCKET_ROW(struct fields, socket),
	COLOR_ROW(struct fields, color),
};

/* ---- when it cannot be known ---- */

static int complain(const char *socket, const char *what, const char *why)
{
	char path[LINE_SIZE], line[LINE_SIZE];

	text_to_line(socket, path, sizeof(path));
	text_to_line(why, line, sizeof(line));
	fprintf(stderr, "podip: %s '%s': %s\n", what, path, line);
	return STATUS_NOT_KNOWN;
}

static int ask(const char *socket, char **out_body, size_t *out_size)
{
	cleanup_agent_client struct agent_client *client = NULL;
	char error[AGENT_CLIENT_ERROR_SIZE];
	int err = agent_client_open(socket, &client);

	if (err)
		return complain(socket, "no agent answers on", agent_client_why(err));
	err = agent_client_get(client, "/v1/status", out_body, out_size, error);
	if (err)
		return complain(socket, "the agent does not tell its status on", error);
	return 0;
}

/* ---- out ---- */

static int print(const json_t *json, const struct status *status, const struct fields *fields)
{
	int err = 0;

	if (fields->is_json)
		err = json_dumpf(json, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII) ||
		      putchar('\n') == EOF;
	else
		status_print(status, color_is_on(fields->color, STDOUT_FILENO), stdout);
	if (err || fflush(stdout)) {
		fputs("podip: cannot write the result\n", stderr);
		return STATUS_NOT_KNOWN;
	}
	return (int)status->level;
}

static int show(const char *body, size_t size, const struct fields *fields)
{
	cleanup_json json_t *json = NULL;
	struct status status;
	int err = json_read(body, size, &json), result;

	if (!err)
		err = status_from_json(json, &status);
	if (err)
		return complain(fields->socket, "cannot understand the status from",
				err == -EPROTO ? "it is of another version of podip"
					       : strerror(-err));
	result = print(json, &status, fields);
	status_clear(&status);
	return result;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct fields fields = { 0 };
	cleanup_free char *body = NULL;
	size_t size;
	int result = command_read(command, argc, argv, &fields, NULL);

	if (result != COMMAND_RUN)
		return result == COMMAND_EXIT ? STATUS_DONE : STATUS_USAGE;
	result = ask(fields.socket, &body, &size);
	return result ? result : show(body, size, &fields);
}

const struct command cli_status_command = {
	.name = "status",
	.summary = "how this node is: ranges, who waits, what fails, as its agent says",
	.examples = "  podip status              # one screen; exit status 0, 1 or 2\n"
		    "  podip status -o json      # the same for scripts\n"
		    "  podip status || echo 'look at this node'\n",
	.text = "Asks the agent of this node over its unix socket, as root or as its own user.\n"
		"Exit status by the worst state: 0 good; 1 warning: an alert of that severity\n"
		"fires, or the agent is degraded; 2 critical: a critical alert fires, or a range\n"
		"of this node has no address left and pods need one. Also 2 when no agent\n"
		"answers (nobody watches this node), and for an error of usage.\n",
	.rows = rows,
	.row_count = array_size(rows),
	.run = run,
};

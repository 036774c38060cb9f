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
	bool is_alive, is_ready; /* is asked, and nothing else */
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
	{ .flag = "alive",
	  .help = "for a probe: does the agent answer? Prints nothing; exit status 0 or 2",
	  .expected = "on or off",
	  .parse = option_switch,
	  .offset = offsetof(struct fields, is_alive) },
	{ .flag = "ready",
	  .help = "for a probe: has the first walk been done, too? Prints nothing; 0 or 2",
	  .expected = "on or off",
	  .parse = option_switch,
	  .offset = offsetof(struct fields, is_ready) },
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

/* What is asked, and what is said where that is not answered. */
struct question {
	const char *path, *complaint;
};

static int ask(const char *socket, const struct question *question, char **out_body,
	       size_t *out_size)
{
	cleanup_agent_client struct agent_client *client = NULL;
	char error[AGENT_CLIENT_ERROR_SIZE];
	int err = agent_client_open(socket, &client);

	if (err)
		return complain(socket, "no agent answers on", agent_client_why(err));
	err = agent_client_get(client, question->path, out_body, out_size, error);
	if (err)
		return complain(socket, question->complaint, error);
	return 0;
}

/* How the node is has no part in it: a probe that a full range failed would end the agent when it
 * is wanted. */
static int probe(const struct fields *fields)
{
	static const struct question alive = { "/healthz", "the agent is not well on" },
				     ready = { "/readyz", "the agent is not ready on" };
	cleanup_free char *body = NULL;
	size_t size;

	return ask(fields->socket, fields->is_ready ? &ready : &alive, &body, &size);
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
	static const struct question question = { "/v1/status",
						  "the agent does not tell its status on" };
	struct fields fields = { 0 };
	cleanup_free char *body = NULL;
	size_t size;
	int result = command_read(command, argc, argv, &fields, NULL);

	if (result != COMMAND_RUN)
		return result == COMMAND_EXIT ? STATUS_DONE : STATUS_USAGE;
	if (fields.is_alive || fields.is_ready)
		return probe(&fields);
	result = ask(fields.socket, &question, &body, &size);
	return result ? result : show(body, size, &fields);
}

const struct command cli_status_command = {
	.name = "status",
	.summary = "how this node is: ranges, who waits, what fails, as its agent says",
	.examples = "  podip status              # one screen; exit status 0, 1 or 2\n"
		    "  podip status -o json      # the same for scripts\n"
		    "  podip status || echo 'look at this node'\n"
		    "  podip status --alive      # a probe: does the agent answer?\n",
	.text = "Asks the agent of this node over its unix socket, as root or as its own user.\n"
		"Exit status by the worst state: 0 good; 1 warning: an alert of that severity\n"
		"fires, or the agent is degraded; 2 critical: a critical alert fires, or a range\n"
		"of this node has no address left and pods need one. Also 2 when no agent\n"
		"answers (nobody watches this node), and for an error of usage.\n\n"
		"--alive and --ready are for probes, whatever the node's state: they ask what\n"
		"/healthz and /readyz say, print nothing, and exit with 0, or with 2 and the\n"
		"reason on stderr.\n",
	.rows = rows,
	.row_count = array_size(rows),
	.run = run,
};

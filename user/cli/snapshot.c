// SPDX-License-Identifier: Apache-2.0
/*
 * A snapshot is one JSON object, whether the agent told it or a walk of our own; both
 * outputs are made of that.
 */
#include "cli/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/node.h"
#include "core/base/text.h"
#include "core/status/node_json.h"
#include "log.h"
#include "source/peer/agent_client.h"

struct fields {
	struct output_options output; /* first: its rows' offsets are within it */
	const char *socket;
	bool is_walk;
};

static void fields_clear(struct fields *fields)
{
	output_clear(&fields->output);
}

/* ---- whom to ask ---- */

/* NULL: no agent tells it; the log has said so where one runs. */
static json_t *ask_agent(const char *socket)
{
	cleanup_agent_client struct agent_client *client = NULL;
	char error[AGENT_CLIENT_ERROR_SIZE], path[AGENT_CLIENT_ERROR_SIZE];
	cleanup_free char *body = NULL;
	json_t *json = NULL;
	size_t size;
	int err = agent_client_open(socket, &client);

	text_to_line(socket, path, sizeof(path));
	if (err == -ENOENT || err == -ECONNREFUSED)
		return NULL;
	if (err) {
		log_warn("cannot ask the agent on '%s' (%s), walking the kernel", path,
			 agent_client_why(err));
		return NULL;
	}
	err = agent_client_get(client, "/v1/snapshot", &body, &size, error);
	if (!err)
		json = json_loadb(body, size, 0, NULL);
	if (!json_list(json, "namespaces")) {
		log_warn("the agent on '%s' does not tell (%s), walking the kernel", path,
			 err ? error : "not understood");
		json_decref(json);
		return NULL;
	}
	return json;
}

/* 0, and the caller owns *out; or the exit status. */
static int walk(const struct output_options *options, json_t **out)
{
	cleanup_node struct node node = { 0 };
	int status = node_open(options, &node);

	if (status)
		return status;
	*out = snapshot_to_json(node.state, attribution_identities(node.attribution), NULL);
	return *out ? 0 : STATUS_FAILED;
}

/* ---- out ---- */

/* Names come from inside containers: only what prints goes to a terminal. */
static const char *clean(const json_t *object, const char *key, char *out, size_t size)
{
	const char *text = json_text(object, key);

	text_to_line(text && *text ? text : "-", out, size);
	return out;
}

struct line {
	json_int_t netns;
	const char *link, *kind, *address, *range, *pod;
};

static void print_line(const struct line *line)
{
	printf("%-12lld %-16s %-10s %-22s %-18s %s\n", (long long)line->netns, line->link,
	       line->kind, line->address, line->range, line->pod);
}

/* line: what is known of its namespace. How many addresses it has. */
static size_t print_link(const json_t *link, struct line line)
{
	char name[EVENT_NAME_SIZE * 4], kind[64], range[RANGE_NAME_SIZE * 4];
	char ip[IP_TEXT_SIZE], address[IP_TEXT_SIZE + 4];
	const json_t *addresses = json_list(link, "addresses"), *one;
	size_t i;

	line.link = clean(link, "ifname", name, sizeof(name));
	line.kind = clean(link, "kind", kind, sizeof(kind));
	line.address = address;
	json_array_foreach(addresses, i, one)
	{
		snprintf(address, sizeof(address), "%s/%u", clean(one, "ip", ip, sizeof(ip)),
			 (uint8_t)json_integer_value(json_object_get(one, "prefix_len")));
		line.range = clean(one, "range", range, sizeof(range));
		print_line(&line);
	}
	return json_array_size(addresses);
}

static size_t print_netns(const json_t *netns)
{
	char text[POD_FULL_NAME_SIZE * 4];
	struct line line = { .netns = json_integer_value(json_object_get(netns, "netns")),
			     .link = "-",
			     .kind = "-",
			     .address = "(no address)",
			     .range = "-",
			     .pod = text };
	const json_t *link;
	struct pod pod;
	size_t count = 0, i;

	pod_from_json(netns, &pod);
	node_pod_text(&pod, text, sizeof(text));
	json_array_foreach(json_list(netns, "links"), i, link) count += print_link(link, line);
	if (!count)
		print_line(&line);
	return count;
}

static int print_table(const json_t *json, const char *who)
{
	const json_t *all = json_list(json, "namespaces"), *netns;
	size_t addresses = 0, i;

	printf("%-12s %-16s %-10s %-22s %-18s %s\n", "NETNS", "LINK", "KIND", "ADDRESS", "RANGE",
	       "POD");
	json_array_foreach(all, i, netns) addresses += print_netns(netns);
	printf("%zu namespaces, %zu addresses, as %s\n", json_array_size(all), addresses, who);
	return 0;
}

/* ---- the command ---- */

static const struct option_row rows[] = {
	OUTPUT_FORMAT_ROW,
	OUTPUT_SOCKET_ROW(struct fields, socket),
	{ .flag = "kernel",
	  .help = "walk the kernel, whatever an agent knows; no ranges then",
	  .expected = "on or off",
	  .parse = option_switch,
	  .offset = offsetof(struct fields, is_walk) },
	OUTPUT_FILES_ROWS,
};

static int run(const struct command *command, int argc, char **argv)
{
	cleanup(fields_clear) struct fields fields = { 0 };
	cleanup_json json_t *json = NULL;
	const char *who = "the agent knows them";
	int result = command_read(command, argc, argv, &fields, NULL);

	if (result != COMMAND_RUN)
		return output_status(result);
	if (!fields.is_walk)
		json = ask_agent(fields.socket);
	if (!json) {
		who = "the kernel has them";
		result = walk(&fields.output, &json);
		if (result)
			return result;
	}
	return fields.output.is_json ? output_json(json_incref(json)) : print_table(json, who);
}

const struct command cli_snapshot_command = {
	.name = "snapshot",
	.summary = "which namespace holds which addresses, out of which range",
	.examples = "  podip snapshot            # every pod address of this node\n"
		    "  podip snapshot --kernel   # without the agent\n"
		    "  podip snapshot -o json\n",
	.text = "Asks the agent of this node over its unix socket. Where none runs, walks the\n"
		"kernel once, without entering a namespace, and reads the node's files and\n"
		"processes for whose each is: the options after --kernel are of that.\n",
	.rows = rows,
	.row_count = array_size(rows),
	.run = run,
};

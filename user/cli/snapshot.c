// SPDX-License-Identifier: Apache-2.0
#include "cli/snapshot.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <utlist.h>

#include "cli/base/node.h"
#include "core/status/node_json.h"

static int print_json(const struct node *node)
{
	return output_json(
		snapshot_to_json(node->state, attribution_identities(node->attribution)));
}

/* Names come from inside containers: only what prints goes to a terminal. */
static void clean_name(const char *name, char out[static EVENT_NAME_SIZE + 1])
{
	size_t i;

	for (i = 0; name[i] && i < EVENT_NAME_SIZE; i++)
		out[i] = isgraph((unsigned char)name[i]) ? name[i] : '?';
	out[i] = '\0';
}

static void print_netns(const struct node *node, const struct netns *netns)
{
	struct identity identity =
		snapshot_identify(attribution_identities(node->attribution), netns);
	const struct address *address;
	const struct link *link;
	char name[EVENT_NAME_SIZE + 1], ip[IP_TEXT_SIZE + 4], pod[POD_FULL_NAME_SIZE * 4];

	node_pod_text(&identity.pod, pod, sizeof(pod));
	if (!netns->address_count)
		printf("%-12u %-16s %-10s %-22s %s\n", netns->key.inum, "-", "-", "(no address)",
		       pod);
	DL_FOREACH(netns->links, link) {
		clean_name(link->name, name);
		DL_FOREACH(link->addresses, address) {
			ip_format(&address->key.ip, ip);
			snprintf(ip + strlen(ip), 5, "/%u", address->prefix_len);
			printf("%-12u %-16s %-10s %-22s %s\n", netns->key.inum, name,
			       link->kind[0] ? link->kind : "-", ip, pod);
		}
	}
}

static int print_table(const struct node *node)
{
	const struct inventory *inventory = state_inventory_const(node->state);
	unsigned int namespaces = 0, addresses = 0;

	printf("%-12s %-16s %-10s %-22s %s\n", "NETNS", "LINK", "KIND", "ADDRESS", "POD");
	for (const struct netns *netns = inventory->netns; netns; netns = netns->hh.next) {
		if (!snapshot_shows(netns))
			continue;
		print_netns(node, netns);
		namespaces++;
		addresses += netns->address_count;
	}
	printf("%u namespaces, %u addresses\n", namespaces, addresses);
	return 0;
}

static const struct option_row rows[] = { OUTPUT_FORMAT_ROW, OUTPUT_FILES_ROWS };

static int run(const struct command *command, int argc, char **argv)
{
	cleanup_output struct output_options options = { 0 };
	cleanup_node struct node node = { 0 };
	int result = command_read(command, argc, argv, &options, NULL), status;

	if (result != COMMAND_RUN)
		return output_status(result);
	status = node_open(&options, &node);
	if (status)
		return status;
	return options.is_json ? print_json(&node) : print_table(&node);
}

const struct command cli_snapshot_command = {
	.name = "snapshot",
	.summary = "walk once: which namespace holds which addresses",
	.examples = "  podip snapshot            # every pod address of this node\n"
		    "  podip snapshot -o json\n",
	.text = "Walks the kernel once, without entering a namespace, reads the node's files and\n"
		"processes for whose each is, and exits.\n",
	.rows = rows,
	.row_count = array_size(rows),
	.run = run,
};

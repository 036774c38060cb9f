// SPDX-License-Identifier: Apache-2.0
#include "cli/snapshot.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <utlist.h>

#include "cli/node.h"
#include "core/text.h"

static json_t *link_to_json(const struct link *link)
{
	json_t *addresses = json_array();
	const struct address *address;

	DL_FOREACH(link->addresses, address) {
		char ip[IP_TEXT_SIZE];

		ip_format(&address->key.ip, ip);
		json_array_append_new(addresses,
				      json_pack("{s:s, s:i, s:s}", "ip", ip, "prefix_len",
						address->prefix_len, "family",
						ip_family_name(&address->key.ip)));
	}
	return json_pack("{s:I, s:o, s:s, s:o}", "ifindex", (json_int_t)link->key.ifindex, "ifname",
			 text_to_json(link->name), "kind", link->kind, "addresses", addresses);
}

/* What each source says of the namespace, best first. */
static json_t *claims_to_json(const struct node *node, const struct netns *netns)
{
	const struct identities *identities = attribution_identities(node->attribution);
	json_t *claims = json_array();

	for (enum identity_source i = 0; i < IDENTITY_SOURCE_COUNT; i++) {
		const struct pod *pod = identities_claimed(identities, netns->key.inum, i);
		json_t *claim = pod ? node_pod_json(pod) : NULL;

		if (!claim)
			continue;
		json_object_set_new(claim, "identity", json_string(identity_source_name(i)));
		json_array_append_new(claims, claim);
	}
	return claims;
}

/* Sources that know an address alone count, too. */
static struct identity identify(const struct node *node, const struct netns *netns)
{
	const struct link *link = netns->links;
	const struct ip *ip = NULL;
	struct identity identity;

	for (; link && !ip; link = link->next)
		if (link->addresses)
			ip = &link->addresses->key.ip;
	identities_find(attribution_identities(node->attribution), netns->key.inum, ip, &identity);
	return identity;
}

static json_t *netns_to_json(const struct node *node, const struct netns *netns)
{
	struct identity identity = identify(node, netns);
	json_t *links = json_array(), *json, *pod;
	const struct link *link;

	DL_FOREACH(netns->links, link)
		json_array_append_new(links, link_to_json(link));
	json = json_pack("{s:I, s:I, s:s?, s:o, s:o}", "netns", (json_int_t)netns->key.inum,
			 "netns_cookie", (json_int_t)netns->key.cookie, "identity",
			 identity_source_name(identity.source), "claims",
			 claims_to_json(node, netns), "links", links);
	pod = node_pod_json(&identity.pod);
	json_object_update(json, pod);
	json_decref(pod);
	return json;
}

static int print_json(const struct node *node)
{
	const struct inventory *inventory = state_inventory_const(node->state);
	json_t *all = json_array();

	for (const struct netns *netns = inventory->netns; netns; netns = netns->hh.next)
		if (node_shows(netns))
			json_array_append_new(all, netns_to_json(node, netns));
	return output_json(json_pack("{s:i, s:o}", "v", 1, "namespaces", all));
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
	struct identity identity = identify(node, netns);
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
		if (!node_shows(netns))
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

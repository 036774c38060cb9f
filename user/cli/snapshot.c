// SPDX-License-Identifier: Apache-2.0
#include "cli/snapshot.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <utlist.h>

#include "agent.h"
#include "cli/output.h"
#include "core/state.h"
#include "core/text.h"
#include "feed.h"
#include "log.h"
#include "loop.h"

static const char help[] =
	"  podip snapshot            # every pod address of this node, by network namespace\n"
	"  podip snapshot -o json\n\n"
	"Walks the kernel once, without entering a namespace, and exits.\n\n"
	"  -o, --output table|json   [table]\n"
	"      --proc-dir DIR        where the node's /proc is [/proc]\n"
	"  -h, --help\n";

static const uint32_t limits[] = {
	[INVENTORY_NETNS] = 131072, [INVENTORY_LINKS] = 131072, [INVENTORY_ADDRESSES] = 131072
};

static void ignore_fact(const struct fact *fact, void *ctx)
{
	(void)fact;
	(void)ctx;
}

static bool is_shown(const struct netns *netns)
{
	return netns->is_own && !netns->is_host;
}

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

static int print_json(const struct inventory *inventory)
{
	json_t *all = json_array();

	for (const struct netns *netns = inventory->netns; netns; netns = netns->hh.next) {
		json_t *links = json_array();
		const struct link *link;

		if (!is_shown(netns)) {
			json_decref(links);
			continue;
		}
		DL_FOREACH(netns->links, link)
			json_array_append_new(links, link_to_json(link));
		json_array_append_new(all,
				      json_pack("{s:I, s:I, s:o}", "netns",
						(json_int_t)netns->key.inum, "netns_cookie",
						(json_int_t)netns->key.cookie, "links", links));
	}
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

static void print_netns(const struct netns *netns)
{
	const struct address *address;
	const struct link *link;
	char name[EVENT_NAME_SIZE + 1], ip[IP_TEXT_SIZE];

	if (!netns->address_count)
		printf("%-12u %-16s %-10s %s\n", netns->key.inum, "-", "-", "(no address)");
	DL_FOREACH(netns->links, link) {
		clean_name(link->name, name);
		DL_FOREACH(link->addresses, address) {
			ip_format(&address->key.ip, ip);
			printf("%-12u %-16s %-10s %s/%u\n", netns->key.inum, name,
			       link->kind[0] ? link->kind : "-", ip, address->prefix_len);
		}
	}
}

static int print_table(const struct inventory *inventory)
{
	unsigned int namespaces = 0;

	printf("%-12s %-16s %-10s %s\n", "NETNS", "LINK", "KIND", "ADDRESS");
	for (const struct netns *netns = inventory->netns; netns; netns = netns->hh.next) {
		if (!is_shown(netns))
			continue;
		print_netns(netns);
		namespaces++;
	}
	printf("%u namespaces, %u addresses\n", namespaces,
	       inventory_count(inventory, INVENTORY_ADDRESSES));
	return 0;
}

static int fill(const struct kernel *kernel, const char *proc_dir, struct state *state)
{
	struct feed feed = { 0 };
	struct diff diff = { 0 };
	int err = feed_open(&feed, kernel, BACKEND_NONE, proc_dir, state);

	if (!err)
		err = feed_diff(&feed, state, false, loop_now_ns(), &diff);
	for (size_t i = 0; i < diff.count && !err; i++)
		err = state_apply(state, &diff.events[i]);
	diff_clear(&diff);
	feed_close(&feed);
	return err;
}

int cli_snapshot(int argc, char **argv)
{
	cleanup_kernel struct kernel kernel = { 0 };
	cleanup_state struct state *state = NULL;
	struct output_options options;
	int err = output_read(argc, argv, help, &options);

	if (err)
		return err == OUTPUT_EXIT ? 0 : STATUS_USAGE;
	if (kernel_probe(&kernel) || state_new(limits, ignore_fact, NULL, &state))
		return STATUS_FAILED;
	if (kernel_best_walk(&kernel) == WALK_FORM_COUNT) {
		log_write(LOG_LEVEL_ERROR, "cannot walk: %s; see 'podip doctor'",
			  kernel.features[FEATURE_WALKER].why);
		return AGENT_CANNOT_RUN;
	}
	if (fill(&kernel, options.proc_dir, state))
		return STATUS_FAILED;
	return options.is_json ? print_json(state_inventory(state))
			       : print_table(state_inventory(state));
}

// SPDX-License-Identifier: Apache-2.0
#include "cli/tenancy/who_kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

#include "cli/base/node.h"
#include "core/base/text.h"
#include "core/status/node_json.h"

static void add_holder(struct who_kernel *kernel, const struct address *address,
		       const struct identity *identity)
{
	const struct netns *netns = address->link->netns;
	struct tenancy *holder;

	if (kernel->count == WHO_KERNEL_MAX) {
		kernel->left_out++;
		return;
	}
	holder = &kernel->holders[kernel->count++];
	*holder = (struct tenancy){ .ip = address->key.ip,
				    .pod = identity->pod,
				    .netns = netns->key.inum,
				    .netns_cookie = netns->key.cookie ? netns->key.cookie
								      : RECORD_ABSENT,
				    .ifindex = address->link->key.ifindex };
	text_copy(holder->ifname, sizeof(holder->ifname), address->link->name);
	if (identity->source != IDENTITY_NONE)
		text_copy(holder->identity, sizeof(holder->identity),
			  identity_source_name(identity->source));
}

static void look_at(struct who_kernel *kernel, const struct tenancy_query *query,
		    const struct identities *identities, const struct address *address)
{
	struct identity identity;

	if (query->has_ip && ip_compare(&query->ip, &address->key.ip) != 0)
		return;
	identities_find(identities, address->link->netns->key.inum, &address->key.ip, &identity);
	if (query->has_ip || tenancy_is_of(query, &identity.pod))
		add_holder(kernel, address, &identity);
}

static void look_around(struct who_kernel *kernel, const struct tenancy_query *query,
			const struct node *node)
{
	const struct inventory *inventory = state_inventory_const(node->state);
	const struct identities *identities = attribution_identities(node->attribution);
	const struct address *address;
	const struct netns *netns;
	const struct link *link;

	for (netns = inventory->netns; netns; netns = netns->hh.next) {
		if (!snapshot_shows(netns))
			continue;
		DL_FOREACH(netns->links, link) {
			DL_FOREACH(link->addresses, address)
				look_at(kernel, query, identities, address);
		}
	}
}

/* Where the log answers, too, a kernel that refuses is no error. */
static bool can_walk(struct who_kernel *kernel)
{
	struct kernel probed = { 0 };
	bool can = !kernel_probe(&probed) && kernel_best_walk(&probed) != WALK_FORM_COUNT;

	if (!can)
		text_to_line(probed.features[FEATURE_WALKER].why, kernel->why, sizeof(kernel->why));
	kernel_clear(&probed);
	return can;
}

void who_kernel_ask(const struct output_options *options, const struct tenancy_query *query,
		    struct who_kernel *out)
{
	cleanup_node struct node node = { 0 };

	out->state = WHO_KERNEL_REFUSED;
	if (!can_walk(out))
		return;
	out->holders = calloc(WHO_KERNEL_MAX, sizeof(*out->holders));
	if (!out->holders || node_open(options, &node)) {
		text_copy(out->why, sizeof(out->why), "the walk failed");
		return;
	}
	look_around(out, query, &node);
	out->state = WHO_KERNEL_ASKED;
}

void who_kernel_clear(struct who_kernel *kernel)
{
	free(kernel->holders);
	*kernel = (struct who_kernel){ 0 };
}

static bool has_holder(const struct who_kernel *kernel, const struct tenancy *tenancy)
{
	for (size_t i = 0; i < kernel->count; i++)
		if (kernel->holders[i].netns == tenancy->netns &&
		    !ip_compare(&kernel->holders[i].ip, &tenancy->ip))
			return true;
	return false;
}

void who_kernel_compare(struct who_kernel *kernel, const struct tenancies *tenancies,
			const struct tenancy_answer *answer)
{
	size_t open = 0, found = 0;

	kernel->has_verdict = kernel->state == WHO_KERNEL_ASKED && !kernel->left_out &&
			      answer->state != TENANCY_UNKNOWN &&
			      !tenancies_log(tenancies)->is_unwatched;
	for (size_t i = 0; kernel->has_verdict && i < tenancies_count(tenancies); i++) {
		const struct tenancy *tenancy = tenancies_at(tenancies, i);

		if (tenancy->to != TENANCY_TO_OPEN)
			continue;
		open++;
		found += has_holder(kernel, tenancy);
	}
	kernel->differs = kernel->has_verdict && (found != open || kernel->count != open);
}

// SPDX-License-Identifier: Apache-2.0
/*
 * A link or netns that goes takes along what hangs on it, in one order for all
 * sources: IPv6 before IPv4, because the kernel drops IPv6 when it closes the
 * device and IPv4 when it frees it; newest link and newest IPv6 first, oldest IPv4
 * first.
 */
#include "core/state/state.h"

#include <errno.h>
#include <string.h>
#include <utlist.h>

enum {
	FAMILY_IPV4 = 1,
	FAMILY_IPV6 = 2,
	ADDR_TENTATIVE = 0x40, /* IFA_F_TENTATIVE */
	ADDR_DADFAILED = 0x08, /* IFA_F_DADFAILED */
};

struct state {
	uint32_t host_inum;
	bool is_nested;
	fact_fn on_fact;
	void *ctx;
	struct inventory inventory;
};

int state_new(const uint32_t limits[static INVENTORY_TABLE_COUNT], fact_fn on_fact, void *ctx,
	      struct state **out)
{
	struct state *state = calloc(1, sizeof(*state));

	if (!state)
		return -ENOMEM;
	state->on_fact = on_fact;
	state->ctx = ctx;
	memcpy(state->inventory.limits, limits, sizeof(state->inventory.limits));
	*out = state;
	return 0;
}

void state_free(struct state *state)
{
	if (!state)
		return;
	inventory_clear(&state->inventory);
	free(state);
}

struct inventory *state_inventory(struct state *state)
{
	return &state->inventory;
}

const struct inventory *state_inventory_const(const struct state *state)
{
	return &state->inventory;
}

uint32_t state_own_netns(const struct state *state, uint32_t *out_without_address)
{
	uint32_t own = 0, without = 0;

	for (const struct netns *netns = state->inventory.netns; netns; netns = netns->hh.next) {
		if (!netns->is_own || netns->is_host)
			continue;
		own++;
		without += !netns->address_count;
	}
	*out_without_address = without;
	return own;
}

void state_set_host(struct state *state, uint32_t host_inum, bool is_nested)
{
	state->host_inum = host_inum;
	state->is_nested = is_nested;
}

uint32_t state_host(const struct state *state)
{
	return state->host_inum;
}

bool state_is_host(const struct state *state, uint32_t inum)
{
	return inum == state->host_inum;
}

bool state_keeps_link(bool in_host, const char *kind)
{
	static const char *const kinds[] = { "veth", "macvlan", "ipvlan", "netkit" };

	if (!in_host)
		return true;
	for (size_t i = 0; i < array_size(kinds); i++)
		if (!strcmp(kind, kinds[i]))
			return true;
	return false;
}

bool state_keeps_address(const struct ip *ip, uint32_t addr_flags)
{
	return ip_is_countable(ip) && !(addr_flags & (ADDR_TENTATIVE | ADDR_DADFAILED));
}

static void tell(const struct state *state, const struct fact *fact)
{
	if (fact->netns->is_own)
		state->on_fact(fact, state->ctx);
}

static void tell_assigned(const struct state *state, const struct address *address)
{
	struct netns *netns = address->link->netns;
	uint8_t family = ip_is_v4(&address->key.ip) ? FAMILY_IPV4 : FAMILY_IPV6;
	bool first = !(netns->families & family);

	if (!netns->is_own)
		return;
	netns->families |= family;
	tell(state, &(struct fact){ .kind = FACT_IP_ASSIGNED,
				    .time_ns = address->since_ns,
				    .netns = netns,
				    .link = address->link,
				    .address = address,
				    .first_of_family = first });
}

static void release(struct state *state, struct address *address, uint64_t time_ns)
{
	struct link *link = address->link;

	tell(state, &(struct fact){ .kind = FACT_IP_RELEASED,
				    .time_ns = time_ns,
				    .netns = link->netns,
				    .link = link,
				    .address = address });
	inventory_remove_address(&state->inventory, address);
}

/* Backwards, newest first: utlist's prev pointers form a ring through the tail. */
static void release_ipv6(struct state *state, struct link *link, uint64_t time_ns)
{
	struct address *address = link->addresses ? link->addresses->prev : NULL; /* NOLINT */

	while (address) {
		struct address *older = address == link->addresses ? NULL : address->prev;

		if (!ip_is_v4(&address->key.ip))
			release(state, address, time_ns);
		address = older;
	}
}

static void release_all(struct state *state, struct link *link, uint64_t time_ns)
{
	release_ipv6(state, link, time_ns);
	while (link->addresses)
		release(state, link->addresses, time_ns);
}

static void remove_link(struct state *state, struct link *link, uint64_t time_ns, bool is_move)
{
	release_all(state, link, time_ns);
	if (!is_move)
		tell(state, &(struct fact){ .kind = FACT_LINK_DELETED,
					    .time_ns = time_ns,
					    .netns = link->netns,
					    .link = link });
	inventory_remove_link(&state->inventory, link);
}

static void remove_netns(struct state *state, struct netns *netns, uint64_t time_ns)
{
	struct link *link = netns->links ? netns->links->prev : NULL;

	while (link) {
		release_ipv6(state, link, time_ns);
		link = link == netns->links ? NULL : link->prev;
	}
	while (netns->links)
		remove_link(state, netns->links->prev, time_ns, false); /* NOLINT: a ring */
	tell(state, &(struct fact){ .kind = FACT_NETNS_FREED, .time_ns = time_ns, .netns = netns });
	inventory_remove_netns(&state->inventory, netns);
}

/* A netns becomes this node's: what was kept silently is told now. */
static void own(struct state *state, struct netns *netns)
{
	const struct link *link;
	const struct address *address;

	if (netns->is_own)
		return;
	netns->is_own = true;
	if (netns->is_host)
		return;
	tell(state, &(struct fact){ .kind = FACT_NETNS_CREATED,
				    .time_ns = netns->created_ns,
				    .netns = netns });
	DL_FOREACH(netns->links, link) {
		tell(state, &(struct fact){ .kind = FACT_LINK_CREATED,
					    .time_ns = netns->created_ns,
					    .netns = netns,
					    .link = link });
		DL_FOREACH(link->addresses, address)
			tell_assigned(state, address);
	}
}

/* Known, or made now: links and addresses may be told of before their netns is. */
static int get_netns(struct state *state, const struct event *event, struct netns **out)
{
	struct netns *netns =
		inventory_find_netns(&state->inventory, event->netns_cookie, event->netns_inum);
	int err;

	if (!netns) {
		err = inventory_add_netns(&state->inventory, event, &netns);
		if (err)
			return err;
		netns->is_host = state_is_host(state, event->netns_inum);
		if (netns->is_host || !state->is_nested)
			own(state, netns);
	}
	if (event->peer_inum && state_is_host(state, event->peer_inum))
		own(state, netns);
	*out = netns;
	return 0;
}

static int apply_link_add(struct state *state, const struct event *event)
{
	bool is_move = event->from_inum != 0;
	struct netns *from = NULL;
	struct netns *netns;
	struct link *link;
	int err;

	if (is_move)
		from = inventory_find_netns(&state->inventory, event->from_cookie,
					    event->from_inum);
	err = get_netns(state, event, &netns);
	if (err)
		return err;

	link = inventory_find_link(&state->inventory, netns, event->ifindex);
	if (link && link->dev && event->dev && link->dev != event->dev) {
		remove_link(state, link, event->time_ns, false);
		link = NULL;
	}
	if (link) {
		if (!link->dev)
			link->dev = event->dev;
		return 0;
	}
	if (!state_keeps_link(netns->is_host, event->link_kind) && !is_move)
		return 0;

	err = inventory_add_link(&state->inventory, netns, event, &link);
	if (err)
		return err;
	tell(state, &(struct fact){ .kind = is_move ? FACT_LINK_MOVED : FACT_LINK_CREATED,
				    .time_ns = event->time_ns,
				    .netns = netns,
				    .link = link,
				    .from_inum = from ? from->key.inum : event->from_inum });
	if (!state_keeps_link(netns->is_host, event->link_kind))
		inventory_remove_link(&state->inventory, link);
	return 0;
}

static void apply_link_name(struct state *state, struct link *link, const struct event *event)
{
	char from[sizeof(link->name)];

	if (!strncmp(link->name, event->ifname, sizeof(event->ifname)))
		return;
	memcpy(from, link->name, sizeof(from));
	memcpy(link->name, event->ifname, sizeof(event->ifname));
	if (!from[0])
		return; /* its name was not known before */
	tell(state, &(struct fact){ .kind = FACT_LINK_RENAMED,
				    .time_ns = event->time_ns,
				    .netns = link->netns,
				    .link = link,
				    .from_name = from });
}

static int apply_addr_add(struct state *state, const struct event *event)
{
	struct address *address;
	struct netns *netns;
	struct link *link;
	struct ip ip;
	int err;

	memcpy(ip.bytes, event->addr, sizeof(ip.bytes));
	if (state_is_host(state, event->netns_inum) || !state_keeps_address(&ip, event->addr_flags))
		return 0;
	err = get_netns(state, event, &netns);
	if (err)
		return err;
	link = inventory_find_link(&state->inventory, netns, event->ifindex);
	if (!link) {
		err = inventory_add_link(&state->inventory, netns, event, &link);
		if (err)
			return err;
	}

	address = inventory_find_address(&state->inventory, link, &ip);
	if (address) {
		address->prefix_len = event->prefix_len;
		return 0;
	}
	err = inventory_add_address(&state->inventory, link, event, &address);
	if (err)
		return err;
	tell_assigned(state, address);
	return 0;
}

static void apply_to_link(struct state *state, const struct event *event)
{
	struct netns *netns =
		inventory_find_netns(&state->inventory, event->netns_cookie, event->netns_inum);
	struct link *link = netns ? inventory_find_link(&state->inventory, netns, event->ifindex)
				  : NULL;
	struct address *address;
	struct ip ip;

	if (!link)
		return;
	switch (event->kind) {
	case EVENT_LINK_DEL:
	case EVENT_LINK_LEAVE:
		remove_link(state, link, event->time_ns, event->kind == EVENT_LINK_LEAVE);
		break;
	case EVENT_LINK_NAME:
		apply_link_name(state, link, event);
		break;
	default:
		memcpy(ip.bytes, event->addr, sizeof(ip.bytes));
		address = inventory_find_address(&state->inventory, link, &ip);
		if (address)
			release(state, address, event->time_ns);
	}
}

static int apply_netns_add(struct state *state, const struct event *event)
{
	struct netns *netns;
	int err = get_netns(state, event, &netns);

	if (!err && !netns->is_host && netns->created_ns == TIME_UNKNOWN)
		netns->created_ns = event->time_ns;
	return err;
}

/* A file knows the inode alone; inodes of living namespaces are unique. */
static int apply_netns_own(struct state *state, const struct event *event)
{
	for (struct netns *netns = state->inventory.netns; netns; netns = netns->hh.next)
		if (netns->key.inum == event->netns_inum)
			own(state, netns);
	return 0;
}

int state_apply(struct state *state, const struct event *event)
{
	struct netns *netns;

	switch (event->kind) {
	case EVENT_NETNS_ADD:
		return apply_netns_add(state, event);
	case EVENT_NETNS_OWN:
		return apply_netns_own(state, event);
	case EVENT_NETNS_DEL:
		netns = inventory_find_netns(&state->inventory, event->netns_cookie,
					     event->netns_inum);
		if (netns && !netns->is_host)
			remove_netns(state, netns, event->time_ns);
		return 0;
	case EVENT_LINK_ADD:
		return apply_link_add(state, event);
	case EVENT_ADDR_ADD:
		return apply_addr_add(state, event);
	case EVENT_LINK_DEL:
	case EVENT_LINK_LEAVE:
	case EVENT_LINK_NAME:
	case EVENT_ADDR_DEL:
		apply_to_link(state, event);
		return 0;
	default:
		return -EINVAL;
	}
}

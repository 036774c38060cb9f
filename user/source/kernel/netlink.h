/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rtnetlink of every netns that has an id in the node's own: exact order for the
 * tracepoint backend, and the addresses that come and go between two walks.
 */
#pragma once

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "event.h"

struct netlink;

typedef void (*netlink_fn)(const struct event *event, void *ctx);

struct netlink_config {
	int host_netns; /* descriptor: the socket lives there; borrowed for the call */
	/* Which netns has this id now: 0, or -ENOENT. */
	int (*find_nsid)(int nsid, uint64_t *out_cookie, uint32_t *out_inum, void *ctx);
	netlink_fn on_event;
	void *ctx;
};

struct netlink_stats {
	uint64_t messages;
	uint64_t overflows; /* the kernel had to drop messages */
	uint64_t unknown_nsid; /* messages of a netns that was gone before it was known */
};

int netlink_open(const struct netlink_config *config, struct netlink **out);
void netlink_close(struct netlink *netlink);
DEFINE_CLEANUP(netlink, struct netlink *, netlink_close)
#define cleanup_netlink cleanup(cleanup_netlink_fn)

int netlink_fd(const struct netlink *netlink); /* readable when messages wait; borrowed */
/* Deliver what waits, at most `max` datagrams; their number or -errno. time_ns is what the events
 * carry. */
int netlink_drain(struct netlink *netlink, unsigned int max, uint64_t time_ns);
struct netlink_stats netlink_stats(const struct netlink *netlink);

/* The event a message tells of, without its netns: kind EVENT_NONE when it tells of nothing we
 * follow. */
void netlink_decode(const struct nlmsghdr *message, struct event *out);

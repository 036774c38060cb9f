// SPDX-License-Identifier: Apache-2.0
/*
 * Two sockets: one hears of changes, and its filter drops in the kernel what is none
 * of ours; the other one lists. The kernel makes each part of a list when it is asked
 * for it, so listing never waits.
 */
#include "source/supplier/calico.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "core/base/backoff.h"
#include "log.h"
#include "source/base/proc.h"
#include "source/kernel/netns_socket.h"
#include "source/supplier/last_good.h"

#define NS_PER_S UINT64_C(1000000000)

enum {
	PROTOCOL_FELIX = 80,
	DATAGRAM_MAX = 32768, /* the kernel makes no part of a list larger */
	CHANGES_MAX = 256, /* read in one turn */
	TRIES_MAX = 3, /* when the routes change while they are listed */
	MOST_S = 60,
};

struct calico {
	struct last_good last; /* the first */
	int changes, routes; /* sockets */
	uint32_t sequence; /* of the last request */
	bool is_due; /* to be listed, not before next_ns */
	uint64_t next_ns;
	struct backoff backoff;
	_Alignas(struct nlmsghdr) char buffer[DATAGRAM_MAX];
};

/* ---- messages ---- */

static bool read_destination(const struct nlmsghdr *message, const struct rtmsg *route,
			     struct prefix *out)
{
	size_t size = route->rtm_family == AF_INET ? 4 : 16;
	uint8_t outside = route->rtm_family == AF_INET ? IP_V4_BITS : 0;
	struct ip ip = { 0 };
	const struct nlattr *attr;

	if ((route->rtm_family != AF_INET && route->rtm_family != AF_INET6) ||
	    route->rtm_dst_len > size * 8)
		return false;
	mnl_attr_for_each(attr, message, sizeof(*route)) {
		if (mnl_attr_get_type(attr) != RTA_DST || mnl_attr_get_payload_len(attr) != size)
			continue;
		if (outside)
			ip.bytes[10] = ip.bytes[11] = 0xff;
		memcpy(ip.bytes + sizeof(ip.bytes) - size, mnl_attr_get_payload(attr), size);
		*out = prefix_of(&ip, (uint8_t)(outside + route->rtm_dst_len));
		return true;
	}
	return false;
}

/* NULL: it tells of no route. */
static const struct rtmsg *route_of(const struct nlmsghdr *message)
{
	if ((message->nlmsg_type != RTM_NEWROUTE && message->nlmsg_type != RTM_DELROUTE) ||
	    message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(struct rtmsg))
		return NULL;
	return mnl_nlmsg_get_payload(message);
}

static bool is_block_size(uint8_t family, uint8_t bits)
{
	return family == AF_INET ? bits >= 20 && bits < 32 : bits >= 116 && bits < 128;
}

int calico_block(const struct nlmsghdr *message, struct prefix *out)
{
	const struct rtmsg *route = route_of(message);

	if (!route || route->rtm_type != RTN_BLACKHOLE || route->rtm_table != RT_TABLE_MAIN ||
	    (route->rtm_protocol != PROTOCOL_FELIX && route->rtm_protocol != RTPROT_BIRD) ||
	    !is_block_size(route->rtm_family, route->rtm_dst_len) ||
	    !read_destination(message, route, out))
		return -ENOENT;
	return 0;
}

/* A block's route may also go by being replaced with another one, say to the node that has the
 * block now; the message tells of that one alone. */
static bool is_to_known_block(const struct calico *calico, const struct nlmsghdr *message)
{
	const struct rtmsg *route = route_of(message);
	const struct capacity *capacity = &calico->last.capacity;
	struct prefix cidr;

	if (!route || !read_destination(message, route, &cidr))
		return false;
	for (size_t i = 0; i < capacity->range_count; i++)
		if (!prefix_compare(&capacity->ranges[i].cidr, &cidr))
			return true;
	return false;
}

static void hear(struct calico *calico, const char *datagram, int size)
{
	const struct nlmsghdr *message = (const void *)datagram;
	struct prefix cidr;

	for (; mnl_nlmsg_ok(message, size); message = mnl_nlmsg_next(message, &size))
		if (!calico_block(message, &cidr) || is_to_known_block(calico, message))
			calico->is_due = true;
}

static void hear_all(struct calico *calico)
{
	for (unsigned int i = 0; i < CHANGES_MAX; i++) {
		ssize_t size =
			recv(calico->changes, calico->buffer, sizeof(calico->buffer), MSG_DONTWAIT);

		if (size < 0 && errno == ENOBUFS)
			calico->is_due = true; /* messages were lost */
		else if (size < 0)
			return;
		else
			hear(calico, calico->buffer, (int)size);
	}
}

/* ---- the list ---- */

static int add_block(const struct nlmsghdr *message, void *ctx)
{
	struct capacity *capacity = ctx;
	struct range range = { .name = "calico",
			       .scope = RANGE_SCOPE_NODE,
			       .source = "calico",
			       .parent = RANGE_NONE };

	if (calico_block(message, &range.cidr))
		return MNL_CB_OK;
	if (capacity->range_count == CAPACITY_RANGES_MAX) {
		capacity->dropped++; /* without a search for it: there may be a million */
	} else if (capacity_add_range(capacity, &range)) {
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	return MNL_CB_OK;
}

/* What an earlier list that failed has left, to its end: the kernel makes no second one before. */
static void drop_rest(const struct calico *calico)
{
	while (recv(calico->routes, NULL, 0, MSG_DONTWAIT) >= 0)
		;
}

static int ask(struct calico *calico, uint8_t family)
{
	_Alignas(struct nlmsghdr) char request[MNL_NLMSG_HDRLEN + sizeof(struct rtmsg)] = { 0 };
	struct nlmsghdr *header = mnl_nlmsg_put_header(request);
	struct rtmsg *route = mnl_nlmsg_put_extra_header(header, sizeof(*route));

	header->nlmsg_type = RTM_GETROUTE;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	header->nlmsg_seq = ++calico->sequence;
	route->rtm_family = family;
	route->rtm_type = RTN_BLACKHOLE; /* heeded by kernels that check requests: >= 5.0 */
	return send(calico->routes, header, header->nlmsg_len, 0) < 0 ? -errno : 0;
}

static int list_family(struct calico *calico, uint8_t family, struct capacity *out)
{
	int more = MNL_CB_OK;
	int err;

	drop_rest(calico);
	err = ask(calico, family);
	while (!err && more == MNL_CB_OK) {
		ssize_t size =
			recv(calico->routes, calico->buffer, sizeof(calico->buffer), MSG_DONTWAIT);

		if (size >= 0)
			more = mnl_cb_run(calico->buffer, (size_t)size, calico->sequence, 0,
					  add_block, out);
		if (size < 0 || more == MNL_CB_ERROR)
			err = -errno;
	}
	return err;
}

/* -EINTR: the routes changed meanwhile. */
static int list(struct calico *calico, struct capacity *out)
{
	cleanup_capacity struct capacity capacity = { 0 };
	int err = list_family(calico, AF_INET, &capacity);

	if (!err)
		err = list_family(calico, AF_INET6, &capacity);
	if (err)
		return err;
	*out = take(capacity, (struct capacity){ 0 });
	return 0;
}

static void update(struct calico *calico, uint64_t now_ns)
{
	cleanup_capacity struct capacity capacity = { 0 };
	int err = -EINTR;

	for (unsigned int i = 0; err == -EINTR && i < TRIES_MAX; i++)
		err = list(calico, &capacity);
	calico->is_due = err;
	if (err) {
		backoff_failed(&calico->backoff, now_ns, arc4random());
		last_good_fail(&calico->last, strerror(-err));
	} else {
		backoff_succeeded(&calico->backoff, now_ns);
		last_good_set(&calico->last, &capacity, now_ns);
		calico->last.status.is_up = calico->last.status.entries > 0;
	}
	calico->next_ns = calico->backoff.due_ns;
	if (calico->next_ns < now_ns + NS_PER_S)
		calico->next_ns = now_ns + NS_PER_S;
}

static uint64_t turn(void *supplier, uint64_t now_ns)
{
	struct calico *calico = supplier;

	hear_all(calico);
	if (calico->is_due && now_ns >= calico->next_ns)
		update(calico, now_ns);
	return calico->is_due ? calico->next_ns : SUPPLIER_NEVER;
}

/* ---- sockets ---- */

/* Let through what tells of a blackhole, or of a route in place of another one. */
static int filter(int fd)
{
	enum {
		TYPE = NLMSG_HDRLEN + offsetof(struct rtmsg, rtm_type),
		FLAGS = offsetof(struct nlmsghdr, nlmsg_flags),
		HIGH = FLAGS + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__),
	};
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, HIGH),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NLM_F_REPLACE >> 8, 2, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TYPE),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RTN_BLACKHOLE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = { .len = array_size(code), .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) ? -errno : 0;
}

static int open_sockets(struct calico *calico, const char *proc_dir)
{
	static const int groups[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE };
	cleanup_close int netns = -1;
	uint32_t inum;
	int on = 1;
	int err = proc_host_netns(proc_dir, &inum);

	/* Where process 1 may not be looked at, our own is as likely the node's as any. */
	if (err && err != -EACCES)
		return err;
	netns = err ? open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)
		    : proc_open_host_netns(proc_dir, inum);
	if (netns < 0)
		return err ? err : netns;
	err = netns_socket_open(netns, &calico->changes);
	if (!err)
		err = netns_socket_open(netns, &calico->routes);
	if (!err)
		err = filter(calico->changes);
	if (err)
		return err;
	/* Kernels that cannot are none the worse: they list all, and we drop the others. */
	(void)setsockopt(calico->routes, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return netns_socket_join(calico->changes, groups, array_size(groups));
}

static void close_calico(void *supplier)
{
	struct calico *calico = supplier;

	if (!calico)
		return;
	close_fd(calico->changes);
	close_fd(calico->routes);
	last_good_clear(&calico->last);
	free(calico);
}
DEFINE_CLEANUP(calico, struct calico *, close_calico)
#define cleanup_calico cleanup(cleanup_calico_fn)

static int open_calico(const struct supplier_config *config, void **out)
{
	static const char task[] = "list the host's routes for blocks of calico";
	const char *proc_dir = config->settings->proc_dir;
	cleanup_calico struct calico *calico = NULL;
	int err;

	if (!proc_dir || !proc_dir[0])
		return 1;
	calico = calloc(1, sizeof(*calico));
	if (!calico)
		return log_err(-ENOMEM, "cannot %s", task);
	calico->changes = calico->routes = -1;
	err = open_sockets(calico, proc_dir);
	if (err)
		return log_err(err, "cannot %s", task);
	calico->last.task = task;
	calico->backoff.most_ns = MOST_S * NS_PER_S;
	calico->is_due = true;
	*out = take_ptr(calico);
	return 0;
}

static int fd(const void *supplier)
{
	const struct calico *calico = supplier;

	return calico->changes;
}

const struct supplier_kind calico_supplier = {
	.name = "calico",
	.open = open_calico,
	.close = close_calico,
	.fd = fd,
	.turn = turn,
	.capacity = last_good_capacity,
	.version = last_good_version,
	.status = last_good_status,
};

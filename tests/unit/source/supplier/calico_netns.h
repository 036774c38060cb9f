/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A netns of the test's own that takes the host's place: DIR/1/ns/net leads there. The
 * test itself is in another one. Needs root; open_calico() skips the test without.
 */
#pragma once

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>

#include "calico_routes.h"
#include "ranges.h"
#include "source/kernel/netns_socket.h"
#include "source/supplier/calico.h"
#include "workdir.h"

static const uint64_t second_ns = 1000000000;

static int host = -1; /* netns; -1 not allowed to make one */
static int changer = -1; /* socket in it */

/* What goes wrong with the answers to the supplier's lists: `count` of them after `skip`. */
static struct {
	unsigned int skip, count;
	int error; /* of recv(), or 0 */
	uint16_t flags; /* that are added to a message */
	unsigned int asked; /* answers so far */
	int changes; /* the other socket, which is left alone */
} fault;

/* In place of libc's: the supplier is linked with this one. */
ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
	ssize_t got = recvfrom(fd, buffer, size, flags, NULL, NULL);

	if (fd == fault.changes || fd == changer || !size)
		return got;
	fault.asked++;
	if (fault.skip) {
		fault.skip--;
	} else if (fault.count) {
		fault.count--;
		if (fault.error) {
			errno = fault.error;
			return -1;
		}
		((struct nlmsghdr *)buffer)->nlmsg_flags |= fault.flags;
	}
	return got;
}

static inline int open_netns(void)
{
	return unshare(CLONE_NEWNET) ? -1 : open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

static inline int enter_netns(void **state)
{
	cleanup_close int own = -1;
	char target[64];

	if (workdir_enter(state))
		return -1;
	memset(&fault, 0, sizeof(fault));
	host = open_netns();
	own = host < 0 ? -1 : open_netns();
	if (own < 0 || netns_socket_open(host, &changer))
		return 0;
	fault.changes = -1;
	make_dir("1");
	make_dir("1/ns");
	snprintf(target, sizeof(target), "/proc/%d/fd/%d", getpid(), host);
	return symlink(target, "1/ns/net");
}

static inline int leave_netns(void **state)
{
	close_fd(take_fd(changer));
	close_fd(take_fd(host));
	return workdir_leave(state);
}

#define netns_test(test) cmocka_unit_test_setup_teardown(test, enter_netns, leave_netns)

static inline void change(uint16_t type, uint16_t flags, const struct route *route)
{
	_Alignas(struct nlmsghdr) char buffer[ROUTE_MESSAGE_MAX] = { 0 };
	struct nlmsghdr *header = put_route(buffer, type, route);
	const struct nlmsgerr *answer;

	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	assert_int_equal(send(changer, header, header->nlmsg_len, 0), header->nlmsg_len);
	assert_true(recv(changer, buffer, sizeof(buffer), 0) > 0);
	answer = mnl_nlmsg_get_payload(header);
	assert_int_equal(answer->error, 0);
}

static inline void add(const struct route *route)
{
	change(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route);
}

static inline void delete (const struct route *route)
{
	change(RTM_DELROUTE, 0, route);
}

static inline void replace(const struct route *route)
{
	change(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route);
}

static inline void *open_calico(void)
{
	const struct supplier_settings settings = { .proc_dir = scratch_directory };
	const struct supplier_config config = { .settings = &settings };
	void *calico = NULL;

	if (changer < 0)
		skip();
	assert_int_equal(calico_supplier.open(&config, &calico), 0);
	assert_non_null(calico);
	fault.changes = calico_supplier.fd(calico);
	return calico;
}

static inline bool is_readable(void *calico)
{
	struct pollfd pollfd = { .fd = calico_supplier.fd(calico), .events = POLLIN };

	return poll(&pollfd, 1, 0) == 1;
}

static inline struct supplier_status status_of(void *calico)
{
	return calico_supplier.status(calico);
}

static const char *known(void *calico)
{
	return ranges_of(calico_supplier.capacity(calico), "calico");
}

/* What it says at that time, when it has nothing left to do. */
static const char *says(void *calico, uint64_t now_ns)
{
	assert_true(calico_supplier.turn(calico, now_ns) == SUPPLIER_NEVER);
	return known(calico);
}

static const struct route block = { .family = AF_INET, .bits = 26, .destination = "10.1.41.128" };
static const struct route other = {
	.family = AF_INET, .bits = 26, .destination = "10.1.7.0", .protocol = RTPROT_BIRD
};
static const struct route block6 = { .family = AF_INET6,
				     .bits = 122,
				     .destination = "fd00:10:244::40" };
#define BLOCK "calico 10.1.41.128/26 node 0 0"
#define OTHER "calico 10.1.7.0/26 node 0 0"
#define BLOCK6 "calico fd00:10:244::40/122 node 0 0"

static inline struct route numbered(unsigned int i)
{
	static char text[IP_TEXT_SIZE];

	snprintf(text, sizeof(text), "10.%u.%u.%u", 20 + i / 1024, i / 4 % 256, i % 4 * 64);
	return (struct route){ .family = AF_INET, .bits = 26, .destination = text };
}

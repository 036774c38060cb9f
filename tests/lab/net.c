// SPDX-License-Identifier: Apache-2.0
#include "net.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>

#define NETNS_DIR "/run/netns"
#define OWN_NETNS "/proc/thread-self/ns/net"

enum { NET_PATH_SIZE = 128 };

struct net {
	struct mnl_socket *requests;
	struct mnl_socket *events; /* hears of IPv6 addresses only */
	int fd;
	uint32_t inum;
	uint32_t seq;
};

int net_socket_open(unsigned int groups, struct mnl_socket **out)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

	if (!socket)
		return -errno;
	if (mnl_socket_bind(socket, groups, MNL_SOCKET_AUTOPID) < 0) {
		int err = -errno;

		mnl_socket_close(socket);
		return err;
	}

	*out = socket;
	return 0;
}

void net_socket_close(struct mnl_socket *socket)
{
	if (socket)
		mnl_socket_close(socket);
}

/* The namespace that the thread is in. */
static int open_own(struct net **out)
{
	cleanup_net struct net *net = calloc(1, sizeof(*net));
	struct stat st;
	int err;

	if (!net)
		return -ENOMEM;

	net->fd = open(OWN_NETNS, O_RDONLY | O_CLOEXEC);
	if (net->fd < 0 || fstat(net->fd, &st) < 0)
		return -errno;
	net->inum = st.st_ino;

	err = net_socket_open(0, &net->requests);
	if (!err)
		err = net_socket_open(RTMGRP_IPV6_IFADDR, &net->events);
	if (!err)
		*out = take_ptr(net);
	return err;
}

void net_close(struct net *net)
{
	if (!net)
		return;
	net_socket_close(net->events);
	net_socket_close(net->requests);
	close_fd(net->fd);
	free(net);
}

uint32_t net_inum(const struct net *net)
{
	return net->inum;
}

int net_fd(const struct net *net)
{
	return net->fd;
}

int net_setup(void)
{
	if (mkdir(NETNS_DIR, 0755) < 0 && errno != EEXIST)
		return -errno;
	if (mount("", NETNS_DIR, "none", MS_SHARED | MS_REC, NULL) == 0)
		return 0;
	/* EINVAL: a plain directory, which cannot be shared before it is a mount. */
	if (errno != EINVAL || mount(NETNS_DIR, NETNS_DIR, "none", MS_BIND | MS_REC, NULL) < 0 ||
	    mount("", NETNS_DIR, "none", MS_SHARED | MS_REC, NULL) < 0)
		return -errno;
	return 0;
}

int net_open(const char *path, struct net **out)
{
	cleanup_close int home = open(OWN_NETNS, O_RDONLY | O_CLOEXEC);
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	cleanup_net struct net *net = NULL;
	int err;

	if (home < 0 || fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		return -errno;

	err = open_own(&net);
	if (setns(home, CLONE_NEWNET) < 0)
		err = -errno;
	if (!err)
		*out = take_ptr(net);
	return err;
}

/* Leaves the thread in the new namespace. */
static int unshare_as(const char *path, struct net **out)
{
	if (unshare(CLONE_NEWNET) < 0 || mount(OWN_NETNS, path, "none", MS_BIND, NULL) < 0)
		return -errno;
	return open_own(out);
}

int net_create(const char *name, struct net **out)
{
	cleanup_close int home = open(OWN_NETNS, O_RDONLY | O_CLOEXEC);
	cleanup_close int file = -1;
	cleanup_net struct net *net = NULL;
	char path[NET_PATH_SIZE];
	int err;

	snprintf(path, sizeof(path), NETNS_DIR "/%s", name);
	file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	if (home < 0 || file < 0)
		return -errno;

	err = unshare_as(path, &net);
	if (setns(home, CLONE_NEWNET) < 0)
		err = -errno;
	if (err) {
		net_delete(name);
		return err;
	}

	*out = take_ptr(net);
	return 0;
}

int net_delete(const char *name)
{
	char path[NET_PATH_SIZE];

	snprintf(path, sizeof(path), NETNS_DIR "/%s", name);
	/* Fails on a name that never got its mount, which has to go all the same. */
	umount2(path, MNT_DETACH);
	return unlink(path) < 0 ? -errno : 0;
}

int net_sysctl(const struct net *net, const char *key, const char *value)
{
	cleanup_close int home = open(OWN_NETNS, O_RDONLY | O_CLOEXEC);
	cleanup_close int fd = -1;
	char path[NET_PATH_SIZE];
	int err = 0;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", key);
	if (home < 0 || setns(net->fd, CLONE_NEWNET) < 0)
		return -errno;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		err = -errno;
	if (setns(home, CLONE_NEWNET) < 0)
		err = -errno;
	return err;
}

/* Take what has come and drop it; of a dump, also what the kernel has not sent yet. */
static void drain(struct mnl_socket *socket)
{
	char message[1];

	/* ENOBUFS says that some were lost already, and comes once. */
	while (recv(mnl_socket_get_fd(socket), message, sizeof(message), MSG_DONTWAIT) >= 0 ||
	       errno == ENOBUFS)
		;
}

static int receive(struct mnl_socket *socket, unsigned int seq, net_reply_fn fn, void *ctx)
{
	unsigned int port = mnl_socket_get_portid(socket);
	char reply[NET_REPLY_SIZE];
	int more = MNL_CB_OK;

	while (more > MNL_CB_STOP) {
		ssize_t len = mnl_socket_recvfrom(socket, reply, sizeof(reply));

		if (len < 0)
			return -errno;
		more = mnl_cb_run(reply, len, seq, port, fn, ctx);
	}
	return more < 0 ? -errno : 0;
}

int net_socket_talk(struct mnl_socket *socket, struct nlmsghdr *request, net_reply_fn fn, void *ctx)
{
	int err;

	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;

	err = receive(socket, request->nlmsg_seq, fn, ctx);
	if (err)
		drain(socket);
	return err;
}

int net_talk(struct net *net, struct nlmsghdr *request, net_reply_fn fn, void *ctx)
{
	request->nlmsg_seq = ++net->seq;
	return net_socket_talk(net->requests, request, fn, ctx);
}

void net_forget(struct net *net)
{
	drain(net->events);
}

static int left_ms(const struct timespec *deadline)
{
	struct timespec now;
	int64_t left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left = (deadline->tv_sec - now.tv_sec) * 1000 + (deadline->tv_nsec - now.tv_nsec) / 1000000;
	return left > 0 ? left : 0;
}

int net_hear(struct net *net, int timeout_ms, net_reply_fn fn, void *ctx)
{
	struct pollfd ready = { .fd = mnl_socket_get_fd(net->events), .events = POLLIN };
	struct timespec deadline;
	char heard[NET_REPLY_SIZE];
	int more = MNL_CB_OK;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += timeout_ms / 1000;
	deadline.tv_nsec += timeout_ms % 1000 * 1000000L;

	while (more > MNL_CB_STOP) {
		int n = poll(&ready, 1, left_ms(&deadline));
		ssize_t len;

		if (n <= 0)
			return n < 0 ? -errno : -ETIMEDOUT;
		len = mnl_socket_recvfrom(net->events, heard, sizeof(heard));
		if (len < 0)
			return -errno;
		more = mnl_cb_run(heard, len, 0, 0, fn, ctx);
	}
	return more < 0 ? -errno : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network namespaces for the tests, and a way to speak rtnetlink in them. A
 * struct net is a pair of sockets that live inside one namespace: whoever holds
 * it works there without entering it again, and keeps that namespace alive. No
 * process in between, so that a workload costs what the kernel costs.
 *
 * All functions return 0 or -errno, the kernel's own where it refused.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"

struct mnl_socket;
struct nlmsghdr;
struct net;

enum { NET_REQUEST_SIZE = 512, NET_REPLY_SIZE = 32768 };

/* Once per program: make /run/netns what iproute2 makes it, a shared mount. */
int net_setup(void);
/* By any path that names a namespace: /proc/self/ns/net, /run/netns/NAME. */
int net_open(const char *path, struct net **out);
/* As `ip netns add NAME`; the calling thread stays in the namespace it is in. */
int net_create(const char *name, struct net **out);
void net_close(struct net *net);
DEFINE_CLEANUP(net, struct net *, net_close)
#define cleanup_net cleanup(cleanup_net_fn)
/* As `ip netns del NAME`: the kernel frees it some time after the last struct net is closed. */
int net_delete(const char *name);

uint32_t net_inum(const struct net *net);
int net_fd(const struct net *net); /* the namespace, for IFLA_NET_NS_FD; borrowed */
/* Write to /proc/sys/net/`key` as that namespace sees it. */
int net_sysctl(const struct net *net, const char *key, const char *value);

typedef int (*net_reply_fn)(const struct nlmsghdr *reply, void *ctx); /* as libmnl's mnl_cb_t */

/* Send, and hand each answer up to the acknowledgement or the end of a dump to `fn` or NULL. */
int net_talk(struct net *net, struct nlmsghdr *request, net_reply_fn fn, void *ctx);
/* Forget what was heard of IPv6 addresses so far. */
void net_forget(struct net *net);
/*
 * Hand what is heard of IPv6 addresses to `fn`, waiting for it, until `fn`
 * answers MNL_CB_STOP. -ETIMEDOUT; -errno of an `fn` that answered MNL_CB_ERROR.
 */
int net_hear(struct net *net, int timeout_ms, net_reply_fn fn, void *ctx);

/* The same on a bare socket, where the thread is. The caller numbers its requests. */
int net_socket_open(unsigned int groups, struct mnl_socket **out);
void net_socket_close(struct mnl_socket *socket);
DEFINE_CLEANUP(net_socket, struct mnl_socket *, net_socket_close)
#define cleanup_net_socket cleanup(cleanup_net_socket_fn)
int net_socket_talk(struct mnl_socket *socket, struct nlmsghdr *request, net_reply_fn fn,
		    void *ctx);

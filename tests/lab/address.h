/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses of links, by rtnetlink. All functions return 0 or -errno, the
 * kernel's own where it refused; -EINVAL for a text that is no address.
 */
#pragma once

#include <stdint.h>

struct net;

enum { ADDRESS_TEXT_SIZE = 50 };

struct address {
	const char *text; /* "10.9.0.5/24" */
	uint32_t ifindex;
	uint32_t flags; /* IFA_F_* */
	uint32_t valid_s; /* lifetime; 0 is for ever */
};

int address_add(struct net *net, const struct address *address);
int address_replace(struct net *net, const struct address *address);
int address_delete(struct net *net, const struct address *address);
/*
 * Wait until the address added last is usable: for IPv6 a worker of the kernel
 * makes it so, even without duplicate address detection. -EADDRINUSE when a
 * neighbour has it already, -ETIMEDOUT.
 */
int address_wait(struct net *net, const struct address *address, int timeout_ms);

struct address_seen {
	char text[ADDRESS_TEXT_SIZE]; /* canonical */
	uint32_t ifindex;
	uint32_t flags;
};

/* Every address in the namespace. A negative answer of `fn` ends the listing and is returned. */
int address_each(struct net *net, int (*fn)(void *ctx, const struct address_seen *seen), void *ctx);

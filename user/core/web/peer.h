/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Peer: whom connections are counted by. Of IPv6 it is the /64, whose addresses one
 * host can often take all by itself; where nodes share one (EKS, GCE), they share its
 * part, too, and are told apart within it. Pure.
 */
#pragma once

#include <stdbool.h>

#include "core/base/addr.h"

struct peer {
	struct ip net; /* whose part it has */
	struct ip host; /* its own address */
	bool is_near; /* this node itself: loopback, or the address that was asked */
};

bool peer_is_loopback(const struct ip *ip);
/* Of a connection's two ends. */
struct peer peer_of(const struct ip *theirs, const struct ip *ours);
/* Of a unix socket. */
struct peer peer_local(void);
/* Do they share a part? */
bool peer_is_same(const struct peer *a, const struct peer *b);
/* Are they one host? */
bool peer_is_host(const struct peer *a, const struct peer *b);

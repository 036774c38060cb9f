// SPDX-License-Identifier: Apache-2.0
#include "core/web/peer.h"

enum { HOST_BITS_AT = 64, ALL_BITS = 128 };

static const struct ip loopback = { .bytes = { [15] = 1 } };

bool peer_is_loopback(const struct ip *ip)
{
	return ip_is_v4(ip) ? ip->bytes[12] == 127 : ip_compare(ip, &loopback) == 0;
}

struct peer peer_of(const struct ip *theirs, const struct ip *ours)
{
	/* 127.0.0.0/8 has many addresses for one host. */
	if (peer_is_loopback(theirs))
		return peer_local();
	return (struct peer){
		.net = prefix_of(theirs, ip_is_v4(theirs) ? ALL_BITS : HOST_BITS_AT).base,
		.host = *theirs,
		.is_near = ip_compare(theirs, ours) == 0,
	};
}

struct peer peer_local(void)
{
	return (struct peer){ .net = loopback, .host = loopback, .is_near = true };
}

bool peer_is_same(const struct peer *a, const struct peer *b)
{
	return a->is_near == b->is_near && ip_compare(&a->net, &b->net) == 0;
}

bool peer_is_host(const struct peer *a, const struct peer *b)
{
	return a->is_near == b->is_near && ip_compare(&a->host, &b->host) == 0;
}

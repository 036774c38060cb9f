/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the walker is measured against: the two ways that rtnetlink has to list
 * the addresses of all named namespaces and of the one the program is in. Each
 * gives the same set, in its own order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

struct peer_addr {
	uint32_t netns; /* inode */
	uint32_t ifindex;
	uint8_t family;
	uint8_t prefix_len;
	uint8_t pad[2]; /* zero, so that the whole compares as bytes */
	uint8_t addr[16]; /* IPv4 is v4-mapped */
};

_Static_assert(sizeof(struct peer_addr) == 28, "peer_addr grew or gained padding");

struct peers;

enum peer_kind {
	PEER_SETNS, /* enter each namespace and ask there */
	PEER_NETNSID, /* ask from outside by IFA_TARGET_NETNSID; ids are known beforehand */
	PEER_KIND_COUNT,
};

/* Gives each namespace that has none an id: PEER_NETNSID knows those named at this time. */
int peers_open(struct peers **out);
void peers_close(struct peers *peers);
DEFINE_CLEANUP(peers, struct peers *, peers_close)
#define cleanup_peers cleanup(cleanup_peers_fn)

/* Borrowed: for output. */
const char *peer_name(enum peer_kind kind);
/* -ENOSPC when there are more than `max`: addrs is undefined then, *out_count untouched. */
int peers_list(struct peers *peers, enum peer_kind kind, size_t max, struct peer_addr *addrs,
	       size_t *out_count);

void peer_addrs_sort(struct peer_addr *addrs, size_t count);
/* Both sorted: the same set? */
bool peer_addrs_equal(const struct peer_addr *a, size_t a_count, const struct peer_addr *b,
		      size_t b_count);

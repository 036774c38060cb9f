/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ENIs: the network interfaces of an AWS node, the addresses and prefixes that EC2
 * has attached to them, and what the CNI's IPAM does with each. A subnet pays for
 * all that is attached, used or not. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/base/addr.h"

enum {
	ENI_ID_SIZE = 32, /* eni-0123456789abcdef0, subnet-..., vpc-... */
	ENIS_MAX = 128, /* 8 cards of 15 are the most today */
	ENI_BLOCKS_MAX = 8192,
	ENI_ADDRESSES_MAX = 16384,
};

#define ENI_NONE UINT32_MAX /* the ENI of an address whose ENI nobody knows */

/* ipamd's IP_COOLDOWN_PERIOD: a released address is not given out again for so long. */
#define ENI_COOLDOWN_NS (30LL * 1000000000)

struct eni {
	char id[ENI_ID_SIZE];
	char subnet_id[ENI_ID_SIZE]; /* "" not known */
	struct prefix subnet; /* IPv4 CIDR; valid when has_subnet */
	struct ip primary; /* its own address, never a pod's; valid when has_primary */
	uint32_t device, card; /* device number, network card */
	bool has_subnet, has_primary;
	bool is_primary; /* the node's first one */
	bool is_trunk, is_efa;
	bool is_excluded; /* gives no address to pods */
};

/* text is an id: [a-z0-9-], and not empty. -EINVAL leaves out alone. */
int eni_id_parse(const char *text, char out[static ENI_ID_SIZE]);

/* What is attached: one secondary address (a whole-length prefix), or a prefix of 16 (IPv4 /28)
 * or more (IPv6 /80). */
struct eni_block {
	struct prefix cidr;
	uint32_t eni; /* index in enis[] */
	bool is_prefix;
};

/* An address inside a block that the IPAM has touched. */
struct eni_address {
	struct ip ip;
	uint32_t eni; /* index, or ENI_NONE */
	bool is_assigned;
	int64_t unassigned_ns; /* since the epoch; 0: never released */
};

/* Owned arrays; zero is empty. */
struct enis {
	struct eni *enis;
	struct eni_block *blocks;
	struct eni_address *addresses;
	size_t eni_count, block_count, address_count;
	bool has_addresses; /* the source knows what is assigned; else only what is attached */
	uint64_t dropped; /* past the bounds above */
};

/* Append a copy. The index of the new ENI, 0, -ENOMEM; -ENOSPC past the bound (counted). */
int enis_add(struct enis *enis, const struct eni *eni);
int enis_add_block(struct enis *enis, const struct eni_block *block);
int enis_add_address(struct enis *enis, const struct eni_address *address);
/* Borrowed; NULL: it has no ENI of this id. */
struct eni *enis_find(const struct enis *enis, const char *id);
void enis_clear(struct enis *enis);
static inline void cleanup_enis_fn(struct enis *enis)
{
	enis_clear(enis);
}
#define cleanup_enis cleanup(cleanup_enis_fn)
bool enis_is_equal(const struct enis *a, const struct enis *b);

/* A copy of the blocks, by CIDR; NULL: no memory. The caller owns it. */
struct eni_block *enis_sort_blocks(const struct enis *enis);
/* The one that holds ip, of `count` sorted ones that do not overlap; NULL none does. */
const struct eni_block *enis_find_block(const struct eni_block *sorted, size_t count,
					const struct ip *ip);

/* One view of what ipamd says (assigned, cooldown, blocks) and of what the metadata service says
 * (primary addresses, subnets), joined by the ENI's id. An ENI that only one of them has is in it,
 * too; of blocks those of `ipamd` are taken for an ENI that it knows. Where ipamd lists some, one
 * that it does not list is excluded. An address of ENI_NONE is of the ENI whose block holds it.
 * Either may be empty. -ENOMEM. The caller owns *out. */
int enis_join(const struct enis *ipamd, const struct enis *imds, struct enis *out);

/* Sums in addresses. FIELD: a node takes from a subnet, for each ENI, 1 primary + its secondary
 * addresses (or 16 a prefix), used or not. */
struct eni_sums {
	double attached; /* primary addresses included */
	double assigned; /* has an owner, says the IPAM */
	double cooldown; /* released less than ENI_COOLDOWN_NS ago */
	double warm; /* free for the next pod: attached - primary - assigned - cooldown, excluded
			ENIs left out; never negative. Says something with has_addresses alone. */
};
/* Of what lies in cidr (NULL: all of IPv4), of one family; now_ns since the epoch. An ENI's primary
 * address counts where it is known to lie, else in its subnet, else where its first IPv4 block
 * lies.
 */
struct eni_sums enis_sum(const struct enis *enis, const struct prefix *cidr, int64_t now_ns);
/* Of one ENI, IPv4 alone. */
struct eni_sums enis_sum_eni(const struct enis *enis, size_t eni, int64_t now_ns);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Uses: how many namespaces hold each address, and when the last of them let go
 * of it. Released addresses are remembered up to a bound, the oldest go first. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "core/base/addr.h"

enum { USES_REMEMBERED_MAX = 8192 };

struct use {
	struct ip ip;
	uint32_t holders; /* 0: remembered */
	uint64_t released_ns;
	char *released_by; /* pod that released it last; NULL not known */
	struct use *prev, *next; /* of the remembered, first released first */
	UT_hash_handle hh;
};

struct uses {
	struct use *all; /* go on with ->hh.next */
	struct use *remembered;
	uint32_t remembered_count;
};

/* What is known of an address's last use. */
struct use_past {
	uint64_t reuse_ns; /* since the last release; 0 not known */
	const char *pod; /* that released it; NULL not known; borrowed until the next release */
};

/* One more holder. True when it is the first one; -ENOMEM. */
int uses_hold(struct uses *uses, const struct ip *ip, uint64_t now_ns, struct use_past *out);
/* One holder less; pod (NULL: not known) is remembered, unless memory is short. True when it was
 * the last one. */
bool uses_release(struct uses *uses, const struct ip *ip, uint64_t now_ns, const char *pod);
/* Addresses that are held now. */
uint32_t uses_held(const struct uses *uses);
void uses_clear(struct uses *uses);

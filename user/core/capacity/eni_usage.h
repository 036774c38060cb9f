/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ENI usage: how each ENI's addresses are used, by the IPAM's word and by the
 * kernel's. Pure.
 */
#pragma once

#include "core/capacity/account.h"
#include "core/capacity/eni_table.h"
#include "core/capacity/enis.h"

struct eni_usage { /* IPv4 */
	struct eni_sums sums;
	double used; /* addresses of its blocks that the kernel has in pods */
};

/* One for each ENI; now_ns since the epoch. O((addresses + blocks) * log(blocks)). -ENOMEM. The
 * caller owns *out, NULL when there are no ENIs. */
int eni_usage_new(const struct enis *enis, const struct account *account, int64_t now_ns,
		  struct eni_usage **out);

/* IPv4 addresses for pods that an instance of the type can hold: E*(I-1), times 16 where the ENIs
 * have prefixes. Source: FIELD, max pods without the two of the host's network. */
double eni_usage_max(const struct enis *enis, const struct eni_type *type);

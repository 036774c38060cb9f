/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ipamd of the AWS VPC CNI says at /v1/enis, of every version since 1.0: ENIs,
 * what is attached to each, and which of these addresses it has given out. Text in,
 * struct enis out; nothing else is touched.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/capacity/enis.h"

struct ipamd_report {
	struct enis enis; /* owned; has_addresses */
	uint64_t errors; /* parts that were not understood and left out */
	const char *error; /* what the first of them was, a literal; NULL none */
	uint64_t bad_blocks; /* those of them that were, or had, blocks */
};

/* now_ns since the epoch: an address cannot have been released after it, and counts as never
 * released then. -EBADMSG not JSON, -E2BIG too much of it, -ENODATA not one ENI in it, -ENOMEM.
 * The caller owns out->enis. */
int ipamd_parse(const char *text, size_t size, int64_t now_ns, struct ipamd_report *out);

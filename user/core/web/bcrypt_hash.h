/* SPDX-License-Identifier: Apache-2.0 */
/* What a hash of bcrypt looks like: "$2y$10$..." of 60 characters. Pure. */
#pragma once

enum { BCRYPT_COST_MIN = 4, BCRYPT_COST_MAX = 31 };

/* Its cost: 2^cost rounds. -EINVAL: not a hash of $2a$, $2b$ or $2y$. */
int bcrypt_hash_cost(const char *hash, unsigned int *out);

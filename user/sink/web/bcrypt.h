/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

/* Is it the password of the hash, of bcrypt? Takes long on purpose. -ENOMEM: it cannot be told. */
int bcrypt_judge(const char *password, const char *hash, bool *out_is_good);

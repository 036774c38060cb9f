/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sizes as people write them: "64M", "1G", "300000". Pure.
 */
#pragma once

#include <stdint.h>

/* Digits, then nothing or one of K M G T, of 1024 each, and perhaps "i" or "iB". -EINVAL anything
 * else, and what 63 bits do not hold. */
int byte_size_parse(const char *text, uint64_t *out_bytes);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moments as people write them. Pure.
 */
#pragma once

#include <stdint.h>

/* For "'x' is not ...". */
#define WHEN_EXPECTED "a time such as 15m, 14:00, 2006-01-02 or 2006-01-02T15:04:05Z"

/* Of the forms
 *   now
 *   15m, 2h30m, 1d, -15m: as long before now (core/base/duration.h)
 *   14:00, 14:00:05: the last time that it was so
 *   2006-01-02: as that day begins
 *   2006-01-02 15:04[:05[.123456789]][Z|+01:00]: RFC 3339 and what may be left out of it; with 'T'
 *   or a blank between. Without an offset it is UTC; decimals past the ninth are cut.
 * Nanoseconds since the epoch, as now_ns. -EINVAL: none of them, or past what 64 bits hold. */
int when_parse(const char *text, int64_t now_ns, int64_t *out_ns);

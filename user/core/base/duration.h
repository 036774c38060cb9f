/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durations as people write them: "1m30s", "1.5h", "250ms". Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { DURATION_TEXT_SIZE = 24 };

#define DURATION_MAX_NS (10ULL * 365 * 24 * 3600 * 1000000000)

/* One or more terms of digits, a fraction perhaps, and a unit: ns us ms s m h d. Rounded to a
 * nanosecond. -EINVAL anything else, and more than DURATION_MAX_NS. */
int duration_parse(const char *text, uint64_t *out_ns);
/* In its two largest units, cut: "2d3h", "3h20m", "4m10s", "45s", "300ms"; a second unit of 0 is
 * left out. */
void duration_format(uint64_t ns, char out[static DURATION_TEXT_SIZE]);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture of a range, as HTML: up to 256 cells are elements with the last part of
 * their address, more are runs in an SVG. Pure.
 */
#pragma once

#include <stdio.h>

#include "core/page/range_map.h"

/* What pictures of runs are hatched with: once in a page. */
void page_map_patterns(FILE *out);
/* Its picture with cells_max cells at most, and the legend with its counts. -ENOMEM: what was
 * written may end anywhere. */
int page_map_write(const struct range *range, const struct range_marks *marks, size_t cells_max,
		   FILE *out);

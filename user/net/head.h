/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Head: the header lines of an answer, of which one is kept. libcurl bounds the size
 * of a line but not their number, and does not mind when they are cut off.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	HEAD_MAX = 64 << 10, /* bytes of all lines */
	HEAD_ETAG_SIZE = 64,
};

struct head {
	size_t size; /* bytes so far */
	bool is_whole; /* the empty line behind them came */
	char etag[HEAD_ETAG_SIZE]; /* "" none, longer than fits, or not visible ASCII alone */
};

/* A line, with its end. Of several answers in a row, as after one of status 100, the last counts,
 * but the bound is for all. -EFBIG past HEAD_MAX. */
int head_add(struct head *head, const char *line, size_t size);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page of a node, for a browser: what the terminal shows, as HTML that needs no
 * script, no style and nobody else to be read. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct range_marks;
struct range_table;
struct record;
struct status;

enum {
	PAGE_RANGES_MAX = 64, /* the fullest; the others are in /metrics */
	PAGE_CELLS_MAX = 64 * 1024, /* of all pictures together */
};

/* Everything is borrowed for the call. */
struct page_input {
	const struct status *status;
	const struct range_table *ranges;
	const struct range_marks *marks;
	const struct record *events; /* in the order of the log */
	size_t event_count;
	bool shows_pods; /* whose an address is may be told to everybody who can ask */
};

/* -ENOMEM; what was written then may end anywhere. */
int page_write(const struct page_input *input, FILE *out);

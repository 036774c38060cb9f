/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a status on a terminal: what came from elsewhere is escaped, and fits in
 * so many columns, a character being one.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "core/duration.h"

/* '~' at the end of what is cut. */
void status_put_text(FILE *out, const char *text, size_t width);
/* The same, filled up to width, and a blank. */
void status_put_cell(FILE *out, const char *text, size_t width);
/* Whole words, in as many lines as it takes; nothing of "". */
void status_put_wrapped(FILE *out, const char *text, size_t width);

/* In whole seconds; "-" of what is not known, at most ten years. */
void status_duration(double seconds, char out[static DURATION_TEXT_SIZE]);

/* "a, b, c"; what does not fit is left out. Zero at birth. */
struct status_list {
	char text[1024];
	size_t used, count;
};
void __attribute__((format(printf, 2, 3)))
status_list_add(struct status_list *list, const char *fmt, ...);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a status on a terminal: what came from elsewhere is escaped, and fits in
 * so many columns, a character being one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/base/color.h"
#include "core/base/duration.h"
#include "core/status/status.h"

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

bool status_is_some(double number); /* what is not known is none */
const char *status_plural(double count);

enum { STATUS_CELL_SIZE = 32, STATUS_USED_SIZE = 2 * STATUS_CELL_SIZE };

/* Numbers of a range; "-" of what is not known. */
struct status_cells {
	char used[STATUS_USED_SIZE]; /* "5/29" */
	char percent[STATUS_CELL_SIZE];
	char time[STATUS_CELL_SIZE]; /* until it is full; "2h?": less likely than not */
	char rate[STATUS_CELL_SIZE]; /* addresses assigned: "3/m" */
};

void status_cells_of(const struct status_range *range, double per_s, struct status_cells *out);
void status_format_count(double count, char out[static STATUS_CELL_SIZE]);
/* "###......."; blank of what is not known. out has room for width and its end. */
void status_bar(double utilization, unsigned int width, char *out);
/* Green, yellow from the alert's threshold on, red when it is full. */
enum tint status_range_tint(const struct status_range *range);
const char *status_range_cidr(const struct status_range *range); /* or its family */

/* What is wrong, an item each; nothing when nothing is. */
void status_list_waiting(const struct status *status, struct status_list *list);
void status_list_failures(const struct status *status, struct status_list *list);
void status_list_alerts(const struct status *status, struct status_list *list);
void status_list_sources(const struct status *status, struct status_list *list);
void status_list_leaks(const struct status *status, struct status_list *list);
void status_list_losses(const struct status *status, struct status_list *list);

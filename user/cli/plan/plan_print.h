/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How planners print: numbers up to 2^128, and bars where somebody looks at them.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

enum { PLAN_COUNT_SIZE = 32 };

/* Bars on a terminal, plain when piped; NO_COLOR (https://no-color.org) leaves them without colour.
 */
struct plan_style {
	bool has_bars, has_color;
};

struct plan_style plan_style(void);

/* " [####oo....]": used, and taken beside that, of all; nothing where bars are off. */
void plan_bar(struct plan_style style, double used, double taken, double all);

/* "65536"; from 2^53 on, where not each number can be told from the next, "2^64" or
 * "about 1.2e+20".
 */
const char *plan_count(double count, char out[static PLAN_COUNT_SIZE]);
/* An integer below 2^53, a real from there. */
json_t *plan_count_json(double count);
const char *plan_plural(double count); /* "s", or "" for one */

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML: texts and numbers in a page. What stands in a text stays text, whoever wrote
 * it. Pure.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

/* text as the content of an element or of an attribute in quotes. Control bytes, and characters
 * that turn the direction of writing, as \xNN, TEXT_REPLACEMENT for what is not UTF-8. */
void html_text(FILE *out, const char *text);
/* "1,024", "2^64", "1.5e+20"; "?" of NAN. */
void html_count(FILE *out, double count);
/* "2d3h" as duration_format() has it; "?" of what is no duration. */
void html_seconds(FILE *out, double seconds);
/* <time> with the time of day in UTC, to the second. */
void html_time(FILE *out, int64_t wall_ns);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text forms that the outputs share: UTF-8 and time. Pure.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, for each byte that is not UTF-8 */

enum { TEXT_TIME_SIZE = 31 };

/* Bytes of the well-formed UTF-8 character that text starts with, 1 to 4; 0 if it starts with none.
 * Never looks past a NUL. Source: Unicode 15, table 3-7. */
size_t text_char_size(const char *text);
/* Does it begin with what a terminal obeys: one of ASCII's controls, or of C1's, which UTF-8 spells
 * in two bytes? */
bool text_is_control(const char *text);

/* text as a JSON string, with TEXT_REPLACEMENT for what is not UTF-8. NULL: out of memory. */
json_t *text_to_json(const char *text);

/* Copies text into out, cut to fit size, which is not 0. */
void text_copy(char *out, size_t size, const char *text);

/* text as one line for a terminal: control bytes, C1 ones too, as \xNN, TEXT_REPLACEMENT for what
 * is not UTF-8. Cut at whole characters to fit size, at least 5. */
void text_to_line(const char *text, char *out, size_t size);

/* "2006-01-02T15:04:05.000000000Z": RFC 3339 in UTC, always with nine decimals. */
void text_time(int64_t wall_ns, char out[static TEXT_TIME_SIZE]);
/* Reads what text_time() writes and nothing else: -EINVAL. */
int text_time_parse(const char *text, int64_t *out_wall_ns);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a command writes in colour, and the codes for it.
 */
#pragma once

#include <stdbool.h>

#include "cli/option/option_row.h"

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum tint { TINT_RED, TINT_YELLOW, TINT_GREEN, TINT_CYAN, TINT_BOLD, TINT_DIM, TINT_COUNT };

/* The option of a command: FIELD is of type enum color_when. */
#define COLOR_ROW(type, field)                                                   \
	{                                                                        \
		.flag = "color", .arg = "auto|always|never", .fallback = "auto", \
		.help = "colours; auto: on a terminal, unless $NO_COLOR is set", \
		.expected = "auto, always or never", .parse = color_parse,       \
		.offset = offsetof(type, field),                                 \
	}

/* enum color_when; -EINVAL. */
int color_parse(const char *text, void *field);
/* auto: fd is a terminal that knows colours, and NO_COLOR is not set (no-color.org). */
bool color_is_on(enum color_when when, int fd);
/* What to write before a text and behind it; "" when it is not on. */
const char *color_start(bool is_on, enum tint color);
const char *color_end(bool is_on);

// SPDX-License-Identifier: Apache-2.0
#include "cli/base/color.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"

static const char *const codes[] = {
	[TINT_RED] = "\033[31m",  [TINT_YELLOW] = "\033[33m", [TINT_GREEN] = "\033[32m",
	[TINT_CYAN] = "\033[36m", [TINT_BOLD] = "\033[1m",    [TINT_DIM] = "\033[2m",
};

_Static_assert(array_size(codes) == TINT_COUNT, "a colour lacks its code");

int color_parse(const char *text, void *field)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"
	};

	for (size_t i = 0; i < array_size(names); i++) {
		if (strcmp(text, names[i]) == 0) {
			*(enum color_when *)field = (enum color_when)i;
			return 0;
		}
	}
	return -EINVAL;
}

bool color_is_on(enum color_when when, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	return !(no_color && *no_color) && terminal && strcmp(terminal, "dumb") != 0 && isatty(fd);
}

const char *color_start(bool is_on, enum tint color)
{
	return is_on ? codes[color] : "";
}

const char *color_end(bool is_on)
{
	return is_on ? "\033[0m" : "";
}

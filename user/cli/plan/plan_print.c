// SPDX-License-Identifier: Apache-2.0
#include "cli/plan/plan_print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXACT_MAX 9007199254740992.0 /* 2^53 */
#define SHARE_HIGH 0.8

enum { BAR_WIDTH = 12 };

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

struct plan_style plan_style(void)
{
	const char *terminal = getenv("TERM");
	bool is_terminal = isatty(STDOUT_FILENO);
	bool is_dumb = !terminal || !strcmp(terminal, "dumb");

	return (struct plan_style){ .has_bars = is_terminal,
				    .has_color = is_terminal && !is_dumb && !is_set("NO_COLOR") };
}

static const char *color(double share)
{
	if (share >= 1)
		return "\x1b[31m";
	return share >= SHARE_HIGH ? "\x1b[33m" : "\x1b[32m";
}

/* What is not nothing shows, and what is not all shows that. */
static int cells(double part, double all)
{
	double share = all > 0 ? part / all : 1;
	int count = (int)floor(fmin(share, 1) * BAR_WIDTH);

	return count ? count : share > 0;
}

void plan_bar(struct plan_style style, double used, double taken, double all)
{
	int full = cells(used, all), some = cells(used + taken, all);

	if (!style.has_bars)
		return;
	fputs(" [", stdout);
	if (style.has_color)
		fputs(color(all > 0 ? (used + taken) / all : 1), stdout);
	for (int i = 0; i < BAR_WIDTH; i++)
		putchar(i < full ? '#' : i < some ? 'o' : '.');
	fputs(style.has_color ? "\x1b[0m]" : "]", stdout);
}

const char *plan_count(double count, char out[static PLAN_COUNT_SIZE])
{
	int exponent;

	if (count < EXACT_MAX)
		snprintf(out, PLAN_COUNT_SIZE, "%.0f", count);
	else if (frexp(count, &exponent) == 0.5)
		snprintf(out, PLAN_COUNT_SIZE, "2^%d", exponent - 1);
	else
		snprintf(out, PLAN_COUNT_SIZE, "about %.3g", count);
	return out;
}

json_t *plan_count_json(double count)
{
	return count < EXACT_MAX ? json_integer((json_int_t)count) : json_real(count);
}

const char *plan_plural(double count)
{
	return count == 1 ? "" : "s";
}

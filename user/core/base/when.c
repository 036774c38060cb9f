// SPDX-License-Identifier: Apache-2.0
/*
 * A date is first completed to the form that text_time_parse() reads, which knows the
 * calendar; its offset is taken off the result.
 */
#include "core/base/when.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/duration.h"
#include "core/base/text.h"

#define NS_PER_S 1000000000LL
#define DAY_NS (86400 * NS_PER_S)

/* Where the parts of "2006-01-02T15:04:05.000000000Z" begin. */
enum { AT_CLOCK = 11, AT_SECOND = 16, AT_FRACTION = 20, AT_ZONE = 29 };

static const char midnight[] = "0000-00-00T00:00:00.000000000Z";

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Copies what has the form of midnight[begin..end) to there, and moves past it. */
static int take_form(const char **text, char *out, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++) {
		char c = **text;

		if (midnight[i] == '0' ? !is_digit(c) : c != midnight[i])
			return -EINVAL;
		out[i] = c;
		++*text;
	}
	return 0;
}

static int take_fraction(const char **text, char *out)
{
	size_t at = AT_FRACTION;

	if (**text != '.')
		return 0;
	++*text;
	if (!is_digit(**text))
		return -EINVAL;
	for (; is_digit(**text); ++*text)
		if (at < AT_ZONE)
			out[at++] = **text;
	return 0;
}

/* "15:04", "15:04:05", "15:04:05.123". */
static int take_clock(const char **text, char *out)
{
	if (take_form(text, out, AT_CLOCK, AT_SECOND))
		return -EINVAL;
	if (**text != ':')
		return 0;
	return take_form(text, out, AT_SECOND, AT_FRACTION - 1) ? -EINVAL
								: take_fraction(text, out);
}

/* "", "Z", "+01:00": the rest of a time. */
static int read_zone(const char *text, int64_t *out_ns)
{
	char clock[sizeof(midnight)];
	int64_t minutes;

	*out_ns = 0;
	if (!*text || !strcmp(text, "Z") || !strcmp(text, "z"))
		return 0;
	if (*text != '+' && *text != '-')
		return -EINVAL;
	minutes = *text++ == '-' ? -1 : 1;
	if (take_form(&text, clock, AT_CLOCK, AT_SECOND) || *text || clock[AT_CLOCK] > '2' ||
	    clock[AT_CLOCK + 3] > '5')
		return -EINVAL;
	minutes *= ((clock[AT_CLOCK] - '0') * 10 + clock[AT_CLOCK + 1] - '0') * 60 +
		   (clock[AT_CLOCK + 3] - '0') * 10 + clock[AT_CLOCK + 4] - '0';
	*out_ns = minutes * 60 * NS_PER_S;
	return 0;
}

static int read_date(const char *text, int64_t *out_ns)
{
	char whole[sizeof(midnight)];
	int64_t zone_ns = 0, ns;

	memcpy(whole, midnight, sizeof(whole));
	if (take_form(&text, whole, 0, AT_CLOCK - 1))
		return -EINVAL;
	if (*text) {
		if (!strchr("Tt ", *text++) || take_clock(&text, whole) ||
		    read_zone(text, &zone_ns))
			return -EINVAL;
	}
	if (text_time_parse(whole, &ns) || __builtin_sub_overflow(ns, zone_ns, &ns))
		return -EINVAL;
	*out_ns = ns;
	return 0;
}

/* Just after midnight 23:50 was yesterday. */
static int read_clock(const char *text, int64_t now_ns, int64_t *out_ns)
{
	char whole[TEXT_TIME_SIZE];
	int64_t ns;

	text_time(now_ns, whole);
	memcpy(whole + AT_CLOCK, midnight + AT_CLOCK, sizeof(midnight) - AT_CLOCK);
	if (take_clock(&text, whole) || *text || text_time_parse(whole, &ns))
		return -EINVAL;
	*out_ns = ns > now_ns ? ns - DAY_NS : ns;
	return 0;
}

int when_parse(const char *text, int64_t now_ns, int64_t *out_ns)
{
	uint64_t ago_ns;
	int64_t ns;

	if (!strcmp(text, "now")) {
		*out_ns = now_ns;
		return 0;
	}
	if (!duration_parse(text + (*text == '-'), &ago_ns)) {
		if (__builtin_sub_overflow(now_ns, (int64_t)ago_ns, &ns))
			return -EINVAL;
		*out_ns = ns;
		return 0;
	}
	return strchr(text, '-') ? read_date(text, out_ns) : read_clock(text, now_ns, out_ns);
}

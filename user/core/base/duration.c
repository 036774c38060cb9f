// SPDX-License-Identifier: Apache-2.0
#include "core/base/duration.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

#define NS_PER_MS 1000000ULL
#define NS_PER_S (1000 * NS_PER_MS)

/* A unit of time at *text; moves past it. 0 for none. */
static uint64_t take_unit(const char **text)
{
	/* A name that another one begins with comes after it. */
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "ms", NS_PER_MS },	  { "us", 1000 },
		{ "\u00b5s", 1000 },	  { "ns", 1 },
		{ "s", NS_PER_S },	  { "m", 60 * NS_PER_S },
		{ "h", 3600 * NS_PER_S }, { "d", 86400 * NS_PER_S },
	};

	for (size_t i = 0; i < array_size(units); i++) {
		size_t size = strlen(units[i].name);

		if (strncmp(*text, units[i].name, size) == 0) {
			*text += size;
			return units[i].ns;
		}
	}
	return 0;
}

/* "1.5h": digits, a fraction perhaps, a unit. Moves past it. */
static int take_term(const char **text, double *out_ns)
{
	size_t digits = strspn(*text, "0123456789.");
	uint64_t unit;
	char *end;
	double value;

	if (**text < '0' || **text > '9')
		return -EINVAL;
	value = strtod(*text, &end);
	if (end != *text + digits)
		return -EINVAL;
	*text = end;
	unit = take_unit(text);
	if (!unit)
		return -EINVAL;

	*out_ns = value * (double)unit;
	return 0;
}

int duration_parse(const char *text, uint64_t *out_ns)
{
	double total = 0;

	if (!*text)
		return -EINVAL;
	while (*text) {
		double ns;

		if (take_term(&text, &ns))
			return -EINVAL;
		total += ns;
	}
	if (total > (double)DURATION_MAX_NS)
		return -EINVAL;

	*out_ns = (uint64_t)(total + 0.5);
	return 0;
}

void duration_format(uint64_t ns, char out[static DURATION_TEXT_SIZE])
{
	static const struct {
		uint64_t least_s; /* from here on in these two units */
		uint64_t large_s, small_s;
		char large, small;
	} forms[] = {
		{ 172800, 86400, 3600, 'd', 'h' },
		{ 3600, 3600, 60, 'h', 'm' },
		{ 60, 60, 1, 'm', 's' },
	};
	uint64_t s = ns / NS_PER_S;

	for (size_t i = 0; i < array_size(forms); i++) {
		uint64_t small = s % forms[i].large_s / forms[i].small_s;
		int size;

		if (s < forms[i].least_s)
			continue;
		size = snprintf(out, DURATION_TEXT_SIZE, "%" PRIu64 "%c", s / forms[i].large_s,
				forms[i].large);
		if (small)
			snprintf(out + size, DURATION_TEXT_SIZE - (size_t)size, "%u%c",
				 (unsigned int)small, forms[i].small);
		return;
	}
	if (s || ns < NS_PER_MS)
		snprintf(out, DURATION_TEXT_SIZE, "%us", (unsigned int)s);
	else
		snprintf(out, DURATION_TEXT_SIZE, "%ums", (unsigned int)(ns / NS_PER_MS));
}

// SPDX-License-Identifier: Apache-2.0
#include "core/base/byte_size.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int byte_size_parse(const char *text, uint64_t *out_bytes)
{
	static const char units[] = "KMGT";
	const char *unit;
	unsigned int shift = 0;
	uint64_t number;
	char *at;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &at, 10);
	if (errno)
		return -EINVAL;
	unit = *at ? strchr(units, *at) : NULL;
	if (unit) {
		shift = 10 * (unsigned int)(unit - units + 1);
		at++;
		if (!strcmp(at, "i") || !strcmp(at, "iB"))
			at += strlen(at);
	}
	if (*at || number > (uint64_t)INT64_MAX >> shift)
		return -EINVAL;

	*out_bytes = number << shift;
	return 0;
}

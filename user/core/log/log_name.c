// SPDX-License-Identifier: Apache-2.0
#include "core/log/log_name.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

enum { SEQ_DIGITS = 20 };

static const char *const suffixes[] = {
	[LOG_PLAIN] = "",
	[LOG_GZIP] = ".gz",
	[LOG_PART] = ".gz.tmp",
};

_Static_assert(array_size(suffixes) == LOG_KIND_COUNT, "a kind of file without a suffix");

int log_name_format(const char *base, uint64_t seq, enum log_kind kind, char *out, size_t size)
{
	int length =
		snprintf(out, size, "%s.%0*" PRIu64 "%s", base, SEQ_DIGITS, seq, suffixes[kind]);

	return length < 0 || (size_t)length >= size ? -ENAMETOOLONG : 0;
}

int log_name_parse(const char *base, const char *name, uint64_t *out_seq, enum log_kind *out_kind)
{
	size_t length = strlen(base);
	const char *digits = name + length + 1;
	uint64_t seq;

	if (strncmp(name, base, length) != 0 || name[length] != '.' ||
	    strspn(digits, "0123456789") != SEQ_DIGITS)
		return -EINVAL;
	errno = 0;
	seq = strtoull(digits, NULL, 10);
	if (errno)
		return -EINVAL;

	for (enum log_kind kind = 0; kind < LOG_KIND_COUNT; kind++) {
		if (strcmp(digits + SEQ_DIGITS, suffixes[kind]) != 0)
			continue;
		*out_seq = seq;
		*out_kind = kind;
		return 0;
	}
	return -EINVAL;
}

// SPDX-License-Identifier: Apache-2.0
#include "net/head.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

static const char etag[] = "etag:", status[] = "http/";

static bool begins(const char *line, size_t size, const char *with)
{
	return size >= strlen(with) && !strncasecmp(line, with, strlen(with));
}

/* It may be sent again, so it must not end a line. */
static void keep_visible(const char *value, size_t size, char out[static HEAD_ETAG_SIZE])
{
	while (size && isspace((unsigned char)*value)) {
		value++;
		size--;
	}
	while (size && isspace((unsigned char)value[size - 1]))
		size--;
	out[0] = '\0';
	if (size >= HEAD_ETAG_SIZE)
		return;
	for (size_t i = 0; i < size; i++) {
		if (!isgraph((unsigned char)value[i]))
			return;
	}
	memcpy(out, value, size);
	out[size] = '\0';
}

int head_add(struct head *head, const char *line, size_t size)
{
	if (size > HEAD_MAX - head->size)
		return -EFBIG;
	head->size += size;
	if (begins(line, size, status)) {
		head->is_whole = false;
		head->etag[0] = '\0';
	} else if (begins(line, size, etag)) {
		keep_visible(line + strlen(etag), size - strlen(etag), head->etag);
	} else if (begins(line, size, "\r\n") || begins(line, size, "\n")) {
		head->is_whole = true;
	}
	return 0;
}

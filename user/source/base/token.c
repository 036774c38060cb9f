// SPDX-License-Identifier: Apache-2.0
#include "source/base/token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "source/base/file.h"

int token_header(const char *token_file, char **out)
{
	static const char blanks[] = " \t\r\n";
	cleanup_free char *text = NULL;
	size_t size, first;
	char *header;
	int err;

	if (!token_file || !*token_file) {
		*out = NULL;
		return 0;
	}
	err = file_read(token_file, TOKEN_MAX, &text, &size);
	if (err == -ENOENT) {
		*out = NULL;
		return 0;
	}
	if (err)
		return err;

	first = strspn(text, blanks);
	while (size > first && strchr(blanks, text[size - 1]) && text[size - 1])
		size--;
	if (first == size)
		return -EINVAL;
	/* What is not printable could end the header and begin another one. */
	for (size_t i = first; i < size; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return -EINVAL;
	}
	if (asprintf(&header, "Authorization: Bearer %.*s", (int)(size - first), text + first) < 0)
		return -ENOMEM;
	*out = header;
	return 0;
}

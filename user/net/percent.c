// SPDX-License-Identifier: Apache-2.0
#include "net/percent.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

char *percent_encode(const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = malloc(strlen(text) * 3 + 1);
	size_t size = 0;

	if (!out)
		return NULL;
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < 0x80 && isalnum(c)) || strchr("-._~", c)) {
			out[size++] = (char)c;
			continue;
		}
		out[size++] = '%';
		out[size++] = digits[c >> 4];
		out[size++] = digits[c & 15];
	}
	out[size] = '\0';
	return out;
}

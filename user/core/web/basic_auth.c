// SPDX-License-Identifier: Apache-2.0
#include "core/web/basic_auth.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static int sextet(char c)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* Four characters to three bytes, fewer where the last ones are '='. How many, or -EINVAL. */
static int decode_four(const char *text, char out[static 3])
{
	uint32_t bits = 0;
	int given = 0;

	while (given < 4 && sextet(text[given]) >= 0)
		bits = bits << 6 | (uint32_t)sextet(text[given++]);
	if (given < 2 || strspn(text + given, "=") < (size_t)(4 - given))
		return -EINVAL;
	bits <<= 6 * (4 - given);
	for (int i = 0; i < 3; i++)
		out[i] = (char)(bits >> (16 - 8 * i));
	return given - 1;
}

/* -EINVAL, or the size. */
static int decode(const char *text, char out[static BASIC_AUTH_SIZE])
{
	size_t length = strlen(text);
	int size = 0;

	if (length % 4 || length / 4 * 3 >= BASIC_AUTH_SIZE)
		return -EINVAL;
	for (size_t at = 0; at < length; at += 4) {
		int got = decode_four(text + at, out + size);

		if (got < 0 || (got < 3 && at + 4 < length))
			return -EINVAL;
		size += got;
	}
	out[size] = '\0';
	return size;
}

int basic_auth_parse(const char *header, struct basic_auth *out)
{
	static const char scheme[] = "Basic ";
	char text[BASIC_AUTH_SIZE];
	const char *colon;
	int size;

	if (strncasecmp(header, scheme, strlen(scheme)) != 0)
		return -EINVAL;
	header += strlen(scheme);
	size = decode(header + strspn(header, " "), text);
	if (size < 0)
		return -EINVAL;
	colon = strchr(text, ':');
	if (!colon || strlen(text) != (size_t)size) {
		explicit_bzero(text, sizeof(text));
		return -EINVAL;
	}
	*out = (struct basic_auth){ 0 };
	memcpy(out->name, text, (size_t)(colon - text));
	memcpy(out->password, colon + 1, strlen(colon + 1));
	explicit_bzero(text, sizeof(text));
	return 0;
}

void basic_auth_clear(struct basic_auth *auth)
{
	explicit_bzero(auth, sizeof(*auth));
}

// SPDX-License-Identifier: Apache-2.0
#include "core/report/ustar.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100],
		magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155],
		rest[12];
};

_Static_assert(sizeof(struct header) == USTAR_BLOCK_SIZE, "a header is one block");

#define SIZE_LIMIT (1ULL << 33) /* eleven octal digits */

/* Octal digits in all of the field but its last byte, which is NUL. */
static void put_octal(char *field, size_t size, uint64_t number)
{
	field[--size] = '\0';
	while (size--) {
		field[size] = (char)('0' + number % 8);
		number /= 8;
	}
}

static bool is_outside(const char *name, size_t length)
{
	return *name == '/' || !strncmp(name, "../", 3) || strstr(name, "/../") ||
	       !strcmp(name, "..") || (length > 2 && !strcmp(name + length - 3, "/.."));
}

/* With its own field taken for blanks. */
static unsigned int checksum_of(const struct header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned int sum = 0;

	for (size_t i = 0; i < sizeof(*header); i++)
		sum += bytes[i];
	return sum;
}

int ustar_header(const struct ustar_file *file, char out[static USTAR_BLOCK_SIZE])
{
	struct header header = { .type = '0', .magic = "ustar", .version = { '0', '0' } };
	size_t length = strlen(file->name);

	if (!length || is_outside(file->name, length))
		return -EINVAL;
	if (length > USTAR_NAME_MAX)
		return -ENAMETOOLONG;
	if (file->size >= SIZE_LIMIT || file->mtime_s >= SIZE_LIMIT)
		return -EFBIG;
	memcpy(header.name, file->name, length);
	put_octal(header.mode, sizeof(header.mode), file->mode & 07777);
	put_octal(header.uid, sizeof(header.uid), 0);
	put_octal(header.gid, sizeof(header.gid), 0);
	put_octal(header.size, sizeof(header.size), file->size);
	put_octal(header.mtime, sizeof(header.mtime), file->mtime_s);
	put_octal(header.major, sizeof(header.major), 0);
	put_octal(header.minor, sizeof(header.minor), 0);
	memset(header.checksum, ' ', sizeof(header.checksum));
	put_octal(header.checksum, sizeof(header.checksum) - 1, checksum_of(&header));
	memcpy(out, &header, sizeof(header));
	return 0;
}

size_t ustar_padding(uint64_t size)
{
	return (USTAR_BLOCK_SIZE - size % USTAR_BLOCK_SIZE) % USTAR_BLOCK_SIZE;
}

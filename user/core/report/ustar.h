/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers of a tar archive, of regular files. Pure. Source: POSIX.1-1988, "ustar".
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	USTAR_BLOCK_SIZE = 512, /* a header has one; a file is filled up to whole ones */
	USTAR_END_BLOCKS = 2, /* of zeros, behind the last file */
	USTAR_NAME_MAX = 100,
};

struct ustar_file {
	const char *name; /* relative, '/' between parts */
	uint64_t size, mtime_s;
	unsigned int mode;
};

/* -ENAMETOOLONG, -EINVAL an empty name or one that leads out of the archive, -EFBIG past 8 GiB. */
int ustar_header(const struct ustar_file *file, char out[static USTAR_BLOCK_SIZE]);
/* Zeros behind a file of this size. */
size_t ustar_padding(uint64_t size);

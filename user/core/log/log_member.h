/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Member of a compressed event log. PATH.SEQ.gz is a row of gzip members (RFC 1952), each of whole
 * lines; the extra field of each header says how long the member is and what is in it, so that a
 * reader hops from header to header and inflates only what it wants. Any gunzip reads the file.
 *
 * The header, LOG_MEMBER_HEADER_SIZE bytes: 1f 8b 08 04, four bytes mtime (0), xfl 0, os 255;
 * xlen 44; 'P' 'I', 40; then little endian u32 size, u32 text_size, u64 first_seq, u64 last_seq,
 * i64 first_ns, i64 last_ns. A raw deflate stream follows, then CRC32 and ISIZE. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	LOG_MEMBER_HEADER_SIZE = 56,
	LOG_MEMBER_TRAILER_SIZE = 8,
	LOG_MEMBER_TEXT_MAX = 256 * 1024,
	LOG_MEMBER_SIZE_MAX = LOG_MEMBER_TEXT_MAX + 1024, /* of a member that did not shrink */
};

struct log_member {
	uint32_t size; /* bytes of the whole member: header, deflate stream, trailer */
	uint32_t text_size; /* bytes of its text */
	/* The least and the greatest of its records. A member without one repeats what the member
	 * before it ended with; 0 where there is none before. */
	uint64_t first_seq;
	uint64_t last_seq;
	int64_t first_ns; /* since the epoch: the earliest and the latest ts */
	int64_t last_ns;
};

void log_member_format(const struct log_member *member, uint8_t out[static LOG_MEMBER_HEADER_SIZE]);
/* What stands at AT, of which SIZE bytes are there. -ENODATA: fewer than a header; -EINVAL: not a
 * member of ours, or one whose numbers cannot be: bigger than the bounds above, too small to be
 * one, last before first. Whether `size` bytes are there is the caller's to check. */
int log_member_parse(const uint8_t *at, size_t size, struct log_member *out);

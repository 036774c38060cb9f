// SPDX-License-Identifier: Apache-2.0
#include "core/log/log_member.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum {
	NUMBERS_SIZE = 40,
	SUBFIELD_HEAD_SIZE = 4,
	DEFLATE_MIN = 2, /* the shortest stream: an empty block of fixed codes */
};

/* gzip, deflate, FEXTRA; no mtime, so that equal text makes equal bytes; xfl; os unknown; xlen. */
static const uint8_t head[] = {
	0x1f, 0x8b,	    8, 4, 0, 0, 0, 0, 0, 255, SUBFIELD_HEAD_SIZE + NUMBERS_SIZE, 0, 'P',
	'I',  NUMBERS_SIZE, 0
};

_Static_assert(sizeof(head) + NUMBERS_SIZE == LOG_MEMBER_HEADER_SIZE, "size of a member's header");

static uint8_t *put_number(uint8_t *at, uint64_t number, size_t size)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(number >> 8 * i);
	return at + size;
}

static uint64_t get_number(const uint8_t **at, size_t size)
{
	uint64_t number = 0;

	for (size_t i = 0; i < size; i++)
		number |= (uint64_t)(*at)[i] << 8 * i;
	*at += size;
	return number;
}

void log_member_format(const struct log_member *member, uint8_t out[static LOG_MEMBER_HEADER_SIZE])
{
	uint8_t *at = out + sizeof(head);

	memcpy(out, head, sizeof(head));
	at = put_number(at, member->size, sizeof(uint32_t));
	at = put_number(at, member->text_size, sizeof(uint32_t));
	at = put_number(at, member->first_seq, sizeof(uint64_t));
	at = put_number(at, member->last_seq, sizeof(uint64_t));
	at = put_number(at, (uint64_t)member->first_ns, sizeof(uint64_t));
	put_number(at, (uint64_t)member->last_ns, sizeof(uint64_t));
}

static bool is_possible(const struct log_member *member)
{
	return member->size >= LOG_MEMBER_HEADER_SIZE + DEFLATE_MIN + LOG_MEMBER_TRAILER_SIZE &&
	       member->size <= LOG_MEMBER_SIZE_MAX && member->text_size > 0 &&
	       member->text_size <= LOG_MEMBER_TEXT_MAX && member->first_seq <= member->last_seq &&
	       member->first_ns <= member->last_ns;
}

int log_member_parse(const uint8_t *at, size_t size, struct log_member *out)
{
	struct log_member member;

	if (size < LOG_MEMBER_HEADER_SIZE)
		return -ENODATA;
	if (memcmp(at, head, sizeof(head)) != 0)
		return -EINVAL;
	at += sizeof(head);
	member.size = (uint32_t)get_number(&at, sizeof(uint32_t));
	member.text_size = (uint32_t)get_number(&at, sizeof(uint32_t));
	member.first_seq = get_number(&at, sizeof(uint64_t));
	member.last_seq = get_number(&at, sizeof(uint64_t));
	member.first_ns = (int64_t)get_number(&at, sizeof(uint64_t));
	member.last_ns = (int64_t)get_number(&at, sizeof(uint64_t));
	if (!is_possible(&member))
		return -EINVAL;
	*out = member;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Event logs of many files: records 1, 2, 3, ... a second apart, unless said otherwise. */
#pragma once

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/base/text.h"
#include "core/log/log_line.h"
#include "core/log/log_member.h"
#include "source/log/log_reader.h"
#include "workdir.h"

#define LOG_T0 (INT64_C(1767322800) * 1000000000) /* 2026-01-02T03:00:00Z */
#define LOG_SECOND INT64_C(1000000000)

enum { LOG_TEXT_MAX = 4 << 20, LOG_SEEN_MAX = 65536, LOG_LINE_ROOM = 256 };

static inline int64_t time_of(uint64_t seq)
{
	return LOG_T0 + (int64_t)seq * LOG_SECOND;
}

static inline size_t put_line_at(char *out, uint64_t seq, int64_t wall_ns)
{
	char time[TEXT_TIME_SIZE];

	text_time(wall_ns, time);
	return (size_t)snprintf(out, LOG_LINE_ROOM,
				"{\"v\":1,\"seq\":%" PRIu64
				",\"ts\":\"%s\",\"type\":\"netns.freed\","
				"\"node\":\"somewhere\"}\n",
				seq, time);
}

/* The lines FROM to TO, both within. The caller frees them. */
static inline char *text_of(uint64_t from, uint64_t to, size_t *out_size)
{
	char *text = malloc(LOG_TEXT_MAX);
	size_t size = 0;

	assert_non_null(text);
	for (uint64_t seq = from; seq <= to; seq++) {
		assert_true(size + LOG_LINE_ROOM < LOG_TEXT_MAX);
		size += put_line_at(text + size, seq, time_of(seq));
	}
	*out_size = size;
	return text;
}

static inline const char *rotated(uint64_t seq, const char *suffix)
{
	static char names[4][64];
	static size_t next;
	char *name = names[next++ % 4];

	snprintf(name, sizeof(names[0]), "events.%020" PRIu64 "%s", seq, suffix);
	return name;
}

static inline size_t deflate_to(const char *text, size_t size, int window, uint8_t *out,
				size_t room)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)text,
			    .avail_in = (uInt)size,
			    .next_out = out,
			    .avail_out = (uInt)room };

	assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return stream.total_out;
}

static inline void put_u32(uint8_t *at, uint32_t number)
{
	for (size_t i = 0; i < 4; i++)
		at[i] = (uint8_t)(number >> 8 * i);
}

/* A member of ours, with the lines FROM to TO. */
static inline size_t put_member(uint8_t *out, uint64_t from, uint64_t to)
{
	size_t text_size, packed;
	cleanup_free char *text = text_of(from, to, &text_size);
	struct log_member member = { .text_size = (uint32_t)text_size,
				     .first_seq = from,
				     .last_seq = to,
				     .first_ns = time_of(from),
				     .last_ns = time_of(to) };

	packed = deflate_to(text, text_size, -15, out + LOG_MEMBER_HEADER_SIZE, LOG_TEXT_MAX / 2);
	member.size = (uint32_t)(LOG_MEMBER_HEADER_SIZE + packed + LOG_MEMBER_TRAILER_SIZE);
	log_member_format(&member, out);
	put_u32(out + LOG_MEMBER_HEADER_SIZE + packed,
		(uint32_t)crc32(0, (const Bytef *)text, (uInt)text_size));
	put_u32(out + LOG_MEMBER_HEADER_SIZE + packed + 4, (uint32_t)text_size);
	return member.size;
}

/* Of so many lines each. */
static inline uint8_t *members_of(uint64_t from, uint64_t to, uint64_t each, size_t *out_size)
{
	uint8_t *bytes = malloc(LOG_TEXT_MAX);
	size_t size = 0;

	assert_non_null(bytes);
	for (uint64_t seq = from; seq <= to; seq += each)
		size += put_member(bytes + size, seq, seq + each - 1 < to ? seq + each - 1 : to);
	*out_size = size;
	return bytes;
}

static inline void put_members(const char *path, uint64_t from, uint64_t to, uint64_t each)
{
	size_t size;
	cleanup_free uint8_t *bytes = members_of(from, to, each, &size);

	put_bytes(path, (const char *)bytes, size);
}

static inline void put_plain(const char *path, uint64_t from, uint64_t to)
{
	size_t size;
	cleanup_free char *text = text_of(from, to, &size);

	put_bytes(path, text, size);
}

/* As gzip writes it, in two members. */
static inline uint8_t *gzip_of(uint64_t from, uint64_t to, size_t *out_size)
{
	size_t size, half;
	cleanup_free char *text = text_of(from, to, &size);
	uint8_t *bytes = malloc(LOG_TEXT_MAX);

	assert_non_null(bytes);
	half = size / 2 + 7; /* amid a line */
	*out_size = deflate_to(text, half, 31, bytes, LOG_TEXT_MAX / 2);
	*out_size += deflate_to(text + half, size - half, 31, bytes + *out_size, LOG_TEXT_MAX / 2);
	return bytes;
}

static inline void put_gzip(const char *path, uint64_t from, uint64_t to)
{
	size_t size;
	cleanup_free uint8_t *bytes = gzip_of(from, to, &size);

	put_bytes(path, (const char *)bytes, size);
}

static inline void append(const char *path, const char *text)
{
	cleanup_fclose FILE *file = fopen(path, "a");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) < 0, 0);
}

/* ---- what was read ---- */

struct seen {
	uint64_t seqs[LOG_SEEN_MAX];
	size_t count;
	size_t others; /* lines that are no records */
	size_t stop_after; /* lines; 0: never */
	void (*on_line)(uint64_t seq);
};

static inline int see(char *line, size_t size, void *ctx)
{
	struct seen *seen = ctx;
	struct log_line parsed;

	assert_int_equal(line[size], '\0');
	if (log_line_parse(line, size, &parsed)) {
		seen->others++;
	} else {
		assert_true(seen->count < LOG_SEEN_MAX);
		seen->seqs[seen->count++] = parsed.seq;
		if (seen->on_line)
			seen->on_line(parsed.seq);
	}
	memset(line, '#', size); /* the line is ours */
	return seen->stop_after && seen->count + seen->others >= seen->stop_after;
}

/* FROM to TO and nothing else, in that direction. */
static inline void saw(const struct seen *seen, uint64_t from, uint64_t to)
{
	uint64_t count = from <= to ? to - from + 1 : from - to + 1;

	for (size_t i = 0; i < seen->count && i < count; i++)
		assert_int_equal(seen->seqs[i], from <= to ? from + i : from - i);
	assert_int_equal(seen->count, count);
}

static inline struct seen *seen_new(void)
{
	struct seen *seen = calloc(1, sizeof(*seen));

	assert_non_null(seen);
	return seen;
}

static inline struct log_reader *reader_of(const char *path)
{
	struct log_reader *reader = NULL;

	assert_int_equal(log_reader_open(path, &reader), 0);
	return reader;
}

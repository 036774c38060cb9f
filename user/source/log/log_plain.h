/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event log in a plain file: blocks of its text, forward and back, and a search for a time that
 * reads a few of them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/log/log_input.h"

enum { LOG_PLAIN_HEAD_SIZE = 64 };

struct log_plain {
	const struct log_input *input; /* borrowed */
	uint64_t offset; /* of what log_plain_read() gives next */
	uint64_t before; /* what log_plain_read_before() gives next ends here */
	/* How the file begins, the first seq in it: another beginning is another file. */
	char head[LOG_PLAIN_HEAD_SIZE];
	size_t head_size;
};

/* To the begin of a line before which nothing is as young as since_ns. */
int log_plain_seek(struct log_plain *plain, int64_t since_ns);
/* Some of SIZE bytes; 0 at the end. */
int log_plain_read(struct log_plain *plain, char *to, size_t size, size_t *out_size);
/* Behind the last '\n', where a line can still grow; it may be longer than line_max, is_amid then,
 * and at the file's end. */
int log_plain_seek_end(struct log_plain *plain, size_t line_max, bool *out_is_amid);
/* Some of SIZE bytes that end at END; 0 at the begin. */
int log_plain_read_before(struct log_plain *plain, char *end, size_t size, size_t *out_size);
/* -ENODATA: it has no record near its begin. */
int log_plain_first_seq(const struct log_plain *plain, uint64_t *out);
/* Is it shorter than what was read, or does it begin otherwise? */
int log_plain_is_rewritten(const struct log_plain *plain, bool *out);

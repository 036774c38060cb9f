/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event log that can only be read from its begin on: a gzip file of others (any row of members), or
 * a pipe, plain or gzip. The way back in a file inflates all of it for each window of its text.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"
#include "source/log/log_input.h"

struct log_stream;

bool log_stream_is_gzip(const char *head, size_t size);
/* The input is borrowed; the caller owns *out. */
int log_stream_open(const struct log_input *input, struct log_stream **out);
void log_stream_close(struct log_stream *stream);
DEFINE_CLEANUP(log_stream, struct log_stream *, log_stream_close)
#define cleanup_log_stream cleanup(cleanup_log_stream_fn)

void log_stream_rewind(struct log_stream *stream); /* no pipe */
/* Some of SIZE bytes of text, as soon as there are any; 0 at the end, which damage is, too. */
int log_stream_read(struct log_stream *stream, char *to, size_t size, size_t *out_size);
/* From the end back; no pipe. */
int log_stream_seek_end(struct log_stream *stream);
/* Some of SIZE bytes that end at END; 0 at the begin. */
int log_stream_read_before(struct log_stream *stream, char *end, size_t size, size_t *out_size);

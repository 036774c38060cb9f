/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines that wait to be written. One that is only begun is kept whole: the file may be another one
 * before it can be ended.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { LOG_BUFFER_SIZE = 256 * 1024 };

struct log_buffer {
	size_t used;
	char text[LOG_BUFFER_SIZE];
};

/* False: it does not fit. */
bool log_buffer_put(struct log_buffer *buffer, const char *line, size_t size);
/* The first DONE bytes are written: whole lines leave. Returns how many. */
size_t log_buffer_wrote(struct log_buffer *buffer, size_t done);
size_t log_buffer_lines(const struct log_buffer *buffer);

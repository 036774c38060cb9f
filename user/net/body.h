/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Body: what comes of an answer piece by piece, kept whole, given on line by line, or
 * dropped; always within a bound.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum body_use { BODY_KEPT, BODY_LINES, BODY_DROPPED };

struct body {
	size_t max_bytes; /* of all; of one line with BODY_LINES */
	/* With '\0' behind the line. Anything but 0 ends it. */
	int (*on_line)(char *line, size_t size, void *ctx);
	void *ctx;
	char *data; /* owned; NULL while there is none, else with room for a '\0' behind `size` */
	size_t size; /* what is kept: of all, or of a line without its end; of what was dropped */
	size_t capacity; /* of data; at most max_bytes + 1 */
	bool is_full; /* the bound was met */
};

/* 0; -EFBIG past the bound, -ENOMEM, or what on_line said. It is of no more use then. */
int body_add(struct body *body, enum body_use use, const char *piece, size_t size);
/* No more comes: gives on a last line that lacks its end. */
int body_end(struct body *body, enum body_use use);
/* What was kept, with a '\0' behind it; "" nothing. Borrowed. */
const char *body_text(const struct body *body);
void body_clear(struct body *body);

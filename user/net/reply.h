/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reply: what has come of one answer, headers and body, and why no more of it is
 * taken.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "net/body.h"
#include "net/head.h"

enum { REPLY_WHY_SIZE = 128 };

struct reply {
	struct head head;
	struct body body; /* its bound and on_line are set by the owner */
	bool has_lines; /* an answer of status 200 goes to on_line, another is dropped */
	int err; /* 0, or what was returned */
	char why[REPLY_WHY_SIZE]; /* with err */
};

/* 0 or -errno, after which nothing more is to be added: -EFBIG past a bound, -ENOMEM, what on_line
 * said. */
int reply_add_head(struct reply *reply, const char *line, size_t size);
int reply_add_body(struct reply *reply, long status, const char *piece, size_t size);
/* No more comes. -ECONNRESET without the end of the headers. */
int reply_end(struct reply *reply, long status);
/* Ends it with an error of the caller's; gives it back. */
int reply_fail(struct reply *reply, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* What is kept of the body, "" with has_lines. Borrowed. */
const char *reply_text(const struct reply *reply, size_t *out_size);
void reply_clear(struct reply *reply);

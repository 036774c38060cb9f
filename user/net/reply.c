// SPDX-License-Identifier: Apache-2.0
#include "net/reply.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int reply_fail(struct reply *reply, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(reply->why, sizeof(reply->why), fmt, args);
	va_end(args);
	reply->err = err;
	return err;
}

static enum body_use use_of(const struct reply *reply, long status)
{
	if (!reply->has_lines)
		return BODY_KEPT;
	return status == 200 ? BODY_LINES : BODY_DROPPED;
}

static int say_why(struct reply *reply, enum body_use use, int err)
{
	if (!err)
		return 0;
	if (reply->body.is_full)
		return reply_fail(reply, err, "%s of more than %zu bytes",
				  use == BODY_LINES ? "a line" : "a body", reply->body.max_bytes);
	return reply_fail(reply, err, "%s", strerror(-err));
}

int reply_add_head(struct reply *reply, const char *line, size_t size)
{
	int err = head_add(&reply->head, line, size);

	return err ? reply_fail(reply, err, "more than %d bytes of headers", HEAD_MAX) : 0;
}

int reply_add_body(struct reply *reply, long status, const char *piece, size_t size)
{
	enum body_use use = use_of(reply, status);

	return say_why(reply, use, body_add(&reply->body, use, piece, size));
}

int reply_end(struct reply *reply, long status)
{
	enum body_use use = use_of(reply, status);

	/* libcurl takes the end of the connection for the end of the headers. */
	if (!reply->head.is_whole)
		return reply_fail(reply, -ECONNRESET, "cut off within its headers");
	return say_why(reply, use, body_end(&reply->body, use));
}

const char *reply_text(const struct reply *reply, size_t *out_size)
{
	*out_size = reply->has_lines ? 0 : reply->body.size;
	return reply->has_lines ? "" : body_text(&reply->body);
}

void reply_clear(struct reply *reply)
{
	body_clear(&reply->body);
}

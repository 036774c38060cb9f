// SPDX-License-Identifier: Apache-2.0
#include "net/body.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_MIN = 4096 };

static bool has_room(struct body *body, size_t size)
{
	body->is_full = size > body->max_bytes - body->size;
	return !body->is_full;
}

/* Room for `size` more and a '\0'. */
static int reserve(struct body *body, size_t size)
{
	size_t needed, capacity;
	char *data;

	if (!has_room(body, size))
		return -EFBIG;
	needed = body->size + size + 1;
	if (needed <= body->capacity)
		return 0;

	/* By twice, so that a large body is not copied often. */
	capacity = body->capacity ? body->capacity * 2 : CAPACITY_MIN;
	if (capacity > body->max_bytes + 1)
		capacity = body->max_bytes + 1;
	if (capacity < needed)
		capacity = needed;
	data = realloc(body->data, capacity);
	if (!data)
		return -ENOMEM;
	body->data = data;
	body->capacity = capacity;
	return 0;
}

static int keep(struct body *body, const char *piece, size_t size)
{
	int err = reserve(body, size);

	if (err)
		return err;
	memcpy(body->data + body->size, piece, size);
	body->size += size;
	body->data[body->size] = '\0';
	return 0;
}

static int give_line(struct body *body)
{
	size_t size = body->size;

	body->size = 0;
	return body->on_line(body->data, size, body->ctx);
}

static int split_lines(struct body *body, const char *piece, size_t size)
{
	const char *end;
	int err = 0;

	while (!err && (end = memchr(piece, '\n', size))) {
		size_t length = (size_t)(end - piece);

		err = keep(body, piece, length);
		err = err ? err : give_line(body);
		piece += length + 1;
		size -= length + 1;
	}
	return err ? err : keep(body, piece, size);
}

int body_add(struct body *body, enum body_use use, const char *piece, size_t size)
{
	if (use == BODY_LINES)
		return split_lines(body, piece, size);
	if (use == BODY_KEPT)
		return keep(body, piece, size);

	if (!has_room(body, size))
		return -EFBIG;
	body->size += size;
	return 0;
}

int body_end(struct body *body, enum body_use use)
{
	return use == BODY_LINES && body->size ? give_line(body) : 0;
}

const char *body_text(const struct body *body)
{
	return body->data ? body->data : "";
}

void body_clear(struct body *body)
{
	free(body->data);
	*body = (struct body){ 0 };
}

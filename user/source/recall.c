// SPDX-License-Identifier: Apache-2.0
#include "source/recall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "core/log_line.h"

/* The value behind "key": in a record, which escapes every quote within strings. NULL: none. */
static const char *value_of(const char *line, size_t size, const char *key)
{
	char quoted[32];
	size_t length = (size_t)snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	const char *at = memmem(line, size, quoted, length);

	return at ? at + length : NULL;
}

static bool starts(const char *at, const char *end, const char *text)
{
	size_t size = strlen(text);

	return at && (size_t)(end - at) >= size && !memcmp(at, text, size);
}

/* A string's text, "" when it is none or too long. */
static void copy_text(const char *at, const char *end, char *out, size_t size)
{
	const char *close =
		at && at < end && *at == '"' ? memchr(at + 1, '"', (size_t)(end - at - 1)) : NULL;
	size_t length = close ? (size_t)(close - at - 1) : size;

	out[0] = '\0';
	if (length >= size)
		return;
	memcpy(out, at + 1, length);
	out[length] = '\0';
}

static int read_used(const char *line, size_t size, int delta, struct recalled *out)
{
	const char *used = value_of(line, size, "used");
	char cidr[PREFIX_TEXT_SIZE];

	copy_text(value_of(line, size, "cidr"), line + size, cidr, sizeof(cidr));
	if (!used || prefix_parse(cidr, &out->cidr) || value_of(line, size, "initial"))
		return -ENOENT;
	out->kind = RECALLED_USED;
	out->used = strtoull(used, NULL, 10);
	out->delta = delta;
	return 0;
}

int recall_line(const char *line, size_t size, int64_t *last_ns, recall_fn fn, void *ctx)
{
	const char *end = line + size;
	const char *type = value_of(line, size, "type");
	struct recalled recalled = { .kind = RECALLED_GAP };
	int64_t before_ns = *last_ns;
	struct log_line head;
	int err = 0;

	if (log_line_parse(line, size, &head) || log_line_time(&head, &recalled.wall_ns) || !type)
		return -ENOENT;
	*last_ns = recalled.wall_ns;
	if (starts(type, end, "\"ip.assigned\""))
		err = read_used(line, size, 1, &recalled);
	else if (starts(type, end, "\"ip.released\""))
		err = read_used(line, size, -1, &recalled);
	/* One that was killed wrote no end: its last record was one. */
	else if (starts(type, end, "\"agent.started\""))
		recalled.wall_ns = before_ns ? before_ns : recalled.wall_ns;
	else if (!starts(type, end, "\"agent.stopped\""))
		err = -ENOENT;
	if (!err)
		fn(&recalled, ctx);
	return err;
}

/* From a line's begin on: the first piece may be half of one. */
static int read_lines(FILE *file, bool is_within, recall_fn fn, void *ctx)
{
	cleanup_free char *line = NULL;
	size_t room = 0;
	int64_t last_ns = 0;
	ssize_t size;

	while ((size = getline(&line, &room, file)) > 0) {
		if (!take(is_within, false) && line[size - 1] == '\n')
			recall_line(line, (size_t)size - 1, &last_ns, fn, ctx);
	}
	return ferror(file) ? -EIO : 0;
}

int recall_read(const char *path, recall_fn fn, void *ctx)
{
	cleanup_close int fd = -1;
	cleanup_fclose FILE *file = NULL;
	struct stat status;
	off_t from;

	if (!strcmp(path, "-"))
		return 0;
	/* A FIFO must not keep us. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return 0;
	from = status.st_size > RECALL_BYTES_MAX ? status.st_size - RECALL_BYTES_MAX : 0;
	file = fdopen(fd, "r");
	if (!file)
		return -ENOMEM;
	(void)take_fd(fd); /* the file has it */
	if (fseeko(file, from, SEEK_SET) < 0)
		return -errno;
	return read_lines(file, from > 0, fn, ctx);
}

// SPDX-License-Identifier: Apache-2.0
#include "source/log/recall.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "core/log/log_line.h"
#include "source/log/log_reader.h"

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

/* Back from the end until there is enough: when is that? */
struct search {
	size_t bytes;
	int64_t from_ns;
};

static int go_back(char *line, size_t size, void *ctx)
{
	struct search *search = ctx;
	struct log_line head;
	int64_t wall_ns;

	search->bytes += size + 1;
	if (!log_line_parse(line, size, &head) && !log_line_time(&head, &wall_ns))
		search->from_ns = wall_ns;
	return search->bytes >= RECALL_BYTES_MAX;
}

struct telling {
	int64_t last_ns;
	recall_fn fn;
	void *ctx;
};

static int tell(char *line, size_t size, void *ctx)
{
	struct telling *telling = ctx;

	recall_line(line, size, &telling->last_ns, telling->fn, telling->ctx);
	return 0;
}

/* A FIFO must not keep us, nor be emptied. The live file may be missing: its older ones count. */
static bool is_log(const char *path)
{
	struct stat status;

	return strcmp(path, "-") != 0 && (stat(path, &status) < 0 || S_ISREG(status.st_mode));
}

int recall_read(const char *path, recall_fn fn, void *ctx)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	struct search search = { .from_ns = INT64_MIN };
	struct telling telling = { .fn = fn, .ctx = ctx };
	int err;

	if (!is_log(path))
		return 0;
	err = log_reader_open(path, &reader);
	if (err)
		return err == -ENOENT ? 0 : err;
	err = log_reader_backward(reader, go_back, &search);
	if (err < 0)
		return err;
	err = log_reader_since(reader, search.from_ns, INT64_MAX, tell, &telling);
	return err < 0 ? err : 0;
}

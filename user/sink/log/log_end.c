// SPDX-License-Identifier: Apache-2.0
#include "sink/log/log_end.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "core/base/text.h"
#include "core/log/log_line.h"
#include "core/record/record.h"

enum { TAIL_SIZE = 64 * 1024 }; /* read back of a file; no record is so long */

/* Takes a line without its '\n', if it is a record. */
static void parse_line(const char *line, size_t size, struct log_end *out)
{
	json_t *root = json_loadb(line, size, 0, NULL);
	const char *ts, *type;
	int64_t wall_ns;
	json_int_t seq;
	int version;
	bool found;

	found = root && !json_unpack(root, "{s:i, s:I, s:s, s:s}", "v", &version, "seq", &seq, "ts",
				     &ts, "type", &type);
	found = found && version == RECORD_VERSION && seq >= 0 && !text_time_parse(ts, &wall_ns);
	if (found)
		*out = (struct log_end){
			.found = true,
			.stopped = !strcmp(type, record_type_name(RECORD_AGENT_STOPPED)),
			.seq = (uint64_t)seq,
			.wall_ns = wall_ns,
		};
	json_decref(root);
}

/* The last line that is a record: an earlier crash may have left others behind it, and a record may
 * lack no more than its newline. What is before the first newline is a line only in a whole text.
 */
struct log_end log_end_find(const char *text, size_t size, bool is_whole)
{
	struct log_end tail = { 0 };
	const char *end = text + size;

	while (end && !tail.found) {
		const char *newline = memrchr(text, '\n', (size_t)(end - text));
		const char *line = newline ? newline + 1 : text;

		if (newline || is_whole)
			parse_line(line, (size_t)(end - line), &tail);
		end = newline;
	}
	return tail;
}

/* ---- repair ---- */

/* The end of a file, without the zeroes that a file system gives for what it never wrote. */
struct ending {
	char text[TAIL_SIZE];
	size_t size; /* of text */
	off_t from, end; /* of text in the file */
	off_t file_size;
};

struct repair {
	off_t keep;
	bool is_torn;
};

static size_t without_zeroes(const char *text, size_t size)
{
	while (size > 0 && !text[size - 1])
		size--;
	return size;
}

static int read_ending(int fd, struct ending *ending)
{
	struct stat stat;
	ssize_t n;

	if (fstat(fd, &stat) < 0)
		return -errno;
	ending->file_size = ending->end = stat.st_size;
	do {
		ending->from = ending->end > TAIL_SIZE ? ending->end - TAIL_SIZE : 0;
		n = pread(fd, ending->text, (size_t)(ending->end - ending->from), ending->from);
		if (n < 0)
			return -errno;
		ending->end = ending->from + (off_t)without_zeroes(ending->text, (size_t)n);
	} while (ending->end == ending->from && ending->from > 0);

	/* A text that was short for its zeroes is read anew, from further ahead. */
	ending->from = ending->end > TAIL_SIZE ? ending->end - TAIL_SIZE : 0;
	n = pread(fd, ending->text, (size_t)(ending->end - ending->from), ending->from);
	if (n < 0)
		return -errno;
	ending->size = (size_t)n;
	return 0;
}

static bool is_json(const char *text, size_t size)
{
	json_t *root = json_loadb(text, size, 0, NULL);

	json_decref(root);
	return root;
}

static struct repair judge(const struct ending *ending, const struct log_end *tail)
{
	const char *text = ending->text;
	const char *newline = memrchr(text, '\n', ending->size);
	const char *line = newline ? newline + 1 : text;
	size_t size = (size_t)(text + ending->size - line);
	bool has_zeroes = ending->end < ending->file_size;
	bool is_ours = (newline || !ending->from) && log_line_is_begun(line, size);
	bool is_at_end = newline && !size;

	if (is_at_end && has_zeroes && tail->found)
		return (struct repair){ ending->end, false };
	if (is_at_end)
		return (struct repair){ ending->file_size, has_zeroes };
	if (is_ours && is_json(line, size))
		return (struct repair){ ending->end, true };
	if (is_ours)
		return (struct repair){ ending->end - (off_t)size, false };
	return (struct repair){ ending->file_size, ending->file_size > 0 };
}

int log_end_mend(int fd, struct log_end *out, uint64_t *out_size, bool *out_is_torn)
{
	cleanup_free struct ending *ending = calloc(1, sizeof(*ending));
	struct log_end tail;
	struct repair repair;
	int err;

	if (!ending)
		return -ENOMEM;
	err = read_ending(fd, ending);
	if (err)
		return err;
	tail = log_end_find(ending->text, ending->size, !ending->from);
	repair = judge(ending, &tail);
	/* What cannot be cut off is ended. */
	if (repair.keep < ending->file_size && ftruncate(fd, repair.keep) < 0)
		repair = (struct repair){ ending->file_size, true };

	*out = tail;
	*out_size = (uint64_t)repair.keep;
	*out_is_torn = repair.is_torn;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "source/log/log_plain.h"

#include <errno.h>
#include <string.h>

#include "core/log/log_line.h"

enum {
	PROBE_SMALL = 4 * 1024,
	PROBE_MAX = 128 * 1024, /* has a whole line of any that is read at all */
	BLOCK_BEFORE = 64 * 1024,
};

/* A line that tells its seq and time. */
struct probe {
	uint64_t offset; /* of its begin */
	uint64_t seq;
	int64_t wall_ns;
};

struct search {
	const struct log_input *input;
	char *text; /* PROBE_MAX bytes */
	size_t size;
};

static bool parse_at(const struct search *search, size_t at, struct probe *out)
{
	struct log_line line;

	if (log_line_parse(search->text + at, search->size - at, &line) ||
	    log_line_time(&line, &out->wall_ns))
		return false;
	out->seq = line.seq;
	return true;
}

static bool find_first(const struct search *search, uint64_t from, struct probe *out)
{
	size_t at = 0;
	const char *newline;

	for (bool is_begin = !from;; is_begin = true) {
		if (is_begin && parse_at(search, at, out)) {
			out->offset = from + at;
			return true;
		}
		newline = memchr(search->text + at, '\n', search->size - at);
		if (!newline)
			return false;
		at = (size_t)(newline - search->text) + 1;
	}
}

static bool find_last(const struct search *search, uint64_t from, struct probe *out)
{
	size_t size = search->size;
	const char *newline;

	do {
		size_t at;

		newline = memrchr(search->text, '\n', size);
		at = newline ? (size_t)(newline - search->text) + 1 : 0;
		if ((newline || !from) && parse_at(search, at, out)) {
			out->offset = from + at;
			return true;
		}
		size = at ? at - 1 : 0;
	} while (newline);
	return false;
}

/* The first such line that begins behind `from`, or at 0. -ENODATA: none is near. */
static int probe_from(struct search *search, uint64_t from, struct probe *out)
{
	static const size_t sizes[] = { PROBE_SMALL, PROBE_MAX };

	for (size_t i = 0; i < array_size(sizes); i++) {
		int err = log_input_read_at(search->input, search->text, sizes[i], from,
					    &search->size);

		if (err)
			return err;
		if (find_first(search, from, out))
			return 0;
	}
	return -ENODATA;
}

/* The last one in a file of that size. */
static int probe_end(struct search *search, uint64_t size, struct probe *out)
{
	static const size_t sizes[] = { PROBE_SMALL, PROBE_MAX };

	for (size_t i = 0; i < array_size(sizes); i++) {
		uint64_t from = size > sizes[i] ? size - sizes[i] : 0;
		int err = log_input_read_at(search->input, search->text, (size_t)(size - from),
					    from, &search->size);

		if (err)
			return err;
		if (find_last(search, from, out))
			return 0;
	}
	return -ENODATA;
}

/* A line older than that has none behind since_ns before it, whatever the disorder. */
static int64_t older_than(int64_t since_ns)
{
	return since_ns < INT64_MIN + LOG_SLACK_NS ? INT64_MIN : since_ns - LOG_SLACK_NS;
}

static int bisect(struct search *search, int64_t since_ns, uint64_t size, uint64_t *out)
{
	uint64_t low = 0, high = size;
	struct probe probe;
	int err;

	while (high - low > BLOCK_BEFORE) {
		uint64_t middle = low + (high - low) / 2;

		err = probe_from(search, middle, &probe);
		if (err && err != -ENODATA)
			return err;
		if (!err && probe.offset < high && probe.wall_ns < older_than(since_ns))
			low = probe.offset;
		else
			high = middle;
	}
	*out = low;
	return 0;
}

int log_plain_seek(struct log_plain *plain, int64_t since_ns)
{
	cleanup_free char *text = malloc(PROBE_MAX);
	struct search search = { .input = plain->input, .text = text };
	struct probe last;
	uint64_t size, found = 0;
	int err;

	if (!text)
		return -ENOMEM;
	err = log_input_size(plain->input, &size);
	if (err)
		return err;
	if (since_ns > INT64_MIN) {
		err = probe_end(&search, size, &last);
		if (!err && last.wall_ns < older_than(since_ns))
			found = last.offset;
		else if (!err || err == -ENODATA)
			err = bisect(&search, since_ns, size, &found);
	}
	if (err)
		return err;
	plain->offset = found;
	return 0;
}

int log_plain_read(struct log_plain *plain, char *to, size_t size, size_t *out_size)
{
	int err = log_input_read_at(plain->input, to, size, plain->offset, out_size);

	if (err)
		return err;
	if (plain->offset < sizeof(plain->head)) {
		size_t at = (size_t)plain->offset, left = sizeof(plain->head) - at;

		memcpy(plain->head + at, to, *out_size < left ? *out_size : left);
		plain->head_size = at + (*out_size < left ? *out_size : left);
	}
	plain->offset += *out_size;
	return 0;
}

int log_plain_seek_end(struct log_plain *plain, size_t line_max, bool *out_is_amid)
{
	cleanup_free char *text = malloc(line_max + 1);
	const char *newline;
	uint64_t size, from;
	size_t got;
	int err;

	if (!text)
		return -ENOMEM;
	err = log_input_size(plain->input, &size);
	if (err)
		return err;
	from = size > line_max + 1 ? size - line_max - 1 : 0;
	err = log_input_read_at(plain->input, text, (size_t)(size - from), from, &got);
	if (err)
		return err;
	newline = memrchr(text, '\n', got);
	*out_is_amid = !newline && from;
	if (newline)
		plain->offset = from + (uint64_t)(newline - text) + 1;
	else
		plain->offset = from ? from + got : 0;
	plain->before = plain->offset;
	return 0;
}

int log_plain_read_before(struct log_plain *plain, char *end, size_t size, size_t *out_size)
{
	size_t want = size < BLOCK_BEFORE ? size : BLOCK_BEFORE, got;
	int err;

	if (want > plain->before)
		want = (size_t)plain->before;
	err = log_input_read_at(plain->input, end - want, want, plain->before - want, &got);
	if (err)
		return err;
	if (got < want)
		want = 0; /* cut meanwhile: what is left of it is another text */
	plain->before = want ? plain->before - want : 0;
	*out_size = want;
	return 0;
}

int log_plain_first_seq(const struct log_plain *plain, uint64_t *out)
{
	cleanup_free char *text = malloc(PROBE_MAX);
	struct search search = { .input = plain->input, .text = text };
	struct probe probe;
	int err;

	if (!text)
		return -ENOMEM;
	err = probe_from(&search, 0, &probe);
	if (err)
		return err;
	*out = probe.seq;
	return 0;
}

int log_plain_is_rewritten(const struct log_plain *plain, bool *out)
{
	char head[LOG_PLAIN_HEAD_SIZE];
	uint64_t size;
	size_t got;
	int err = log_input_size(plain->input, &size);

	if (!err)
		err = log_input_read_at(plain->input, head, plain->head_size, 0, &got);
	if (err)
		return err;
	*out = size < plain->offset || got < plain->head_size ||
	       memcmp(head, plain->head, plain->head_size) != 0;
	return 0;
}

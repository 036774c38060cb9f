// SPDX-License-Identifier: Apache-2.0
#include "page_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/recent.h"
#include "core/metrics/collect.h"
#include "core/page/page.h"
#include "core/page/page_events.h"
#include "core/page/range_marks.h"
#include "core/record/record_parse.h"
#include "core/status/status.h"
#include "loop.h"
#include "sink/web/http.h"

/* A browser shall load nothing from elsewhere, run nothing that is not ours, and show the page in
 * nobody's frame: names in it come from files and plugins. */
static const struct http_header headers[] = {
	{ "Content-Security-Policy",
	  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
	  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cache-Control", "no-store" },
	{ NULL, NULL },
};

enum {
	LINES_MAX = 4 * PAGE_EVENTS_MAX
}; /* those of links and namespaces among them are not told */

struct events {
	char *text; /* what the records point into */
	struct record *records;
	size_t count;
};

static void events_clear(struct events *events)
{
	free(events->text);
	free(events->records);
}

static void cleanup_events_fn(struct events *events)
{
	events_clear(events);
}
#define cleanup_events cleanup(cleanup_events_fn)

static void parse_lines(struct events *events, size_t size)
{
	char *end = events->text + size;

	for (char *line = events->text; line < end && events->count < LINES_MAX;) {
		char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = newline ? (size_t)(newline - line) : (size_t)(end - line);

		events->count += !record_parse(line, length, &events->records[events->count]);
		line += length + 1;
	}
}

static int take_events(const struct recent *recent, struct events *out)
{
	cleanup_events struct events events = { 0 };
	size_t size;
	int err;

	if (!recent)
		return 0;
	events.records = calloc(LINES_MAX, sizeof(*events.records));
	if (!events.records)
		return -ENOMEM;
	err = recent_last(recent, LINES_MAX, &events.text, &size);
	if (err)
		return err;
	parse_lines(&events, size);
	*out = events;
	events = (struct events){ 0 };
	return 0;
}

static void cleanup_status_fn(struct status **status)
{
	if (*status)
		status_clear(*status);
	free(*status);
}

static int write_page(const struct page_view *view, bool shows_pods, FILE *out)
{
	__attribute__((__cleanup__(cleanup_status_fn))) struct status *status = NULL;
	cleanup_range_marks struct range_marks marks = { 0 };
	cleanup_events struct events events = { 0 };
	int64_t wall_ns = loop_wall_ns();
	struct metrics_input input;
	struct page_input page;
	int err;

	status = calloc(1, sizeof(*status));
	if (!status)
		return -ENOMEM;
	view->measure(&input, view->ctx);
	err = status_take(&input, view->node, wall_ns, status);
	if (!err)
		err = range_marks_take(&input, wall_ns, &marks);
	if (!err)
		err = take_events(view->recent, &events);
	if (err)
		return err;
	page = (struct page_input){ .status = status,
				    .ranges = account_ranges(input.account),
				    .marks = &marks,
				    .events = events.records,
				    .event_count = events.count,
				    .shows_pods = shows_pods };
	return page_write(&page, out);
}

int page_view_answer(const struct page_view *view, bool is_nearby, struct http_response *out)
{
	bool shows_pods = view->names == PAGE_NAMES_ALL ||
			  (view->names == PAGE_NAMES_NEARBY && is_nearby);
	cleanup_free char *body = NULL;
	size_t size;
	FILE *stream = open_memstream(&body, &size);
	int err;

	if (!stream)
		return -ENOMEM;
	err = write_page(view, shows_pods, stream);
	if (fclose(stream) || err)
		return err ? err : -ENOMEM;
	*out = (struct http_response){ .status = 200,
				       .content_type = "text/html; charset=utf-8",
				       .body = take_ptr(body),
				       .size = size,
				       .headers = headers };
	return 0;
}

int page_view_answer_file(enum page_file_name name, struct http_response *out)
{
	struct page_file file = page_file(name);
	char *body = malloc(file.size);

	if (!body)
		return -ENOMEM;
	memcpy(body, file.text, file.size);
	*out = (struct http_response){ .status = 200,
				       .content_type = file.content_type,
				       .body = body,
				       .size = file.size,
				       .headers = headers };
	return 0;
}

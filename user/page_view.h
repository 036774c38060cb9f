/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page view: the page of this node as it is now, its style and its script, as answers
 * of the HTTP server.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "sink/web/page_files.h"

struct http_response;
struct metrics_input;
struct recent;

/* Who is told names of pods. */
enum page_names { PAGE_NAMES_NEARBY, PAGE_NAMES_ALL, PAGE_NAMES_NONE };

/* Everything is borrowed. */
struct page_view {
	const char *node;
	enum page_names names;
	const struct recent *recent; /* the newest records; NULL: none */
	void (*measure)(struct metrics_input *out, void *ctx);
	void *ctx;
};

/* As an http_fn() answers; is_nearby as its request has it. -ENOMEM. */
int page_view_answer(const struct page_view *view, bool is_nearby, struct http_response *out);
int page_view_answer_file(enum page_file_name name, struct http_response *out);

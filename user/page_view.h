/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page view: the page of this node as it is now, its style and its script, as answers
 * of the HTTP server.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "sink/page_files.h"

struct http_response;
struct metrics_input;
struct recent;

/* Everything is borrowed. */
struct page_view {
	const char *node;
	bool shows_pods; /* names of pods, to everybody who can ask */
	const struct recent *recent; /* the newest records; NULL: none */
	void (*measure)(struct metrics_input *out, void *ctx);
	void *ctx;
};

/* As an http_fn() answers. -ENOMEM. */
int page_view_answer(const struct page_view *view, struct http_response *out);
int page_view_answer_file(enum page_file_name name, struct http_response *out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A state that is fed with lines of events (stream.h) and whose facts are lines of
 * text, so that a test is a story and its telling:
 *
 *	+ netns 101                 - netns 101
 *	+ link eth0                 - link eth0
 *	> link eth0 from 101        ~ link net1 was eth0
 *	+ 10.9.0.5/24 eth0          - 10.9.0.5/24 eth0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/state/state.h"

enum {
	FACTS_HOST = 1, /* inode of the node's own netns */
	FACTS_COOKIE = 5000, /* a cookie that a line leaves out is the inode plus this */
};

struct facts {
	struct state *state;
	bool has_no_cookies; /* as on Linux before 5.12: all are zero */
	uint64_t now_ns; /* of events that a line gives no time */
	char *text;
	size_t size, forgotten;
	FILE *out;
};

/* limits NULL: plenty. */
void facts_open(struct facts *facts, const uint32_t *limits);
void facts_close(struct facts *facts);
static inline void cleanup_facts_fn(struct facts *facts)
{
	facts_close(facts);
}
#define cleanup_facts cleanup(cleanup_facts_fn)

/* One event, with what its line left out. */
struct event facts_event(struct facts *facts, const char *line, size_t size);
/* Every line of `lines`, each `times` times; fails the test where more than the first time changes
 * something. What state_apply() said of the last one. */
int facts_apply(struct facts *facts, const char *lines, unsigned int times);
/* All that was told so far, or since facts_forget(). */
const char *facts_told(struct facts *facts);
void facts_forget(struct facts *facts);

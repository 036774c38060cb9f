/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a story happens in: namespaces by their labels, and the addresses that
 * the steps so far have announced. After each step the kernel's own list must
 * say the same, so that a wrong expectation fails here and not in what is tested
 * with it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "address.h"
#include "lab.h"

struct step;

enum {
	STORY_PLACE_MAX = 16,
	STORY_ADDRESS_MAX = 8, /* in one place at a time */
};

struct address_set {
	char texts[STORY_ADDRESS_MAX][ADDRESS_TEXT_SIZE];
	size_t count;
};

struct place {
	const char *label; /* borrowed from its first step */
	struct net *net; /* NULL: not there any more */
	char host_link[LAB_NAME_SIZE]; /* the host's end of its link; "" when it has none there */
	pid_t process; /* that alone keeps it alive; 0: it has a name */
	int control; /* to that process; -1 */
	bool is_lacking; /* the kernel has no link of the kind that it is about */
	struct address_set present;
};

struct story {
	struct lab lab;
	struct place places[STORY_PLACE_MAX];
	size_t place_count;
	uint64_t pause_us;
	FILE *log; /* borrowed; NULL: none */
};

int story_open(const char *prefix, uint64_t pause_us, FILE *log, struct story *out);
/* Also ends and deletes what is still there. */
void story_close(struct story *story);
static inline void cleanup_story_fn(struct story *story)
{
	story_close(story);
}
#define cleanup_story cleanup(cleanup_story_fn)

/* The one of that label, made known by being asked for; NULL when there are too many. */
struct place *story_place(struct story *story, const char *label);
/*
 * Take one step, say so on stdout, write the events it must cause to the log, and
 * pause. -EINTR when a signal asks to stop, -EPROTO when the kernel's list differs.
 */
int story_tell(struct story *story, const struct step *step);

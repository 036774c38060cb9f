/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps that a story is made of: a row of data each, and the functions that
 * `run` may name. They return 0 or -errno, the kernel's own where it refused.
 */
#pragma once

#include <stdint.h>

struct place;
struct story;

enum { STEP_EVENT_MAX = 8 };

struct step {
	const char *text;
	int (*run)(struct story *story, struct place *place, const struct step *step);
	const char *place; /* label of a namespace */
	const char *link; /* its name in there; NULL is eth0 */
	const char *kind; /* of a link that is made; NULL is veth */
	const char *lower; /* "low" or "end", the ends of lab_open()'s own pair: what it sits on */
	const char *peer; /* its other end, when that is inside too */
	const char *to; /* new name; label of the place moved to; value of a sysctl */
	const char *address;
	uint32_t flags; /* IFA_F_* */
	uint32_t valid_s;
	int err; /* how the kernel must answer */
	unsigned int pauses; /* to settle; 0 is 1 */
	const char *expect[STEP_EVENT_MAX]; /* "+ 10.9.0.5/24": events in the place, in order */
};

int step_netns_add(struct story *story, struct place *place, const struct step *step);
int step_netns_delete(struct story *story, struct place *place, const struct step *step);
/* A namespace without a name, which lives as long as a process. */
int step_process_start(struct story *story, struct place *place, const struct step *step);
int step_process_end(struct story *story, struct place *place, const struct step *step);
/* Made in the host, then moved in and renamed; down. */
int step_link_move_in(struct story *story, struct place *place, const struct step *step);
/* Made in the place: on `lower`, with `peer`, or with its other end in the host; up. */
int step_link_add(struct story *story, struct place *place, const struct step *step);
/* Made in the place, of a kind that needs no other link; up. */
int step_link_single(struct story *story, struct place *place, const struct step *step);
int step_link_delete(struct story *story, struct place *place, const struct step *step);
int step_link_up(struct story *story, struct place *place, const struct step *step);
int step_link_down(struct story *story, struct place *place, const struct step *step);
int step_link_rename(struct story *story, struct place *place, const struct step *step);
int step_link_move(struct story *story, struct place *place, const struct step *step);
/* Waits until the address can be used. */
int step_address_add(struct story *story, struct place *place, const struct step *step);
int step_address_replace(struct story *story, struct place *place, const struct step *step);
int step_address_delete(struct story *story, struct place *place, const struct step *step);
/* To the host's end of the place's link. */
int step_host_address_add(struct story *story, struct place *place, const struct step *step);
/* Set promote_secondaries to `to`. */
int step_promote(struct story *story, struct place *place, const struct step *step);

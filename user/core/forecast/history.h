/* SPDX-License-Identifier: Apache-2.0 */
/*
 * History of a level (addresses in use), in fixed memory: four rings of slots, fine for
 * the last minutes, coarse for the last days. A slot keeps the mean over its time, the
 * highest level and how many were assigned. Besides, hour by hour for a day, the most
 * that came and the most that came in place of others within 30 s. Pure.
 *
 * Time is ns since the history began, given by the caller; it must not go back.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"

enum history_ring { HISTORY_10S, HISTORY_1M, HISTORY_10M, HISTORY_30M, HISTORY_RING_COUNT };

enum {
	HISTORY_10S_SLOTS = 60, /* 10 minutes */
	HISTORY_1M_SLOTS = 60, /* an hour */
	HISTORY_10M_SLOTS = 72, /* 12 hours */
	HISTORY_30M_SLOTS = 144, /* 3 days */
	HISTORY_SLOTS =
		HISTORY_10S_SLOTS + HISTORY_1M_SLOTS + HISTORY_10M_SLOTS + HISTORY_30M_SLOTS,
	HISTORY_SLOTS_MOST = HISTORY_30M_SLOTS, /* of a ring */
	HISTORY_HOURS = 24,
	HISTORY_LEVEL_MAX = UINT16_MAX, /* what is above counts as this */
	HISTORY_BURST_S = 30, /* time over which what comes and goes is counted */
};

struct history_slot {
	float mean; /* addresses; HISTORY_UNKNOWN: nothing is known of that time */
	uint16_t max;
	uint16_t assigned;
};

#define HISTORY_UNKNOWN (-1.0F)

/* The slot that time is in. */
struct history_open {
	int64_t index; /* slots of its width since the history began */
	int64_t known_ns; /* how much of it is known */
	double area; /* address nanoseconds */
	uint32_t max;
	uint32_t assigned;
};

/* Both in any HISTORY_BURST_S of the hour. */
struct history_burst {
	uint16_t assigned;
	uint16_t turned; /* assigned and released, the fewer of both */
};

struct history_half {
	int64_t index; /* halves of HISTORY_BURST_S since the history began */
	uint32_t assigned, released;
};

struct history {
	int64_t now_ns;
	struct history_open open[HISTORY_RING_COUNT];
	struct history_half half, half_before;
	struct history_burst hours[HISTORY_HOURS];
	struct history_slot slots[HISTORY_SLOTS];
};

_Static_assert(sizeof(struct history) <= 3072, "a history has no more than 3 KiB");

void history_init(struct history *history);
/* The level was so until then. */
void history_hold(struct history *history, int64_t until_ns, uint32_t level);
/* It is not known how the level was until then. */
void history_skip(struct history *history, int64_t until_ns);
/* It changes now. */
void history_step(struct history *history, uint32_t from, uint32_t to);

struct history_view {
	double mean;
	double max;
	double assigned;
	double seconds; /* of it that are known; more than 0 */
	double end_s; /* of it, or now */
};

/* age: in slots, 0 is the one that time is in. False where nothing is known. */
bool history_at(const struct history *history, enum history_ring ring, unsigned int age,
		struct history_view *out);
double history_now_s(const struct history *history);
/* How long ago the slot that time is in began. */
double history_open_s(const struct history *history, enum history_ring ring);
double history_slot_s(enum history_ring ring);
unsigned int history_slot_count(enum history_ring ring);
/* The most of the last day. */
struct history_burst history_peak(const struct history *history);

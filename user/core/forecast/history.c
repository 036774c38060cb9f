// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/history.h"

#include <string.h>

#define SECOND_NS 1000000000LL
#define HOUR_NS (3600 * SECOND_NS)
#define HALF_NS (HISTORY_BURST_S * SECOND_NS / 2)

static const struct {
	int64_t width_ns;
	unsigned int first, count; /* of slots */
} rings[HISTORY_RING_COUNT] = {
	[HISTORY_10S] = { 10 * SECOND_NS, 0, HISTORY_10S_SLOTS },
	[HISTORY_1M] = { 60 * SECOND_NS, HISTORY_10S_SLOTS, HISTORY_1M_SLOTS },
	[HISTORY_10M] = { 600 * SECOND_NS, HISTORY_10S_SLOTS + HISTORY_1M_SLOTS,
			  HISTORY_10M_SLOTS },
	[HISTORY_30M] = { 1800 * SECOND_NS,
			  HISTORY_10S_SLOTS + HISTORY_1M_SLOTS + HISTORY_10M_SLOTS,
			  HISTORY_30M_SLOTS },
};

static const struct history_slot unknown_slot = { .mean = HISTORY_UNKNOWN };

static uint16_t clamp(uint32_t value)
{
	return (uint16_t)(value < HISTORY_LEVEL_MAX ? value : HISTORY_LEVEL_MAX);
}

void history_init(struct history *history)
{
	memset(history, 0, sizeof(*history));
	for (unsigned int i = 0; i < HISTORY_SLOTS; i++)
		history->slots[i] = unknown_slot;
}

static struct history_slot *slot_of(struct history *history, enum history_ring ring, int64_t index)
{
	return &history->slots[rings[ring].first + (unsigned int)(index % rings[ring].count)];
}

static struct history_slot close_slot(const struct history_open *open)
{
	if (!open->known_ns)
		return unknown_slot;
	return (struct history_slot){
		.mean = (float)(open->area / (double)open->known_ns),
		.max = clamp(open->max),
		.assigned = clamp(open->assigned),
	};
}

static void add(struct history_open *open, int64_t known_ns, uint32_t level)
{
	if (known_ns <= 0)
		return;
	open->known_ns += known_ns;
	open->area += (double)known_ns * level;
	if (level > open->max)
		open->max = level;
}

/* A slot ends with its last moment, so that something is known of the one that time is in. Slots
 * that time leaps over are filled: with the level, or as not known. */
static void advance(struct history *history, enum history_ring ring, int64_t until_ns,
		    const uint32_t *level)
{
	struct history_open *open = &history->open[ring];
	int64_t width_ns = rings[ring].width_ns;
	int64_t index = until_ns > 0 ? (until_ns - 1) / width_ns : 0;
	int64_t oldest = index - rings[ring].count;
	struct history_slot filled = unknown_slot;

	if (index == open->index) {
		if (level)
			add(open, until_ns - history->now_ns, *level);
		return;
	}
	if (level) {
		add(open, (open->index + 1) * width_ns - history->now_ns, *level);
		filled = (struct history_slot){ .mean = clamp(*level), .max = clamp(*level) };
	}
	*slot_of(history, ring, open->index) = close_slot(open);
	for (int64_t i = open->index >= oldest ? open->index + 1 : oldest; i < index; i++)
		*slot_of(history, ring, i) = filled;
	*open = (struct history_open){ .index = index };
	if (level)
		add(open, until_ns - index * width_ns, *level);
}

static void forget_hours(struct history *history, int64_t until_ns)
{
	int64_t last = history->now_ns / HOUR_NS, now = until_ns / HOUR_NS;

	if (last < now - HISTORY_HOURS)
		last = now - HISTORY_HOURS;
	while (last < now)
		history->hours[++last % HISTORY_HOURS] = (struct history_burst){ 0 };
}

static void pass(struct history *history, int64_t until_ns, const uint32_t *level)
{
	for (unsigned int i = 0; i < HISTORY_RING_COUNT; i++)
		advance(history, i, until_ns, level);
	forget_hours(history, until_ns);
	history->now_ns = until_ns;
}

void history_hold(struct history *history, int64_t until_ns, uint32_t level)
{
	pass(history, until_ns, &level);
}

void history_skip(struct history *history, int64_t until_ns)
{
	pass(history, until_ns, NULL);
}

static void roll_halves(struct history *history)
{
	int64_t index = history->now_ns / HALF_NS;

	if (index == history->half.index)
		return;
	history->half_before = history->half;
	if (history->half_before.index != index - 1)
		history->half_before = (struct history_half){ 0 };
	history->half = (struct history_half){ .index = index };
}

/* Over this half and the one before: two that touch are 30 s at most, and no burst of 15 s is cut.
 */
static void count_burst(struct history *history, uint32_t assigned, uint32_t released)
{
	struct history_burst *hour = &history->hours[history->now_ns / HOUR_NS % HISTORY_HOURS];
	uint32_t came, went, turned;

	roll_halves(history);
	history->half.assigned += assigned;
	history->half.released += released;
	came = history->half.assigned + history->half_before.assigned;
	went = history->half.released + history->half_before.released;
	turned = came < went ? came : went;
	if (came > hour->assigned)
		hour->assigned = clamp(came);
	if (turned > hour->turned)
		hour->turned = clamp(turned);
}

void history_step(struct history *history, uint32_t from, uint32_t to)
{
	uint32_t assigned = to > from ? to - from : 0, released = from > to ? from - to : 0;

	for (unsigned int i = 0; i < HISTORY_RING_COUNT; i++) {
		struct history_open *open = &history->open[i];

		open->assigned += assigned;
		if (to > open->max)
			open->max = to;
	}
	count_burst(history, assigned, released);
}

bool history_at(const struct history *history, enum history_ring ring, unsigned int age,
		struct history_view *out)
{
	const struct history_open *open = &history->open[ring];
	double width_s = history_slot_s(ring);
	struct history_slot slot;

	if (age >= rings[ring].count || age > open->index)
		return false;
	slot = age ? *slot_of((struct history *)history, ring, open->index - age)
		   : close_slot(open);
	if (slot.mean < 0)
		return false;
	*out = (struct history_view){
		.mean = slot.mean,
		.max = slot.max,
		.assigned = slot.assigned,
		.seconds = age ? width_s : (double)open->known_ns / SECOND_NS,
		.end_s = age ? (double)(open->index - age + 1) * width_s
			     : (double)history->now_ns / SECOND_NS,
	};
	return true;
}

double history_now_s(const struct history *history)
{
	return (double)history->now_ns / SECOND_NS;
}

double history_open_s(const struct history *history, enum history_ring ring)
{
	return (double)(history->now_ns - history->open[ring].index * rings[ring].width_ns) /
	       SECOND_NS;
}

double history_slot_s(enum history_ring ring)
{
	return (double)rings[ring].width_ns / SECOND_NS;
}

unsigned int history_slot_count(enum history_ring ring)
{
	return rings[ring].count;
}

struct history_burst history_peak(const struct history *history)
{
	struct history_burst peak = { 0 };

	for (unsigned int i = 0; i < HISTORY_HOURS; i++) {
		if (history->hours[i].assigned > peak.assigned)
			peak.assigned = history->hours[i].assigned;
		if (history->hours[i].turned > peak.turned)
			peak.turned = history->hours[i].turned;
	}
	return peak;
}

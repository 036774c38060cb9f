// SPDX-License-Identifier: Apache-2.0
#include "source/supplier/last_good.h"

#include <string.h>

#include "core/base/text.h"
#include "log.h"

static void replace(struct last_good *last, struct capacity *capacity)
{
	if (!capacity_is_equal(&last->capacity, capacity))
		last->version++;
	if (capacity->dropped && !last->capacity.dropped)
		log_warn("cannot %s whole: no room for more than %d ranges, ignoring", last->task,
			 CAPACITY_RANGES_MAX);
	capacity_clear(&last->capacity);
	last->capacity = take(*capacity, (struct capacity){ 0 });
	last->status.entries = last->capacity.range_count + last->capacity.enis.eni_count +
			       (last->capacity.max_pods > 0);
}

static void recover(struct last_good *last)
{
	if (last->cause_count)
		log_info("can %s again", last->task);
	last->cause_count = 0;
}

void last_good_set(struct last_good *last, struct capacity *capacity, uint64_t now_ns)
{
	replace(last, capacity);
	recover(last);
	last->status.is_up = true;
	last->status.good_ns = now_ns;
}

void last_good_none(struct last_good *last)
{
	struct capacity none = { 0 };

	replace(last, &none);
	last->cause_count = 0;
	last->status.is_up = false;
}

void last_good_fail(struct last_good *last, const char *why)
{
	last->status.is_up = false;
	last->status.errors++;
	if (last->cause_count == LAST_GOOD_CAUSES_MAX)
		return;
	for (size_t i = 0; i < last->cause_count; i++)
		if (!strcmp(last->causes[i], why))
			return;
	text_copy(last->causes[last->cause_count++], LAST_GOOD_WHY_SIZE, why);
	log_warn("cannot %s: %s, ignoring", last->task, why);
}

void last_good_clear(struct last_good *last)
{
	capacity_clear(&last->capacity);
}

const struct capacity *last_good_capacity(const void *supplier)
{
	const struct last_good *last = supplier;

	return &last->capacity;
}

uint64_t last_good_version(const void *supplier)
{
	const struct last_good *last = supplier;

	return last->version;
}

struct supplier_status last_good_status(const void *supplier)
{
	const struct last_good *last = supplier;

	return last->status;
}

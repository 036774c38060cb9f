/* SPDX-License-Identifier: Apache-2.0 */
/* A supplier, a fetcher, and a clock that stands still until a test moves it. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "fetching.h"
#include "source/supplier/supplier.h"
#include "web.h"
#include "workdir.h"

enum { RIG_NOW_S = 1750000000 };

#define RIG_SECOND_NS UINT64_C(1000000000)

struct rig {
	const struct supplier_kind *kind;
	struct fetcher *fetcher;
	void *supplier;
	uint64_t now_ns;
	uint64_t due_ns; /* as turn() says */
	struct supplier_status before;
};

static inline int64_t rig_wall_ns(void)
{
	return RIG_NOW_S * INT64_C(1000000000);
}

static inline struct rig rig_open(const struct supplier_kind *kind,
				  const struct supplier_settings *settings)
{
	struct rig rig = { .kind = kind, .now_ns = 1000 * RIG_SECOND_NS };
	struct supplier_config config = { .settings = settings, .wall_ns = rig_wall_ns };

	assert_int_equal(fetcher_open(&rig.fetcher), 0);
	config.fetcher = rig.fetcher;
	assert_int_equal(kind->open(&config, &rig.supplier), 0);
	return rig;
}

static inline void rig_close(struct rig *rig)
{
	if (rig->supplier)
		rig->kind->close(rig->supplier);
	fetcher_close(rig->fetcher);
}
#define cleanup_rig cleanup(rig_close)

static inline struct supplier_status rig_status(const struct rig *rig)
{
	return rig->kind->status(rig->supplier);
}

static inline const struct capacity *rig_capacity(const struct rig *rig)
{
	return rig->kind->capacity(rig->supplier);
}

static inline uint64_t rig_version(const struct rig *rig)
{
	return rig->kind->version(rig->supplier);
}

static inline void rig_turn(struct rig *rig)
{
	rig->due_ns = rig->kind->turn(rig->supplier, rig->now_ns);
}

static inline bool rig_is_done(void *ctx)
{
	struct rig *rig = ctx;
	struct supplier_status status;

	rig_turn(rig);
	status = rig_status(rig);
	return status.good_ns == rig->now_ns || status.errors != rig->before.errors;
}

/* A round from its begin to its end. */
static inline void rig_round(struct rig *rig)
{
	rig->before = rig_status(rig);
	fetching_run(rig->fetcher, rig_is_done, rig);
	/* Nothing is under way: it says the same later. */
	assert_true(rig->due_ns > rig->now_ns);
}

/* The next one, as soon as it is due. */
static inline void rig_next(struct rig *rig)
{
	rig->now_ns = rig->due_ns;
	rig_round(rig);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suppliers: asks every source of the table in suppliers.c what it knows of this
 * node's addresses, and says when they together say something else than before.
 */
#pragma once

#include "cleanup.h"
#include "core/base/range.h"
#include "core/capacity/account.h"
#include "core/metrics/collect.h"
#include "source/supplier/supplier.h"

struct loop;
struct requests;
struct suppliers;

/* Everything is borrowed for the suppliers' life. */
struct suppliers_config {
	struct supplier_config supplier; /* its fetcher is set here */
	struct requests *requests;
	const char *const *off; /* names of sources that are not to be asked */
	size_t off_count;
	/* All ranges, whenever a source says something else than before. Takes the table. */
	void (*on_ranges)(struct range_table *ranges, void *ctx);
	void *ctx;
};

/* Names of all sources, in order of precedence; NULL past the last. */
const char *suppliers_name(size_t index);

/* Says why in the log when it fails. The caller owns *out. */
int suppliers_open(const struct suppliers_config *config, struct loop *loop,
		   struct suppliers **out);
void suppliers_close(struct suppliers *suppliers);
DEFINE_CLEANUP(suppliers, struct suppliers *, suppliers_close)
#define cleanup_suppliers cleanup(cleanup_suppliers_fn)

/* Ask for the first time. What needs the network answers later. */
int suppliers_start(struct suppliers *suppliers);
/* The CNI's files changed. */
void suppliers_refresh(struct suppliers *suppliers);
/* The configuration names these ranges from now on; the list is copied. -ENOMEM: those before. */
int suppliers_set_ranges(struct suppliers *suppliers, const struct range_list *ranges);
/* Fills in what is borrowed until the next call. */
void suppliers_measure(struct suppliers *suppliers, const struct account *account,
		       struct metrics_input *out);

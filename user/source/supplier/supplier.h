/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Supplier: one way in which a node can be told of its addresses (a file, an API, a
 * metadata service, routes). Each is a module that fills in one struct supplier_kind;
 * suppliers.c has them in one table, in order of precedence, and drives them: a
 * supplier has no thread and no timer of its own.
 *
 * A supplier keeps the last good state when it fails, and says how old it is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/capacity/capacity.h"

struct cni;
struct fetcher;
struct ipam_json;

#define SUPPLIER_NEVER UINT64_MAX

/* Where to ask. A text is NULL or "" where that supplier is not to be asked. Borrowed. */
struct supplier_settings {
	const char *node; /* name of the Node object */
	const char *kubernetes_url; /* https://10.96.0.1:443 */
	const char *kubernetes_token_file, *kubernetes_ca_file; /* read anew for each request */
	const char *gce_url; /* http://169.254.169.254 */
	const char *imds_url; /* the same, of AWS */
	const char *ipamd_url; /* http://127.0.0.1:61679, or unix:/PATH */
	const char *flannel_file;
	const char *proc_dir; /* of the host: whose routes */
	uint64_t period_ns; /* between two questions where nothing announces a change */
};

struct supplier_config {
	const struct supplier_settings *settings;
	struct fetcher *fetcher; /* NULL: no network */
	struct range_list ranges; /* of the configuration */
	const struct cni *cni; /* NULL: none */
	struct ipam_json *ipam; /* NULL: none */
	int64_t (*wall_ns)(void); /* since the epoch */
};

struct supplier_status {
	bool is_up; /* the last try went well */
	uint64_t entries; /* ranges, ENIs and limits that it knows now */
	uint64_t errors; /* answers that were not understood, and tries that failed, ever */
	uint64_t good_ns; /* CLOCK_MONOTONIC of the last good answer; 0 none yet */
};

struct supplier_kind {
	const char *name; /* value of the label `source` */
	bool needs_network;
	/* 1: not to be asked on this node (its setting is empty), *out untouched. Says why in the
	 * log when it fails. The caller owns *out. */
	int (*open)(const struct supplier_config *config, void **out);
	void (*close)(void *supplier);
	/* Readable when turn() has work; -1 none. NULL: never any. */
	int (*fd)(const void *supplier);
	/* Do what is due. Returns when to be called next (CLOCK_MONOTONIC), or SUPPLIER_NEVER.
	 * Called after each event of the fetcher, too: it must be cheap when nothing is due. */
	uint64_t (*turn)(void *supplier, uint64_t now_ns);
	/* What it says now; never NULL. Borrowed until the next turn. */
	const struct capacity *(*capacity)(const void *supplier);
	/* Grows with every change of what capacity() says. */
	uint64_t (*version)(const void *supplier);
	struct supplier_status (*status)(const void *supplier);
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The node's CNI files: ranges out of the network configuration (host-local's
 * `ranges` and `subnet`), and out of libcni's result cache the namespaces that are
 * this node's, and which pod holds which address in them. Watched with inotify; a
 * file that cannot be read is counted, named in the log once, and harms nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/base/range.h"
#include "core/books/lease.h"
#include "source/cni/cni_result.h"

struct cni;

struct cni_config {
	const char *conf_dir; /* /etc/cni/net.d, already under the host's root; borrowed */
	const char *cache_dir; /* /var/lib/cni/results; borrowed */
	const char *state_dir; /* /var/lib/cni/networks: only cni_books() needs it; NULL none;
				  borrowed */
	const char *host_root; /* prefix of the paths that files name; "" for none */
};

struct cni_stats {
	uint64_t files; /* understood now */
	uint64_t bad; /* there, and not understood */
	uint64_t errors; /* files not understood, ever */
	uint64_t skipped; /* files past the bounds of cni_files.h, ever */
	uint64_t dropped_ranges; /* past RANGE_MAX, now */
	uint64_t dropped_ips; /* past CNI_RESULT_IPS_MAX of their results, now */
};

/* Directories that do not exist yet are waited for by watching the nearest parent that does. */
int cni_open(const struct cni_config *config, struct cni **out);
void cni_close(struct cni *cni);
DEFINE_CLEANUP(cni, struct cni *, cni_close)
#define cleanup_cni cleanup(cleanup_cni_fn)

int cni_fd(const struct cni *cni); /* readable when files changed; borrowed */

enum { CNI_RANGES_CHANGED = 1, CNI_SANDBOXES_CHANGED = 2, CNI_RESULTS_CHANGED = 4 };
/* Take what changed: a mask of the above (0: nothing of interest), or -errno. */
int cni_refresh(struct cni *cni);

struct range_list cni_ranges(const struct cni *cni); /* borrowed until the next refresh */
/* The network whose host-local works in the node's pod CIDRs (`usePodCidr`); "" none; borrowed
 * until the next refresh. */
const char *cni_pod_cidr_network(const struct cni *cni);

/* A CIDR whose addresses host-local keeps in state_dir, all of them. */
struct cni_book {
	struct prefix cidr;
	char network[RANGE_NAME_SIZE];
	bool is_whole; /* no rangeStart or rangeEnd leaves some of it to others */
};

/* Of the ranges above those that do not overlap one with another `dataDir`. Borrowed until the next
 * refresh. */
size_t cni_books(const struct cni *cni, const struct cni_book **out);

/* Inodes of the network namespaces that the cache's results name. Borrowed until the next refresh.
 */
const uint32_t *cni_sandboxes(const struct cni *cni, size_t *out_count);

/* Valid during the call. */
typedef void (*cni_result_fn)(const struct cni_pod *pod, void *ctx);
/* Every result that names a pod or an address, the oldest file first: where two differ, believe the
 * later one. It tells of its namespaces; of its addresses only when it knows no namespace and is
 * not gone, since an address may have gone to another pod. */
void cni_each_result(const struct cni *cni, cni_result_fn fn, void *ctx);
/* Appends a lease of source "cni-cache" for every address of every result; what does not fit is
 * counted in the list. -ENOMEM: some are missing. */
int cni_leases(const struct cni *cni, struct lease_list *list);

struct cni_stats cni_stats(const struct cni *cni);

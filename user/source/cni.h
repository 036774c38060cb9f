/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The node's CNI files: ranges out of the network configuration (host-local's
 * `ranges` and `subnet`), and the namespaces that libcni's result cache names as
 * this node's. Watched with inotify; a file that cannot be read is counted,
 * named in the log once, and harms nothing.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/range.h"

struct cni;

struct cni_config {
	const char *conf_dir; /* /etc/cni/net.d, already under the host's root; borrowed */
	const char *cache_dir; /* /var/lib/cni/results; borrowed */
	const char *host_root; /* prefix of the sandbox paths that cache files name; "" for none */
};

struct cni_stats {
	uint64_t files; /* understood now */
	uint64_t errors; /* files not understood, ever */
	uint64_t skipped; /* files past the bounds of cni_files.h, ever */
	uint64_t dropped_ranges; /* past RANGE_MAX, now */
};

/* Directories that do not exist yet are waited for by watching the nearest parent that does. */
int cni_open(const struct cni_config *config, struct cni **out);
void cni_close(struct cni *cni);
DEFINE_CLEANUP(cni, struct cni *, cni_close)
#define cleanup_cni cleanup(cleanup_cni_fn)

int cni_fd(const struct cni *cni); /* readable when files changed; borrowed */

enum { CNI_RANGES_CHANGED = 1, CNI_SANDBOXES_CHANGED = 2 };
/* Take what changed: a mask of the above (0: nothing of interest), or -errno. */
int cni_refresh(struct cni *cni);

struct range_list cni_ranges(const struct cni *cni); /* borrowed until the next refresh */
/* Inodes of the network namespaces that the cache's results name. Borrowed until the next refresh.
 */
const uint32_t *cni_sandboxes(const struct cni *cni, size_t *out_count);
struct cni_stats cni_stats(const struct cni *cni);

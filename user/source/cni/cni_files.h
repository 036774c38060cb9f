/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CNI files of one directory, and what each said when it was last read. One
 * that cannot be understood is counted, named in the log once, and tried again at
 * its next change; meanwhile a configuration says what it said before, and a result
 * nothing.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/range.h"
#include "source/cni/cni_conf.h"
#include "source/cni/cni_result.h"

enum {
	CNI_FILE_MAX = 1 << 20, /* bytes of one file */
	CNI_FILES_MAX = 4096, /* in one directory */
};

enum cni_kind {
	CNI_KIND_CONF, /* configurations of networks: *.conf, *.conflist, *.json */
	CNI_KIND_RESULT, /* libcni's cached results, whatever their names */
	CNI_KIND_COUNT,
};

struct cni_file {
	char name[NAME_MAX + 1];
	int64_t written_ns; /* since the epoch; 0 not known */
	struct range *ranges; /* of a configuration */
	size_t range_count;
	char *pod_cidr_network; /* of a configuration; NULL none */
	uint64_t elsewhere; /* bit of each range whose addresses are not kept in state_dir */
	struct cni_kept *kept; /* of a result that names a pod or an address, else NULL */
	size_t dropped_ips; /* of a result */
	uint32_t sandboxes[CNI_RESULT_SANDBOXES_MAX]; /* of a result: inodes */
	size_t sandbox_count;
	bool is_bad;
	bool is_seen; /* by the reading of the directory under way */
};

struct cni_files {
	enum cni_kind kind;
	const char *path; /* borrowed */
	const char *host_root; /* prefix of the paths in files; borrowed */
	const char *state_dir; /* of host-local; NULL none; borrowed */
	struct cni_file *files; /* by name, as libcni orders them */
	size_t count;
	bool is_changed; /* some `kept` is another one since this was last cleared */
	bool is_full; /* the log has it */
	uint64_t errors; /* files not understood, ever */
	uint64_t skipped; /* files past CNI_FILES_MAX or CNI_FILE_MAX, ever */
};

/* Empty. The paths are borrowed. -ENOMEM. The caller owns *out. */
int cni_files_init(enum cni_kind kind, const char *path, const char *host_root,
		   const char *state_dir, struct cni_files *out);
void cni_files_clear(struct cni_files *files);

/* Take what the file says now; what is not good JSON may still be half-written unless is_whole. */
void cni_files_update(struct cni_files *files, const char *name, bool is_whole);
/* Take what the directory holds now; nothing when it is missing. */
void cni_files_update_all(struct cni_files *files);
size_t cni_files_count_good(const struct cni_files *files);

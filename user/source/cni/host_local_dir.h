/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One network's directory of host-local: a file per address that is handed out,
 * "<container id>\r\n<ifname>".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "core/base/addr.h"
#include "core/books/lease.h"
#include "core/pod/pod.h"
#include "source/base/complaints.h"

enum { HOST_LOCAL_FILE_MAX = 4096 }; /* bytes of one file */

/* A lease, without what all of a network share. */
struct host_local_entry {
	struct ip ip;
	char container_id[POD_CONTAINER_ID_SIZE]; /* "": the file does not say */
	char ifname[LEASE_IFNAME_SIZE];
	int64_t since_ns; /* of the file, since the epoch */
};

/* Zeroed at birth. */
struct host_local_dir {
	struct host_local_entry *entries;
	size_t count, room;
	struct stat stat; /* of the directory, when it was read */
	bool is_settled; /* as long as the directory does not change, nor does what it says */
};

/* Take what the directory holds, whose stat the caller has: nothing is opened where that says that
 * nothing changed. Files past `limit` are skipped. -ENOENT, -ENOMEM and other -errno leave *dir
 * alone. */
int host_local_dir_read(const char *path, const struct stat *stat, size_t limit,
			struct complaints *complaints, struct host_local_dir *dir);
void host_local_dir_clear(struct host_local_dir *dir);

/* Calls on_name for every name in a directory until it fails. What it said, or -errno. */
int host_local_each(const char *path, int (*on_name)(const char *name, void *ctx), void *ctx);
/* What a reading met, in words. */
const char *host_local_strerror(int err);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host-local's books: below its state directory one directory per network, in it
 * one file per address that is handed out, "<container id>\r\n<ifname>". They are
 * read when the caller likes; a network whose directory has not changed is not read
 * again. What cannot be understood is counted, named in the log once, and harms
 * nothing. Files may come and go meanwhile.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/books/lease.h"

enum { HOST_LOCAL_NETWORKS_MAX = 64 };

struct host_local;

/* state_dir is /var/lib/cni/networks, already under the host's root; borrowed. It need not exist.
 * -ENOMEM. The caller owns *out. */
int host_local_open(const char *state_dir, struct host_local **out);
void host_local_close(struct host_local *books);
DEFINE_CLEANUP(host_local, struct host_local *, host_local_close)
#define cleanup_host_local cleanup(cleanup_host_local_fn)

/* Appends every lease of now; one of a file that cannot be understood names no sandbox. A directory
 * that cannot be read keeps the leases it had. Past LEASES_MAX of *out they are counted there.
 * -ENOMEM leaves *out alone. */
int host_local_read(struct host_local *books, struct lease_list *out);
/* Did the last reading find a directory of this network, and has one of them read it? Until then a
 * missing lease means nothing. */
bool host_local_has_network(const struct host_local *books, const char *name);

struct host_local_stats {
	bool is_up; /* the last reading found the state directory and could read all of it */
	uint64_t entries; /* leases, now */
	uint64_t errors; /* files and directories not understood, ever */
	uint64_t skipped; /* networks and files past the bounds, ever */
};
struct host_local_stats host_local_stats(const struct host_local *books);

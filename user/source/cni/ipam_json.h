/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state file of the AWS VPC CNI, ipam.json: which address it has given to which
 * pod and sandbox. It is read when the caller likes, and not again while it has not
 * changed. One that cannot be understood is counted, named in the log once a
 * change, and leaves what the last good one said.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/books/lease.h"

enum { IPAM_JSON_MAX = 4 << 20 }; /* bytes of the file */

struct ipam_json;

/* path is /var/run/aws-node/ipam.json, already under the host's root; borrowed. It need not exist.
 * -ENOMEM. The caller owns *out. */
int ipam_json_open(const char *path, struct ipam_json **out);
void ipam_json_close(struct ipam_json *ipam);
DEFINE_CLEANUP(ipam_json, struct ipam_json *, ipam_json_close)
#define cleanup_ipam_json cleanup(cleanup_ipam_json_fn)

/* Appends every lease of now; a missing file has none. Past LEASES_MAX of *out they are counted
 * there. -ENOMEM leaves *out alone. */
int ipam_json_read(struct ipam_json *ipam, struct lease_list *out);

struct ipam_json_stats {
	bool is_up; /* the file is there, and was understood when it last changed */
	bool is_known; /* it is there, and was understood once */
	uint64_t entries; /* leases, now */
	uint64_t errors; /* states of the file not understood, ever */
	uint64_t skipped; /* leases past LEASES_MAX and files past IPAM_JSON_MAX, ever */
};
struct ipam_json_stats ipam_json_stats(const struct ipam_json *ipam);

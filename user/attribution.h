/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attribution: which pod a namespace or an address belongs to, from the node's files
 * and processes: libcni's cache, ipam.json, cgroups. What plugins are called with
 * joins them (operations.h). Needs no API.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "core/books/lease.h"
#include "core/metrics/collect.h"
#include "core/pod/identity.h"
#include "core/state/state.h"
#include "source/base/processes.h"
#include "source/cni/cni.h"

struct attribution;
struct ipam_json;

/* Everything is borrowed for the attribution's life. */
struct attribution_config {
	const char *proc_dir;
	const char *host_root;
	const char *cni_conf_dir, *cni_cache_dir, *cni_state_dir;
	const char *ipam_file; /* ipam.json of the AWS VPC CNI */
	const struct state *state;
};

/* Reads the files. Says why in the log when it fails. The caller owns *out. */
int attribution_open(const struct attribution_config *config, struct attribution **out);
void attribution_close(struct attribution *attribution);
DEFINE_CLEANUP(attribution, struct attribution *, attribution_close)
#define cleanup_attribution cleanup(cleanup_attribution_fn)

int attribution_fd(const struct attribution *attribution); /* readable when CNI files changed */
/* Take what changed: as cni_refresh(). */
int attribution_refresh(struct attribution *attribution);
/* Look at the processes and at ipam.json anew, and forget namespaces that are gone. */
void attribution_survey(struct attribution *attribution);

/* Who it is: of a fact's namespace, and of its address where it has one. The first time that the
 * files do not tell, the processes are looked at; then at each survey. */
void attribution_find(struct attribution *attribution, const struct fact *fact,
		      struct identity *out);
/* The fact has been told: a namespace that is freed has no pod any more. */
void attribution_told(struct attribution *attribution, const struct fact *fact);

struct identities *attribution_identities(struct attribution *attribution); /* borrowed */
const struct cni *attribution_cni(const struct attribution *attribution); /* borrowed */
struct ipam_json *attribution_ipam(const struct attribution *attribution); /* borrowed */
/* Of the last survey; borrowed until the next. */
const struct processes *attribution_processes(const struct attribution *attribution);
/* Adds what libcni's cache and ipam.json say of addresses. -ENOMEM. */
int attribution_leases(const struct attribution *attribution, struct lease_list *out);
void attribution_measure(const struct attribution *attribution, struct metrics_input *out);

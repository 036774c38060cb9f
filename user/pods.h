/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pods: whose the addresses are (attribution), what the CNI plugins do for them
 * (operations), and whether the IPAM's books agree with the kernel (audit).
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "core/metrics/collect.h"
#include "core/pod/failure.h"
#include "core/pod/identity.h"
#include "core/record/journal.h"

struct attribution;
struct audit;
struct loop;
struct object;
struct pods;
struct probe_record;

/* Everything is borrowed for the pods' life. */
struct pods_config {
	const char *proc_dir, *host_root;
	const char *cni_conf_dir, *cni_cache_dir, *cni_state_dir;
	const char *ipam_file;
	uint64_t leak_grace_ns;
	struct reason_rules rules;
	const struct state *state;
	const struct account *account;
	struct journal *journal;
	/* The CNI configuration names other ranges now. */
	void (*on_ranges)(void *ctx);
	/* A runtime or a file of this node says that the namespace is a pod's of this node. */
	void (*on_sandbox)(uint32_t netns, uint64_t time_ns, void *ctx);
	void *ctx;
};

/* Reads what the node's files say. Says why in the log when it fails. The caller owns *out. */
int pods_open(const struct pods_config *config, struct loop *loop, struct pods **out);
void pods_close(struct pods *pods);
DEFINE_CLEANUP(pods, struct pods *, pods_close)
#define cleanup_pods cleanup(cleanup_pods_fn)

/* The state is complete: tell what files name, compare books. object is what is loaded, borrowed
 * for the pods' life. -ENOMEM. */
int pods_start(struct pods *pods, const struct object *object);
/* Privileges are shed: what was possible until now may not be. */
void pods_check(struct pods *pods);
/* A plugin began, wrote or ended. */
void pods_record(struct pods *pods, const struct probe_record *record);

/* Reasons of the configuration from now on; borrowed. */
void pods_set_reasons(struct pods *pods, const struct reason_rules *rules);

const struct attribution *pods_attribution(const struct pods *pods); /* borrowed */
const struct identities *pods_identities(const struct pods *pods); /* borrowed */
const struct audit *pods_audit(const struct pods *pods); /* borrowed */
/* Who it is: of a fact's namespace, and of its address where it has one. */
void pods_find(struct pods *pods, const struct fact *fact, struct identity *out);
/* The fact has been told: a namespace that is freed has no pod any more. */
void pods_told(struct pods *pods, const struct fact *fact);
void pods_measure(const struct pods *pods, struct metrics_input *out);

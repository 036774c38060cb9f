/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations: the runs of CNI plugins, from what the kernel programs tell to the
 * event log and the counts; pods that wait for their address; and the plugins' own
 * words where a call fails.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "core/metrics/collect.h"
#include "core/pod/failure.h"
#include "core/record/journal.h"

struct loop;
struct object;
struct operations;
struct probe_record;

/* Everything is borrowed for the operations' life. */
struct operations_config {
	const char *host_root; /* prefix of the namespaces' paths; "" for none */
	struct reason_rules rules; /* of the configuration */
	struct identities *identities; /* learns which pod a namespace is made for */
	const struct account *account; /* knows which range is full */
	struct journal *journal;
	uint64_t hold_ns; /* for so long after the last run plugins' words are listened for */
	/* A runtime of this node makes the namespace a pod's. */
	void (*on_sandbox)(uint32_t netns, uint64_t time_ns, void *ctx);
	void *ctx;
};

/* -errno. The caller owns *out. */
int operations_open(const struct operations_config *config, struct loop *loop,
		    struct operations **out);
void operations_close(struct operations *operations);
DEFINE_CLEANUP(operations, struct operations *, operations_close)
#define cleanup_operations cleanup(cleanup_operations_fn)

/* What is loaded, known from then on and before the first record; borrowed. -ENOMEM. */
int operations_listen(struct operations *operations, const struct object *object);
/* Privileges are shed: see whether plugins' words can be heard all the same. */
void operations_check(struct operations *operations);
/* Reasons of the configuration from now on; borrowed. */
void operations_set_reasons(struct operations *operations, const struct reason_rules *rules);
/* A plugin began, wrote or ended. */
void operations_record(struct operations *operations, const struct probe_record *record);
/* Forget calls whose end was lost, and pods that are not tried any more: now and then, however many
 * others are. */
void operations_expire(struct operations *operations, uint64_t now_ns);
/* Counts, incidents, tables and the way in which plugins are heard. */
void operations_measure(const struct operations *operations, struct metrics_input *out);

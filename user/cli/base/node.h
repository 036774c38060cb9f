/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The node as it is now, for commands that ask no agent: the kernel's namespaces by
 * a walk, and whose they are by the node's files and processes.
 */
#pragma once

#include "attribution.h"
#include "cleanup.h"
#include "cli/base/output.h"
#include "core/state/state.h"
#include "feed.h"

struct node {
	struct kernel kernel;
	struct feed feed;
	struct state *state;
	struct attribution *attribution;
};

/* 0, or the exit status after saying why in the log. Pair with node_clear() in any case. */
int node_open(const struct output_options *options, struct node *node);
void node_clear(struct node *node);
#define cleanup_node cleanup(node_clear)

/* Walk once more. 0 or the exit status. */
int node_look(struct node *node);
/* "namespace/name", a uid, a container id, or "-": what is best known, fit for a terminal. */
const char *node_pod_text(const struct pod *pod, char *out, size_t size);

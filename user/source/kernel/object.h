/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The BPF object: which of its programs are loaded, and the one place that loads
 * them. Hooks and walks are two users of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "source/kernel/kernel.h"

struct podip_bpf;

struct object {
	struct podip_bpf *skel;
	enum backend backend; /* whose hooks are loaded */
	enum walk_form walk_form;
	bool has_calls; /* the programs that hear of CNI plugins are loaded */
	enum capture capture; /* the way to hear their stdout that is loaded */
	const char *capture_limit; /* why there is none; borrowed of the kernel, or a literal */
};

struct object_config {
	const struct kernel *kernel; /* borrowed for the object's life */
	enum backend backend; /* BACKEND_NONE: the walker alone */
	enum walk_form walk_form;
	bool peers; /* walks tell where the other end of a pair is */
};

/* Load. What the verifier or the kernel says goes to the debug log; -errno. The caller owns *out.
 */
int object_open(const struct object_config *config, struct object **out);
void object_close(struct object *object);
DEFINE_CLEANUP(object, struct object *, object_close)
#define cleanup_object cleanup(cleanup_object_fn)

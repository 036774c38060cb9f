/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shedding privilege: what the agent starts with, what it misses, and what it keeps
 * once everything is attached. What is shed does not come back.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/metrics/collect.h"
#include "source/kernel/kernel.h"
#include "source/kernel/privilege.h"

struct shed_config {
	const struct kernel *kernel;
	enum backend backend;
	const char *proc_dir;
	char *const *listen; /* addresses of --web.listen-address */
	size_t listen_count;
};

struct shed {
	struct privilege_scene scene;
	uint64_t held; /* at the start */
	const char *trouble; /* with shedding itself; NULL: none */
};

/* Look at what there is, and say in the log what is missing. The config is borrowed for the call.
 */
void shed_look(const struct shed_config *config, struct shed *out);
/* Drop all that running with this capture does not need; one line in the log. Before anybody can
 * connect, and before there is a second thread. -errno when capabilities cannot be dropped. */
int shed_now(struct shed *shed, enum capture capture);
/* One degradation for each privilege that counts here, and one for shedding. */
void shed_measure(const struct shed *shed, struct metrics_input *out);

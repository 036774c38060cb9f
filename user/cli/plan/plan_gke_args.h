/* SPDX-License-Identifier: Apache-2.0 */
/* Flags and podip.yaml to the cluster of `podip plan gke`. */
#pragma once

#include <stdbool.h>

#include "cli/option/command.h"
#include "core/plan/plan_gke.h"

struct gke_args {
	struct gke_cluster cluster;
	uint8_t new_len; /* of a range that might be added, over the mapped form */
	bool is_json, is_route_based;
};

enum { GKE_ROW_COUNT = 7 };
extern const struct option_row gke_rows[GKE_ROW_COUNT];

/* As command_read(); -EINVAL after one line on stderr. *out is untouched if not COMMAND_RUN. */
int gke_args_read(const struct command *command, int argc, char **argv, struct gke_args *out);

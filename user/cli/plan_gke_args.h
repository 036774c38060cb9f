/* SPDX-License-Identifier: Apache-2.0 */
/* Flags and podip.yaml to the cluster of `podip plan gke`. */
#pragma once

#include <stdbool.h>

#include "core/plan_gke.h"

struct gke_args {
	struct gke_cluster cluster;
	uint8_t new_len; /* of a range that might be added, over the mapped form */
	bool is_json, is_route_based;
};

enum gke_args_result { GKE_ARGS_RUN, GKE_ARGS_EXIT };

/* GKE_ARGS_EXIT after --help; -EINVAL after one line on stderr. *out is then untouched. */
int gke_args_read(int argc, char **argv, struct gke_args *out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Platform: where the agent runs, as far as it matters for whom to ask: on GCE, on
 * EC2, in a pod of a cluster. Told by the firmware's tables and the environment, so
 * that no packet leaves a node that has nobody to answer it.
 */
#pragma once

#include <stdbool.h>

enum { PLATFORM_URL_SIZE = 96 };

struct platform {
	bool is_gce, is_ec2;
	char kubernetes_url[PLATFORM_URL_SIZE]; /* "" not in a pod */
};

/* host_root is the prefix of the host's paths. */
void platform_read(const char *host_root, struct platform *out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pod's names, as far as they are known, and what spells them: CNI_ARGS and
 * cgroup paths. Strings come from outside: any bytes but NUL. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	POD_NAMESPACE_SIZE = 64, /* a DNS label: 63 */
	POD_NAME_SIZE = 254, /* a DNS subdomain: 253 */
	POD_FULL_NAME_SIZE = POD_NAMESPACE_SIZE + POD_NAME_SIZE,
	POD_UID_SIZE = 48, /* a UUID: 36; a static pod's hash: 32 */
	POD_CONTAINER_ID_SIZE = 80, /* 64 hexadecimal digits in every runtime seen */
};

/* "" is not known. */
struct pod {
	char namespace[POD_NAMESPACE_SIZE];
	char name[POD_NAME_SIZE];
	char uid[POD_UID_SIZE];
	char container_id[POD_CONTAINER_ID_SIZE]; /* of the sandbox */
};

/* "namespace/name". NULL when the name is not known, else out. */
const char *pod_full_name(const struct pod *pod, char out[static POD_FULL_NAME_SIZE]);
/* One pair of CNI_ARGS. Keys that say nothing of the pod are skipped; of a repeated key the last
 * one counts, as in the plugins. A value that does not fit is left out, and false returned. */
bool pod_set_arg(struct pod *pod, const char *key, const char *value);
/* "K=V;K=V" in any order. is_cut: the text was longer, so its last pair may be too and is left out.
 * False when something was left out. */
bool pod_set_args(struct pod *pod, const char *args, bool is_cut);
/* Pod uid and id of the process's own container (which need not be the sandbox's) from the text of
 * /proc/PID/cgroup: v1, v2 and hybrid; cgroupfs and systemd drivers. False when no line names a
 * pod.
 */
bool pod_from_cgroup(const char *text, struct pod *out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Child: another run of this program, for what it prints. A command that gathers what
 * others print survives whatever becomes of them.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct child_limits {
	size_t size_max; /* of what it prints; more is cut off */
	uint64_t timeout_ns; /* it is killed then */
};

/* Run /proc/self/exe with these arguments (argv[0] and all, ends with NULL), without stdin and
 * stderr. Its stdout, NUL-terminated, is owned by the caller. -ETIME; -EFBIG: it printed too much;
 * or -errno. What it printed until then is lost. */
int child_run(char *const argv[], const struct child_limits *limits, char **out, size_t *out_size,
	      int *out_status);

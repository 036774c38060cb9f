/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace file system: the numbers of classic tracepoints.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Is it mounted where we see it, and may we look into it? */
bool tracefs_is_mounted(void);
/* Number of "GROUP/NAME", for perf_event_open(). Where the file system is not mounted it is mounted
 * for this call, attached to nothing, which needs CAP_SYS_ADMIN. -ENOENT: no such tracepoint;
 * -errno. */
int tracefs_event_id(const char *event, uint32_t *out);

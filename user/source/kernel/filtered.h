/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filtered: system calls that a seccomp profile refuses, whatever the kernel itself would
 * say to them. A profile knows no argument of these, so each is asked for with one that
 * the kernel refuses in its own way, before it looks at anything else.
 */
#pragma once

#include <stdbool.h>

enum filtered { FILTERED_BPF, FILTERED_PERF_EVENT_OPEN, FILTERED_FSOPEN, FILTERED_COUNT };

/* "bpf(2)" */
const char *filtered_name(enum filtered call);
/* Is it refused to this thread? No, where it cannot be told: without a capability the kernel
 * answers some as a profile would. */
bool filtered_is(enum filtered call);
/* All that are: bit n is call n. */
unsigned int filtered_all(void);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving up privileges for good: capabilities, new privileges by exec, and system
 * calls. Each holds for this thread and all that it starts: give up before there is
 * another one.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Threads of this process. */
unsigned int sandbox_threads(void);
/* Keep of the capabilities those of the mask that are held; effective, permitted and bounding are
 * the same then, ambient and inheritable empty. Without CAP_SETPCAP the kernel leaves the bounding
 * set as it is. No privileges come back by exec. -errno. */
int sandbox_drop(uint64_t keep);
/* From now on system calls that are not in source/kernel/syscalls.h fail with ENOSYS, as on a
 * kernel that does not have them, which libraries cope with, and are named in the kernel's audit
 * log. For this process: what it forks could not signal itself. After sandbox_drop(). -errno;
 * -ENOSYS on a kernel without filters. */
int sandbox_filter(bool has_capture);

enum { SANDBOX_FILTER_MAX = 320 };

/* The program alone, for this process; how many instructions. */
size_t sandbox_program(bool has_capture, struct sock_filter out[static SANDBOX_FILTER_MAX]);

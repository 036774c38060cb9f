/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What /proc says: the node's own netns, and the identity of this boot.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/metrics/collect.h"

enum { BOOT_ID_SIZE = 37 };

/* Inode of this process's netns. -errno. */
int proc_own_netns(uint32_t *out_inum);
/* Inode of the netns of process 1 under proc_dir: the node's own. -errno. */
int proc_host_netns(const char *proc_dir, uint32_t *out_inum);
/* A descriptor of it, to open sockets there: by process 1, or our own where that is the same.
 * -errno. */
int proc_open_host_netns(const char *proc_dir, uint32_t inum);
/* Of the kernel's random boot id; "" when it cannot be read. */
void proc_boot_id(const char *proc_dir, char out[static BOOT_ID_SIZE]);

/* Of this process; fields that cannot be read stay zero. */
void proc_usage(struct process_usage *out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BPF facts: the programs and maps that a process holds, by its descriptors, with what
 * the kernel counts of them.
 */
#pragma once

#include <stdio.h>

/* As lines of text. -errno: the process's descriptors cannot be read; what of it the kernel does
 * not tell says so in its line. */
int bpf_facts_write(const char *proc_dir, int pid, FILE *out);

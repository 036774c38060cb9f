/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a report says of the machine, as lines of text. All give 0 or -errno, and bound
 * what they read.
 */
#pragma once

#include <stdio.h>

/* Names, sizes and times of what begins with PREFIX in a directory; and of all below it, one level
 * deep. */
int system_list(const char *directory, const char *prefix, FILE *out);
int system_list_tree(const char *directory, FILE *out);
/* Regular files of a directory, 64 at most. */
int system_each_file(const char *directory,
		     void (*fn)(const char *path, const char *name, void *ctx), void *ctx);

int system_write_kernel(const char *host_root, const char *proc_dir, FILE *out);
/* PODIP_... of its environment, memory, and how many descriptors. */
int system_write_process(const char *proc_dir, int pid, FILE *out);
/* The node's links, counted by what their names begin with. */
int system_write_links(const char *proc_dir, FILE *out);
/* The pid of a process that runs `podip run`: WANTED, or any where that is 0. 0: none. Its
 * arguments, each with its NUL, and one more NUL behind the last. */
int system_find_agent(const char *proc_dir, int wanted, char *out_command, size_t size);

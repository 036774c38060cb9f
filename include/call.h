/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract between kernel and user space about CNI: a process whose
 * environment says that it is a plugin, what it wrote to stdout, and how it ended.
 * They come through the same ring as struct event, and differ from it and from
 * each other in size. Strings are the process's own: any bytes but NUL, cut where
 * they do not fit, which `cut` then tells.
 */
#pragma once

#include <linux/types.h>

enum call_field {
	CALL_COMMAND, /* CNI_COMMAND */
	CALL_CONTAINER_ID, /* CNI_CONTAINERID */
	CALL_NETNS, /* CNI_NETNS: a path */
	CALL_IFNAME, /* CNI_IFNAME */
	CALL_ARGS, /* CNI_ARGS */
	CALL_PATH, /* CNI_PATH: directories with plugins */
	CALL_FILE, /* what was executed */
	CALL_FIELD_COUNT,
};

enum {
	CALL_COMMAND_SIZE = 16,
	CALL_CONTAINER_ID_SIZE = 80, /* 64 in every runtime seen */
	CALL_NETNS_SIZE = 128, /* "/var/run/netns/cni-<uuid>": 55 */
	CALL_IFNAME_SIZE = 16,
	CALL_ARGS_SIZE = 768, /* the kubelet's longest names: 600 */
	CALL_PATH_SIZE = 128,
	CALL_FILE_SIZE = 128,
	CALL_TEXT_SIZE = 1024,
};

struct call_exec {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 out; /* opaque: what its stdout is; children that inherit it have the same */
	__u32 pid; /* of the process */
	__u32 seq; /* as in struct event */
	__u16 cpu;
	__u16 cut; /* bit 1 << enum call_field */
	__u16 found; /* the same: the environment has it */
	__u16 pad;
	char command[CALL_COMMAND_SIZE];
	char container_id[CALL_CONTAINER_ID_SIZE];
	char netns[CALL_NETNS_SIZE];
	char ifname[CALL_IFNAME_SIZE];
	char args[CALL_ARGS_SIZE];
	char path[CALL_PATH_SIZE];
	char file[CALL_FILE_SIZE];
};

struct call_output {
	__u64 time_ns;
	__u64 out;
	__u32 pid;
	__u32 seq;
	__u16 cpu;
	__u16 pad;
	__u32 size; /* written; text holds as much of it as fits */
	char text[CALL_TEXT_SIZE];
};

struct call_exit {
	__u64 time_ns;
	__u32 pid;
	__u32 seq;
	__u16 cpu;
	__u16 pad;
	__u32 status; /* as waitpid(2) gives it */
};

_Static_assert(sizeof(struct call_exec) == 1296, "struct call_exec grew or gained padding");
_Static_assert(sizeof(struct call_output) == 1056, "struct call_output grew or gained padding");
_Static_assert(sizeof(struct call_exit) == 24, "struct call_exit grew or gained padding");

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that podip makes, found by recording: the agent's own seccomp
 * filter and the profile for its container are made of this one table. A call that
 * this architecture does not have has a number below 0.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum syscall_use {
	SYSCALL_RUN, /* by an agent that listens */
	SYSCALL_CAPTURE, /* the same, where write(2) is hooked while plugins run */
	SYSCALL_START, /* until then, by other commands, and by runc before it executes podip */
};

enum { SYSCALL_VALUES_MAX = 12 };

struct syscall_row {
	const char *name;
	int number;
	enum syscall_use use;
	const uint32_t *values; /* an argument is one of these; NULL: it may be anything */
	size_t value_count;
	bool is_own_pid; /* or it is the number of the process that takes the filter */
	/* Bits that may not be set: of it; where there are values, of the next one, where it is the
	 * last of them. */
	uint32_t forbidden;
	unsigned int argument; /* which one, from 0; of its low half, as of an int */
};

extern const struct syscall_row syscalls[];
extern const size_t syscall_count;

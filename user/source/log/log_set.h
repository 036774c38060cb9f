/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rotated files of an event log, found beside the live one by their names (core/log/log_name.h).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "source/log/log_file.h"

struct log_set {
	const char *path; /* of the live file; borrowed */
	size_t max;
	uint64_t *seqs; /* of their names, rising */
	size_t count;
	uint64_t left_out; /* older than `max` others */
};

void log_set_init(struct log_set *set, const char *path, size_t max);
void log_set_clear(struct log_set *set);
/* What is there now with from_seq or more in its name. A folder that may not be listed has nothing.
 */
int log_set_list(struct log_set *set, uint64_t from_seq);
/* The .gz where there is one: it is whole, and the other about to go. -ENOENT: neither is there any
 * more; -ENOTSUP, not a regular file. */
int log_set_open(const struct log_set *set, uint64_t seq, struct log_counts *counts,
		 struct log_file **out);

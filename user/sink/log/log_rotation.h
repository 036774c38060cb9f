/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Old files of an event log: their names, their number, what they take, and the removal of the
 * oldest. Names are log_name's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/log/log_name.h"

enum { LOG_OLD_FILES_MAX = 4096 }; /* the oldest are removed past that, whatever their size */

struct log_rotation;

/* Finds what is there. A compressed file that was not finished is removed, and so is a plain one
 * whose compressed one is whole. 0 or -errno. The caller owns *out. */
int log_rotation_open(const char *path, struct log_rotation **out);
void log_rotation_close(struct log_rotation *rotation);
DEFINE_CLEANUP(log_rotation, struct log_rotation *, log_rotation_close)
#define cleanup_log_rotation cleanup(cleanup_log_rotation_fn)

/* Look anew, after a change of ours. 0 or -errno: what was known stays. */
int log_rotation_look(struct log_rotation *rotation);
/* The live file becomes an old one, named after the seq of its first record or, where that is
 * taken, the next that is free. 0 or -errno. */
int log_rotation_retire(struct log_rotation *rotation, uint64_t first_seq);
/* Remove the oldest. 0, -ENOENT when there is none, or -errno. */
int log_rotation_drop_oldest(struct log_rotation *rotation, uint64_t *out_seq);

/* The oldest plain file that is newer than `after`, or else the oldest of all. */
bool log_rotation_next_plain(const struct log_rotation *rotation, uint64_t after,
			     uint64_t *out_seq);
bool log_rotation_newest(const struct log_rotation *rotation, uint64_t *out_seq,
			 enum log_kind *out_kind);
/* Without what is being compressed. */
uint64_t log_rotation_bytes(const struct log_rotation *rotation);
size_t log_rotation_count(const struct log_rotation *rotation);

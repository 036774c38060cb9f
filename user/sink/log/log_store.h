/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of an event log's old files: each is compressed piece by piece, and the oldest go
 * when all are too much. Time is an argument.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "sink/log/log_end.h"

struct log_store;

struct log_store_stats {
	uint64_t bytes; /* of old files, and of what is being written of one */
	size_t files;
	uint64_t compress_errors, remove_errors; /* each is tried again */
};

/* total_size: of the old files and the live one. 0 or -errno. The caller owns *out. */
int log_store_open(const char *path, uint64_t total_size, struct log_store **out);
void log_store_close(struct log_store *store);
DEFINE_CLEANUP(log_store, struct log_store *, log_store_close)
#define cleanup_log_store cleanup(cleanup_log_store_fn)

/* The last record of the newest old file. 0 or -errno. */
int log_store_tail(const struct log_store *store, struct log_end *out);
/* The live file, whose first record has first_seq, becomes an old one. 0 or -errno. */
int log_store_retire(struct log_store *store, uint64_t first_seq, uint64_t now_ns);
/* Remove the oldest files until `live` bytes of the live one fit. */
void log_store_make_room(struct log_store *store, uint64_t live, uint64_t now_ns);
/* When there is something to compress; 0: nothing. */
uint64_t log_store_due(const struct log_store *store);
void log_store_work(struct log_store *store, uint64_t now_ns);
struct log_store_stats log_store_stats(const struct log_store *store);

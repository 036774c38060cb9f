/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compression of an old file of the event log, one gzip member (core/log/log_member.h) at a time,
 * so that the loop never waits for long. The plain file stays until the compressed one is on disk.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "sink/log/log_end.h"

struct log_compress;

enum { LOG_COMPRESS_DONE = 1 };

/* Begins with PATH.SEQ. 0 or -errno. The caller owns *out. */
int log_compress_open(const char *path, uint64_t seq, struct log_compress **out);
/* Removes what is not finished. */
void log_compress_close(struct log_compress *compress);
DEFINE_CLEANUP(log_compress, struct log_compress *, log_compress_close)
#define cleanup_log_compress cleanup(cleanup_log_compress_fn)

/* Write one member; after the last one sync, rename, remove the plain file: LOG_COMPRESS_DONE. 0:
 * there is more to do. -errno: give it up. */
int log_compress_step(struct log_compress *compress);
uint64_t log_compress_seq(const struct log_compress *compress);
uint64_t log_compress_bytes(const struct log_compress *compress); /* written so far */

/* The last record of PATH.SEQ.gz; nothing found in one that is not ours or not whole. 0 or -errno.
 */
int log_compress_tail(const char *path, uint64_t seq, struct log_end *out);

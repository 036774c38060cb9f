/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file of the event log, or a pipe: blocks of its text, whatever it is packed in. What it is
 * its first bytes tell, not its name.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "core/log/log_member.h"
#include "source/log/log_input.h"

enum { LOG_BLOCK_MAX = LOG_MEMBER_TEXT_MAX };

struct log_file;

/* "-" is standard input. Errors of log_input_open(). The caller owns *out; counts are borrowed. */
int log_file_open(const char *path, struct log_counts *counts, struct log_file **out);
void log_file_close(struct log_file *file);
DEFINE_CLEANUP(log_file, struct log_file *, log_file_close)
#define cleanup_log_file cleanup(cleanup_log_file_fn)

const struct log_input *log_file_input(const struct log_file *file);
bool log_file_is_same(const struct log_file *file, const struct log_file *other);
/* A pipe is not waited for any more when this is readable: -ECANCELED. */
void log_file_stop_at(struct log_file *file, int stop_fd);

/* Go on where nothing before is as young as since_ns. What has nothing up to until_ns may be left
 * out. */
int log_file_seek(struct log_file *file, int64_t since_ns, int64_t until_ns);
/* A block, at most LOG_BLOCK_MAX bytes; 0 at the end, behind which more may be later. */
int log_file_read(struct log_file *file, char *to, size_t *out_size);
/* To the end, for both ways. Of a plain file that is behind the last '\n', if it is within line_max
 * of the end; if not, *out_is_amid. */
int log_file_seek_end(struct log_file *file, size_t line_max, bool *out_is_amid);
/* From the very end back. */
int log_file_seek_back(struct log_file *file);
/* A block that ends at END; 0 at the begin. */
int log_file_read_before(struct log_file *file, char *end, size_t *out_size);

/* -ENODATA: not near its begin, or it is no plain file. */
int log_file_first_seq(const struct log_file *file, uint64_t *out);
/* It was cut, or written anew. */
int log_file_is_rewritten(const struct log_file *file, bool *out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of an event log's old files, beside the live one. PATH becomes PATH.SEQ, with SEQ the first
 * `seq` in it as 20 digits, so that names sort as records do; then PATH.SEQ.gz, which is
 * PATH.SEQ.gz.tmp until it is whole. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum log_kind { LOG_PLAIN, LOG_GZIP, LOG_PART, LOG_KIND_COUNT };

/* -ENAMETOOLONG when it does not fit. */
int log_name_format(const char *base, uint64_t seq, enum log_kind kind, char *out, size_t size);
/* -EINVAL: NAME is not that of an old file of BASE. Both with the same directories, or without. */
int log_name_parse(const char *base, const char *name, uint64_t *out_seq, enum log_kind *out_kind);

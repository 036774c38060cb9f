/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event log in a row of gzip members that say what is in them (core/log/log_member.h): those that
 * are not wanted are hopped over. One that is damaged is left out and counted; where no member
 * begins that ought to, the next one is looked for.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "source/log/log_input.h"

struct log_members;

/* -EINVAL: the file does not begin with such a member. The input is borrowed; the caller owns
 * *out. */
int log_members_open(const struct log_input *input, struct log_members **out);
void log_members_close(struct log_members *members);
DEFINE_CLEANUP(log_members, struct log_members *, log_members_close)
#define cleanup_log_members cleanup(cleanup_log_members_fn)

/* Go on where nothing before is as young as since_ns; members with nothing from there to until_ns
 * are left out. */
int log_members_seek(struct log_members *members, int64_t since_ns, int64_t until_ns);
/* The text of the next member, at most LOG_MEMBER_TEXT_MAX bytes; 0 at the end. */
int log_members_read(struct log_members *members, char *to, size_t *out_size);
/* From the end back. */
int log_members_seek_end(struct log_members *members);
/* The text of the member before, which ends at END; 0 at the begin. */
int log_members_read_before(struct log_members *members, char *end, size_t *out_size);

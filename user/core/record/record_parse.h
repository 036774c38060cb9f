/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records read back from lines of the event log. Pure.
 */
#pragma once

#include <stddef.h>

#include "core/record/record.h"

/* The record of a line as record_format() writes it, with or without its '\n'; keys in another
 * order, blanks, and keys that are not known (a later version's) are fine, and these are left out.
 * Numbers that are not there are RECORD_ABSENT, texts NULL; a type that is not known is
 * RECORD_TYPE_COUNT, its name in type_name all the same. Texts point into `line`, which is written
 * to and used up: also when this fails. -EINVAL: no record, or one without v, seq, ts or type;
 * -EPROTO: of a version that is not RECORD_VERSION. *out is then untouched. */
int record_parse(char *line, size_t size, struct record *out);

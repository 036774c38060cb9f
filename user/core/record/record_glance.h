/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every line of the event log begins with, up to its type, read without a parser: for those
 * who want one line in thousands. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct record_glance {
	uint64_t seq;
	int64_t wall_ns;
	uint64_t mono_ns;
	const char *boot_id; /* borrowed, not terminated; NULL: there is none */
	size_t boot_id_size;
	const char *type; /* the same, never NULL */
	size_t type_size;
	const char *rest; /* what comes behind the type, from its ',' on; or "}" */
};

/* -EINVAL: it does not begin as record_format() writes; it may be a record all the same. The rest
 * of the line is not looked at. *out is untouched then. */
int record_glance(const char *line, size_t size, struct record_glance *out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Complaints: what of others' files could not be used. All are counted; the log
 * names each path once, and of those that met a bound the first.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { COMPLAINTS_MAX = 256 }; /* that are remembered; further ones are counted only */

struct complaints {
	const char *whose; /* "host-local": of whom the files are; borrowed */
	char *told[COMPLAINTS_MAX];
	size_t count;
	uint64_t errors; /* ever */
	uint64_t skipped; /* ever */
};

/* It cannot be understood. */
void complaints_error(struct complaints *complaints, const char *path, const char *why);
/* It met a bound, such as "64 networks". */
void complaints_skip(struct complaints *complaints, const char *path, const char *bound);
void complaints_clear(struct complaints *complaints);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tail of an event log: what its last record said, and the repair of what a power cut left behind
 * it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the last whole line in the file said, so that seq goes on and the gap can be told. */
struct log_end {
	bool found; /* there was a record */
	bool stopped; /* it was agent.stopped: the last agent ended well */
	uint64_t seq;
	int64_t wall_ns;
};

/* The last record in TEXT; is_whole: TEXT begins where a line does. */
struct log_end log_end_find(const char *text, size_t size, bool is_whole);

/* Looks at the end of a regular file, open for reading and writing. The begin of a record without
 * its end is cut off, as are zeroes behind records; a whole record that lacks its newline, and text
 * that is not ours, stay as they are: *out_is_torn, and a newline has to come before the next
 * record. *out_size is that of the file then. -errno. */
int log_end_mend(int fd, struct log_end *out, uint64_t *out_size, bool *out_is_torn);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live file of an event log, or the FIFO, device or stdout in its place.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sink/log/log_end.h"

/* Only a regular file has what is below is_regular. */
struct log_output {
	int fd; /* -1: it could not be opened */
	bool is_shared; /* stdout: a descriptor of someone else's too, its flags are not ours to set
			 */
	size_t unfinished; /* bytes at its end of a line whose rest is not written yet */
	bool is_regular;
	bool is_torn; /* it ends in the middle of a line, as it was found */
	bool is_dirty; /* written to and not synced; never without is_regular */
	dev_t device;
	ino_t inode;
	uint64_t size;
	bool has_first; /* the seq and the time of its first record are known */
	uint64_t first_seq;
	int64_t first_ns;
	int64_t newest_ns; /* of its last record when it was opened; 0 there was none */
};

/* Opens PATH for appending, mode 0600, created with its missing last directory; "-" is stdout. The
 * end of a regular file is mended. -errno. log_output_close() in any case. */
int log_output_open(const char *path, struct log_output *out, struct log_end *out_tail);
void log_output_close(struct log_output *file);
/* The last record of a regular file that cannot or must not be written. 0 or -errno; what there is
 * no file of has none. */
int log_output_peek(const char *path, struct log_end *out);

/* Is it still what is at PATH? Others may have renamed or removed it; its size is looked at anew.
 */
bool log_output_is_at(struct log_output *file, const char *path);
/* Has it a name yet? */
bool log_output_is_linked(const struct log_output *file);
/* Bytes written, or -errno; never blocks on a pipe. */
ssize_t log_output_write(struct log_output *file, const char *from, size_t size);
/* Take an unfinished line back: all of it goes elsewhere. */
void log_output_take_back(struct log_output *file);
/* 0 or -errno, when it may help to try again once more is written. */
int log_output_sync(struct log_output *file);
/* Make the names beside PATH durable. 0 or -errno. */
int log_output_sync_directory(const char *path);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input of the log reader: a file, read at offsets, or a pipe, read once. Never trusted to be
 * there, to be regular, or to stay as long as it was.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "cleanup.h"

/* Within a file times rise, but for so much disorder; a clock that is set back begins a new one. */
#define LOG_SLACK_NS (60 * INT64_C(1000000000))

struct log_counts {
	uint64_t damaged; /* compressed members that could not be read */
	uint64_t bytes_read;
};

struct log_input {
	int fd;
	bool is_pipe;
	dev_t device; /* with inode: which file it is */
	ino_t inode;
	int stop_fd; /* readable, it ends the wait for a pipe; -1: none */
	struct log_counts *counts; /* borrowed */
};

/* -EISDIR a directory, -ENOTSUP what is neither a regular file nor a FIFO, or -errno. */
int log_input_open(const char *path, struct log_counts *counts, struct log_input *out);
/* Standard input, as a pipe whatever it is. */
int log_input_stdin(struct log_counts *counts, struct log_input *out);
void log_input_close(struct log_input *input);
bool log_input_is(const struct log_input *input, const struct stat *stat);
int log_input_size(const struct log_input *input, uint64_t *out);
/* SIZE bytes, fewer at the file's end only. */
int log_input_read_at(const struct log_input *input, void *to, size_t size, uint64_t offset,
		      size_t *out_size);
/* Some bytes of a pipe; 0 at its end. Waits for them. -ECANCELED: stop_fd ended that. */
int log_input_read(const struct log_input *input, void *to, size_t size, size_t *out_size);

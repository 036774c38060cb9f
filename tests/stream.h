/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events as text, to record what a kernel said and to say it again in a test: one
 * event a line, its kind and then the fields of struct event by name, those that
 * are zero left out.
 *
 *	addr_add time_ns=7 netns_inum=4026532201 ifindex=2 addr=10.9.0.5/24 ifname=eth0
 *
 * addr stands for addr, prefix_len and family. A recording begins with one line
 * about itself; lines that begin with '#' are for readers.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "event.h"

enum {
	STREAM_LINE_MAX = 512,
	STREAM_WORD_SIZE = 64,
};

struct stream_head {
	uint32_t host_inum; /* the node's own netns */
	char backend[STREAM_WORD_SIZE];
	char lacks[STREAM_WORD_SIZE]; /* "netkit,dummy": the kernel has no such links; "" none */
};

void stream_write_head(FILE *out, const struct stream_head *head);
void stream_write_event(FILE *out, const struct event *event);

/* Without line's end. -EINVAL leaves *out untouched. */
int stream_parse_head(const char *line, struct stream_head *out);
int stream_parse_event(const char *line, struct event *out);

/* The next line that is not for readers, without its end: 1, 0 at the end of the file. */
int stream_next_line(FILE *in, char out[static STREAM_LINE_MAX]);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a report: each is one file of it, and stands for itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct archive;

enum { REPORT_ERROR_SIZE = 300, REPORT_COMMAND_MAX = 16384 };

struct report {
	/* Owned; below the host's root. */
	char *host_root, *proc_dir, *conf_dir, *cache_dir, *state_dir;
	char *config, *events_file; /* NULL: not known */
	const char *socket, *node;
	bool has_no_pods; /* names are to be replaced */
	struct archive *archive;
	FILE *errors;
	int agent; /* pid; 0: none runs */
	char agent_command[REPORT_COMMAND_MAX]; /* its arguments, each with its NUL; and one more */
};

struct report_part {
	const char *name; /* of the file */
	const char *help; /* one line of README */
	bool is_open; /* of others: secrets are taken out */
	/* Writes it. -errno; `error` then says what failed, "" when the errno says it all. What was
	 * written until then is kept. */
	int (*write)(const struct report *report, FILE *out, char error[static REPORT_ERROR_SIZE]);
};

extern const struct report_part report_parts[];
extern const size_t report_part_count;

/* The files of the CNI's configuration directory, as many parts; errors go to report->errors. */
void report_add_cni(const struct report *report);
/* Adds a file, without secrets if is_open; what fails is a line of report->errors. */
void report_add(const struct report *report, const char *name, const char *text, size_t size,
		bool is_open);
void report_complain(const struct report *report, const char *name, int err, const char *error);
/* What the agent was started with: the value of this flag, or NULL. Borrowed. */
const char *report_agent_flag(const struct report *report, const char *flag);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the planners of `podip plan` share of their flags. Each reader gives 0, or
 * -EINVAL after one line on stderr; its output is then untouched.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/base/output.h"
#include "core/base/range.h"
#include "source/config/config.h"

/* What the planners share of their rows, in a struct FIELDS with these members. */
#define PLAN_CONFIG_ROW(fields, member)                                                            \
	{                                                                                          \
		.flag = "config", .letter = 'f', .arg = "FILE",                                    \
		.help = "ranges of podip.yaml, too", .expected = "a file", .parse = option_borrow, \
		.offset = offsetof(fields, member)                                                 \
	}
#define PLAN_OUTPUT_ROW(fields, member)                                                       \
	{                                                                                     \
		.flag = "output", .letter = 'o', .arg = "table|json", .fallback = "table",    \
		.help = "what to print", .expected = "table or json", .parse = output_format, \
		.offset = offsetof(fields, member)                                            \
	}
/* A parser of a row whose field is all of the fields, by a reader that has said what is wrong. */
#define PLAN_PARSER(name, call)                           \
	static int name(const char *text, void *field)    \
	{                                                 \
		int said = (call);                        \
		return said == -EINVAL ? -EBADMSG : said; \
	}

/* "KEY=VALUE" of a list. */
struct plan_pair {
	char key[RANGE_NAME_SIZE];
	char value[RANGE_NAME_SIZE];
};

/* "NAME=CIDR,used=10", "CIDR": */
struct plan_item {
	char name[RANGE_NAME_SIZE]; /* "" if it has none */
	struct prefix cidr;
	uint64_t used;
};

int plan_complain(const char *flag, const char *value, const char *expected);
int plan_read_number(const char *flag, const char *text, uint64_t max, uint64_t *out);
/* The same, not 0. */
int plan_read_count(const char *flag, const char *text, unsigned int max, unsigned int *out);
/* Letters, digits and "._-" from `text` to `text + size`. */
int plan_read_name(const char *flag, const char *text, size_t size,
		   char out[static RANGE_NAME_SIZE]);
int plan_read_cidr(const char *flag, const char *text, struct prefix *out);
/* IPv4 only; a name is as plan_read_name() has it. */
int plan_read_item(const char *flag, const char *text, struct plan_item *out);
/* Take one pair off the list at *at; 1: there is none. */
int plan_next_pair(const char *flag, const char **at, struct plan_pair *out);

/* podip.yaml; `config` is empty when there is no path. */
int plan_read_config(const char *path, struct config *out);

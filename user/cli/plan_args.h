/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the planners of `podip plan` share of their flags. Each reader gives 0, or
 * -EINVAL after one line on stderr; its output is then untouched.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/range.h"
#include "source/config.h"

/* Flags that all of them have, for their tables of getopt_long(). */
enum { PLAN_FLAG_CONFIG = 'f', PLAN_FLAG_OUTPUT = 'o', PLAN_FLAG_HELP = 'h' };
#define PLAN_SHORT_FLAGS "f:o:h"

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
int plan_read_output(const char *text, bool *out_is_json);
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

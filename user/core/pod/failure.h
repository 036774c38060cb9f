/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a CNI call failed: the plugin's own words, and which of a few kinds of
 * failure they mean. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"

enum reason {
	REASON_EXHAUSTED, /* no free address in the range */
	REASON_COOLDOWN, /* free addresses that may not be given out yet */
	REASON_LIMIT, /* the node or interface may not hold more */
	REASON_FRAGMENTED, /* free addresses, but no whole block of them */
	REASON_DAEMON_UNREACHABLE, /* the CNI's own agent does not answer */
	REASON_DUPLICATE, /* it has an address already */
	REASON_TIMEOUT, /* took too long, or was killed for it */
	REASON_OTHER,
	REASON_COUNT,
};

enum {
	FAILURE_MESSAGE_SIZE = 768,
	REASON_TEXT_SIZE = 128,
	REASON_RULES_MAX = 64, /* in configuration */
};

/* A message that holds `text`, whatever its case, means `reason`. */
struct reason_rule {
	enum reason reason;
	char text[REASON_TEXT_SIZE];
};

struct reason_rules {
	const struct reason_rule *rules; /* asked before our own; borrowed */
	size_t count;
};

struct failure {
	bool has_code;
	int64_t code; /* of the CNI specification: 1 to 8, 11, and from 100 the plugin's own */
	char message[FAILURE_MESSAGE_SIZE]; /* msg and details; "" not known */
	bool is_cut; /* the plugin said more than was kept */
};

/* The value of the label `reason`. */
const char *reason_name(enum reason reason);
int reason_parse(const char *text, enum reason *out); /* -EINVAL */
/* "exhausted=TEXT". -EINVAL: no such reason, no text or a longer one than REASON_TEXT_SIZE. */
int reason_rule_parse(const char *text, struct reason_rule *out);
/* By the first rule that fits, REASON_OTHER when none does. */
enum reason reason_of(const struct reason_rules *own, const char *message);

/* The first address that a message names, such as one of the range it is about. */
bool failure_address(const char *message, struct ip *out);
/* What a plugin wrote to stdout: {"code", "msg", "details"}. Text that is not that, cut JSON as
 * well, becomes the message as it stands. */
void failure_read(const char *text, size_t size, bool is_cut, struct failure *out);

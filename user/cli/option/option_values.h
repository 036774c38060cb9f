/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of options: text into the type of a field of struct options. Each gives
 * -EINVAL for a bad text or -ENOMEM, and leaves the field untouched then.
 */
#pragma once

#include <stddef.h>

#include "core/pod/failure.h"

#define OPTION_SOCKET "/run/podip/podip.sock" /* the agent's, where no other is named */

enum { OPTION_LIST_MAX = 64 }; /* of any list; a row may allow fewer */

enum option_backend {
	OPTION_BACKEND_AUTO,
	OPTION_BACKEND_FENTRY,
	OPTION_BACKEND_KPROBE,
	OPTION_BACKEND_TRACEPOINT,
	OPTION_BACKEND_COUNT,
};

enum option_names { OPTION_NAMES_LOOPBACK, OPTION_NAMES_ON, OPTION_NAMES_OFF };

/* Items are owned. */
struct option_list {
	char *items[OPTION_LIST_MAX];
	size_t count;
};

struct option_rules {
	struct reason_rule items[REASON_RULES_MAX];
	size_t count;
};

int option_borrow(const char *text, void *field); /* const char *, borrowed; not empty */
int option_text(const char *text, void *field); /* char *, owned; not empty */
int option_dir(const char *text,
	       void *field); /* char *, owned; no trailing slash, "" for the root */
int option_text_item(const char *text, void *field); /* struct option_list: one more */
int option_rule_item(const char *text, void *field); /* struct option_rules: REASON=TEXT */
int option_listen_item(const char *text, void *field); /* the same, ADDR:PORT */
int option_source_item(const char *text, void *field); /* the same, a name of suppliers.h */
int option_place(const char *text, void *field); /* char *, owned: "auto", "off", http(s)://... */
int option_url(const char *text, void *field); /* char *, owned: http(s)://..., or "" */
int option_switch(const char *text, void *field); /* bool: on, off */
int option_names(const char *text, void *field); /* enum option_names: loopback, on, off */
int option_place_or_socket(const char *text, void *field); /* the same, or unix:/PATH */
int option_socket(const char *text,
		  void *field); /* char *, owned: "off", or a path that fits a unix socket */
int option_backend(const char *text, void *field); /* enum option_backend */
int option_period(const char *text, void *field); /* uint64_t of ns: "1m30s", 100ms to 24h */
int option_age(const char *text, void *field); /* the same, 1s to 365d */
int option_sync(const char *text,
		void *field); /* the same, 10ms to 1h; always, never: LOG_SYNC_... */
int option_file_size(const char *text, void *field); /* uint64_t of bytes: "64M", 256K to 1T */
int option_total_size(const char *text, void *field); /* the same, 1M to 16T */
int option_when(const char *text,
		void *field); /* int64_t of ns since the epoch: core/base/when.h */
int option_log_level(const char *text, void *field); /* enum log_level */
int option_log_format(const char *text, void *field); /* enum log_format */

/* How many letters to change, add or leave out to come from a to b; SIZE_MAX for long texts. */
size_t option_distance(const char *a, const char *b);

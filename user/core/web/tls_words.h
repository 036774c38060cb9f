/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS words: versions, cipher suites and curves by the names that Go gives them, as
 * web configuration files do, and what GnuTLS calls a choice of them. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tls_version { TLS_VERSION_10, TLS_VERSION_11, TLS_VERSION_12, TLS_VERSION_13 };

enum { TLS_SUITES_MAX = 16, TLS_CURVES_MAX = 8, TLS_PRIORITY_SIZE = 512 };

struct tls_choice {
	enum tls_version min, max;
	bool prefers_server; /* its order of suites counts, not the client's */
	uint8_t suites[TLS_SUITES_MAX]; /* of tls_suite_parse(), in order; none: good ones */
	size_t suite_count;
	uint8_t curves[TLS_CURVES_MAX]; /* of tls_curve_parse() */
	size_t curve_count;
};

/* TLS 1.2 and 1.3, the server's order. */
struct tls_choice tls_choice_default(void);

/* -EINVAL: not a name. */
int tls_version_parse(const char *text, enum tls_version *out); /* "TLS12" */
int tls_suite_parse(const char *text, uint8_t *out);
int tls_curve_parse(const char *text, uint8_t *out);

/* GnuTLS chooses key exchange and cipher each by itself. NULL, or the name of a suite that is not
 * chosen and would be offered with those that are. */
const char *tls_choice_surplus(const struct tls_choice *choice);

/* As a priority string of GnuTLS. Of a choice of suites TLS 1.3 takes the ciphers. */
void tls_choice_priority(const struct tls_choice *choice, char out[static TLS_PRIORITY_SIZE]);

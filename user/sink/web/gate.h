/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gate: who may ask the web server, and how it answers all of them: TLS, passwords, a
 * rate, headers. What it was told can be replaced while it is in use.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/web/web_settings.h"
#include "sink/web/passwords.h"

struct gate;
struct tls;

enum gate_verdict {
	GATE_OPEN,
	GATE_PASSWORD, /* a password is missing or wrong */
	GATE_PASSWORD_LATER, /* too many new passwords, or it cannot be told now */
	GATE_RATE, /* too many requests */
};

/* The settings are copied. With TLS or without stays as it is for the gate's life. -EINVAL with a
 * sentence in error. The caller owns *out. */
int gate_new(const struct web_settings *settings, char error[static WEB_ERROR_SIZE],
	     struct gate **out);
void gate_free(struct gate *gate);
DEFINE_CLEANUP(gate, struct gate *, gate_free)
#define cleanup_gate cleanup(cleanup_gate_fn)

/* For connections and requests from now on. After an error all is as it was. */
int gate_set(struct gate *gate, const struct web_settings *settings,
	     char error[static WEB_ERROR_SIZE]);

struct tls *gate_tls(const struct gate *gate); /* borrowed; NULL: without TLS */
/* The rate counts every request, whatever its password. */
enum gate_verdict gate_admit(struct gate *gate, const struct password_asker *asker,
			     uint64_t now_ns);
/* Whole seconds, at least one, until there is a point in asking again, after GATE_..._LATER or
 * GATE_RATE. */
unsigned int gate_wait_s(const struct gate *gate, enum gate_verdict verdict,
			 const struct peer *peer, uint64_t now_ns);
/* For each answer; up to one without a name. Borrowed until gate_set(). */
const struct web_header *gate_headers(const struct gate *gate);

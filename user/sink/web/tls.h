/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS: certificate, key, authorities and choices of a web configuration, in GnuTLS'
 * hands. Connections share one and keep it as long as they are, whatever follows it.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "core/web/web_settings.h"

struct tls;

/* X.509's notBefore and notAfter, since the epoch. */
struct tls_validity {
	int64_t not_before_s, not_after_s;
};

/* -EINVAL with a sentence in error: certificate and key do not fit, are no PEM, ... The caller owns
 * a share of *out. */
int tls_new(const struct web_tls_settings *settings, char error[static WEB_ERROR_SIZE],
	    struct tls **out);
struct tls *tls_share(struct tls *tls); /* gives it back */
void tls_drop(struct tls *tls); /* a share; the last one frees it */
DEFINE_CLEANUP(tls, struct tls *, tls_drop)
#define cleanup_tls cleanup(cleanup_tls_fn)

/* Of the server's certificate, or of the one in its chain that ends first. */
struct tls_validity tls_validity(const struct tls *tls);

/* Before its handshake: a gnutls_session_t shall use it. The caller keeps a share until the session
 * is gone. -EIO: GnuTLS refused, and the handshake will fail. */
int tls_attach(struct tls *tls, void *session);

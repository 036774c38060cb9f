/* SPDX-License-Identifier: Apache-2.0 */
/* Visitor: whom a connection of the HTTP server is with. */
#pragma once

#include <gnutls/abstract.h>
#include <stdbool.h>

#include "core/web/peer.h"

struct MHD_Connection;
struct gate;
struct tls;

struct visitor {
	struct tls *tls; /* a share; NULL: none */
	struct ip address; /* "::" of a unix socket */
	struct peer peer;
	int place; /* core/web/places; -1: none yet */
	bool is_forbidden; /* its requests are not answered */
	bool has_asked;
};

/* Before the first byte; with TLS its handshake is prepared. A unix socket is for root and our own
 * user. The gate is NULL where there is none. NULL: out of memory. */
struct visitor *visitor_meet(struct MHD_Connection *connection, const struct gate *gate,
			     bool is_unix);
/* visitor_meet() gives each session of TLS its certificate; this is for one that it did not. */
gnutls_certificate_retrieve_function2 visitor_no_certificate;
/* Takes it; NULL is fine. The session of TLS is gone. */
void visitor_part(struct visitor *visitor);
/* It left before its TLS stood and it had asked for something. */
bool visitor_is_unfinished(const struct visitor *visitor);
/* The one that was given to the library; NULL: none. */
struct visitor *visitor_of(struct MHD_Connection *connection);
int visitor_fd(struct MHD_Connection *connection); /* borrowed, or -1 */

/* core/web/nearby, of a request. */
bool visitor_is_nearby(const struct visitor *visitor, struct MHD_Connection *connection,
		       const char *version);

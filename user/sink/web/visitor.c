// SPDX-License-Identifier: Apache-2.0
#include "sink/web/visitor.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdlib.h>

#include "cleanup.h"
#include "core/web/nearby.h"
#include "sink/web/gate.h"
#include "sink/web/local_socket.h"
#include "sink/web/tls.h"

static bool is_trusted(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info && local_socket_trusts(info->connect_fd);
}

/* A handshake that cannot be prepared will not succeed. */
static struct tls *prepare_tls(const struct gate *gate, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	struct tls *tls = gate ? gate_tls(gate) : NULL;

	if (!tls || !info)
		return NULL;
	return tls_attach(tls, info->tls_session) ? NULL : tls_share(tls);
}

/* The parameters are the library's. NOLINTNEXTLINE(readability-function-size) */
int visitor_no_certificate(gnutls_session_t session, const gnutls_datum_t *authorities, int count,
			   const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
			   gnutls_pcert_st **out, unsigned int *out_count,
			   gnutls_privkey_t *out_key)
{
	(void)session;
	(void)authorities;
	(void)count;
	(void)algorithms;
	(void)algorithm_count;
	(void)out;
	(void)out_count;
	(void)out_key;
	return -1;
}

struct visitor *visitor_meet(struct MHD_Connection *connection, const struct gate *gate,
			     bool is_unix)
{
	struct visitor *visitor = calloc(1, sizeof(*visitor));

	if (!visitor)
		return NULL;
	visitor->tls = prepare_tls(gate, connection);
	visitor->is_forbidden = is_unix && !is_trusted(connection);
	return visitor;
}

bool visitor_is_unfinished(const struct visitor *visitor)
{
	return visitor->tls && !visitor->has_asked;
}

void visitor_part(struct visitor *visitor)
{
	if (!visitor)
		return;
	tls_drop(visitor->tls);
	free(visitor);
}

static bool read_peer(struct MHD_Connection *connection, struct ip *out)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info ? info->client_addr : NULL;
	char text[INET6_ADDRSTRLEN];
	const void *raw;

	if (!address || (address->sa_family != AF_INET && address->sa_family != AF_INET6))
		return false;
	raw = address->sa_family == AF_INET
		      ? (const void *)&((const struct sockaddr_in *)(const void *)address)->sin_addr
		      : &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	return inet_ntop(address->sa_family, raw, text, sizeof(text)) && !ip_parse(text, out);
}

bool visitor_is_nearby(struct MHD_Connection *connection)
{
	static const char *const proxy_headers[] = { "Forwarded", "X-Forwarded-For", "X-Real-IP",
						     "Via" };
	struct nearby nearby = {
		.host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
						    MHD_HTTP_HEADER_HOST),
	};

	for (size_t i = 0; i < array_size(proxy_headers); i++)
		nearby.is_forwarded |= MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
								   proxy_headers[i]) != NULL;
	return read_peer(connection, &nearby.peer) && nearby_is(&nearby);
}

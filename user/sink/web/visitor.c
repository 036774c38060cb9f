// SPDX-License-Identifier: Apache-2.0
#include "sink/web/visitor.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "core/web/nearby.h"
#include "sink/web/gate.h"
#include "sink/web/local_socket.h"
#include "sink/web/tls.h"

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

int visitor_fd(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info ? info->connect_fd : -1;
}

struct visitor *visitor_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* ---- whose address ---- */

static struct ip read_ip(const struct sockaddr *address)
{
	const union address *of = (const void *)address;
	struct ip ip = { .bytes = { [10] = 0xff, [11] = 0xff } };

	if (address->sa_family == AF_INET6)
		memcpy(ip.bytes, &of->v6.sin6_addr, sizeof(ip.bytes));
	else
		memcpy(ip.bytes + 12, &of->v4.sin_addr, sizeof(of->v4.sin_addr));
	return ip;
}

static bool is_of_network(const struct sockaddr *address)
{
	return address->sa_family == AF_INET || address->sa_family == AF_INET6;
}

/* One whose own address cannot be had is from afar. */
static void read_peer(struct MHD_Connection *connection, int fd, struct visitor *visitor)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	union address ours = { 0 };
	socklen_t size = sizeof(ours);
	struct ip here = { 0 };

	if (!info || !info->client_addr || !is_of_network(info->client_addr))
		return;
	visitor->address = read_ip(info->client_addr);
	if (!getsockname(fd, &ours.any, &size) && is_of_network(&ours.any))
		here = read_ip(&ours.any);
	visitor->peer = peer_of(&visitor->address, &here);
}

/* ---- life ---- */

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
	int fd = visitor_fd(connection);

	if (!visitor)
		return NULL;
	visitor->place = -1;
	visitor->tls = prepare_tls(gate, connection);
	visitor->is_forbidden = is_unix && !local_socket_trusts(fd);
	if (is_unix)
		visitor->peer = peer_local();
	else
		read_peer(connection, fd, visitor);
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

/* ---- from where a request is ---- */

static enum MHD_Result take_host(void *ctx, enum MHD_ValueKind kind, const char *name,
				 const char *value)
{
	struct nearby *nearby = ctx;

	(void)kind;
	if (!strcasecmp(name, MHD_HTTP_HEADER_HOST)) {
		nearby->host = value;
		nearby->host_count++;
	}
	return MHD_YES;
}

bool visitor_is_nearby(const struct visitor *visitor, struct MHD_Connection *connection,
		       const char *version)
{
	static const char *const proxy_headers[] = { "Forwarded", "X-Forwarded-For", "X-Real-IP",
						     "Via" };
	struct nearby nearby = {
		.peer = visitor->address,
		.is_old = strcmp(version, MHD_HTTP_VERSION_1_1) != 0,
	};

	MHD_get_connection_values(connection, MHD_HEADER_KIND, take_host, &nearby);
	for (size_t i = 0; i < array_size(proxy_headers); i++)
		nearby.is_forwarded |= MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
								   proxy_headers[i]) != NULL;
	return nearby_is(&nearby);
}

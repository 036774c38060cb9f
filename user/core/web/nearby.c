// SPDX-License-Identifier: Apache-2.0
#include "core/web/nearby.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "core/web/peer.h"

/* "127.0.0.1:9465", "[::1]:9465", "localhost"; out is the host alone. */
static int split_host(const char *text, char out[static IP_TEXT_SIZE])
{
	bool is_bracketed = *text == '[';
	size_t size = is_bracketed ? strcspn(++text, "]") : strcspn(text, ":");
	const char *rest = text + size;

	if (is_bracketed && *rest++ != ']')
		return -EINVAL;
	if (!size || size >= IP_TEXT_SIZE || (*rest && *rest != ':'))
		return -EINVAL;
	memcpy(out, text, size);
	out[size] = '\0';
	return 0;
}

static bool names_loopback(const char *host)
{
	char text[IP_TEXT_SIZE];
	struct ip ip;

	if (split_host(host, text))
		return false;
	return !strcasecmp(text, "localhost") || (!ip_parse(text, &ip) && peer_is_loopback(&ip));
}

bool nearby_is(const struct nearby *nearby)
{
	return peer_is_loopback(&nearby->peer) && !nearby->is_forwarded && !nearby->is_old &&
	       nearby->host_count == 1 && nearby->host && names_loopback(nearby->host);
}

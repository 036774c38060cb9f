// SPDX-License-Identifier: Apache-2.0
#include "sink/web/tcp_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"

enum { SILENT_S = 3 };

enum { HOST_SIZE = INET6_ADDRSTRLEN, PORT_SIZE = sizeof("65535") };

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Split "HOST:PORT" or "[HOST]:PORT"; without brackets a host has no ':'. */
static int split(const char *text, char host[static HOST_SIZE], char port[static PORT_SIZE])
{
	const char *colon = strrchr(text, ':');
	bool is_bracketed = *text == '[';
	size_t size;

	if (!colon || strlen(colon + 1) >= PORT_SIZE)
		return -EINVAL;
	size = (size_t)(colon - text);
	if (is_bracketed) {
		if (size < 2 || text[size - 1] != ']')
			return -EINVAL;
		text++;
		size -= 2;
	}
	if (size >= HOST_SIZE || is_bracketed != !!memchr(text, ':', size))
		return -EINVAL;

	memcpy(host, text, size);
	host[size] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	return 0;
}

static int parse_port(const char *text, uint16_t *out)
{
	unsigned long value;

	if (!*text || text[strspn(text, "0123456789")])
		return -EINVAL;
	value = strtoul(text, NULL, 10);
	if (value > UINT16_MAX)
		return -EINVAL;
	*out = (uint16_t)value;
	return 0;
}

/* No host is every address. */
static int parse_address(const char *text, union address *out, bool *out_is_any)
{
	char host[HOST_SIZE], port_text[PORT_SIZE];
	union address address = { 0 };
	uint16_t port;

	if (split(text, host, port_text) || parse_port(port_text, &port))
		return -EINVAL;

	if (!*host || inet_pton(AF_INET6, host, &address.v6.sin6_addr) == 1) {
		address.v6.sin6_family = AF_INET6;
		address.v6.sin6_port = htons(port);
	} else if (inet_pton(AF_INET, host, &address.v4.sin_addr) == 1) {
		address.v4.sin_family = AF_INET;
		address.v4.sin_port = htons(port);
	} else {
		return -EINVAL;
	}

	*out = address;
	*out_is_any = !*host;
	return 0;
}

/* Who connects and says nothing stays with the kernel for so long, and comes to us then: most that
 * are accepted have something to say, and say it before so many others come that they have to make
 * room. 1, 3 and 7 s are what the kernel counts by. Where that cannot be, it is done without. */
static void wait_for_words(int fd)
{
	int most_s = SILENT_S;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &most_s, sizeof(most_s));
}

/* The descriptor or -errno. */
static int listen_on(const union address *address)
{
	int family = address->any.sa_family, on = 1, off = 0;
	socklen_t size = family == AF_INET ? sizeof(address->v4) : sizeof(address->v6);
	cleanup_close int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -errno;
	if (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) < 0)
		return -errno;
	wait_for_words(fd);
	if (bind(fd, &address->any, size) < 0 || listen(fd, SOMAXCONN) < 0)
		return -errno;
	return take_fd(fd);
}

static int listen_to(const char *text)
{
	union address address;
	bool is_any;
	int fd;

	if (parse_address(text, &address, &is_any))
		return -EINVAL;

	fd = listen_on(&address);
	if (is_any && (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL)) {
		/* A kernel without IPv6. The port is at the same place in both. */
		address.v4 = (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_port = address.v6.sin6_port,
		};
		fd = listen_on(&address);
	}
	return fd;
}

/* The port, or -errno. */
static int read_port(int fd)
{
	union address address = { 0 };
	socklen_t size = sizeof(address);

	if (getsockname(fd, &address.any, &size) < 0)
		return -errno;
	return ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
}

int tcp_socket_open(const char *address, uint16_t *out_port)
{
	cleanup_close int fd = listen_to(address);
	int port;

	if (fd < 0)
		return fd;
	port = read_port(fd);
	if (port < 0)
		return port;
	*out_port = (uint16_t)port;
	return take_fd(fd);
}

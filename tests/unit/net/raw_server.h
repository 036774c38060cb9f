/* SPDX-License-Identifier: Apache-2.0 */
/* A server that answers every connection with the same bytes, be they HTTP or not. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG_FILL = 4 };

struct raw_server {
	const char *bytes; /* borrowed */
	size_t size;
	unsigned int times; /* to send them; 0 is once */
	int fd;
	unsigned int port;
	pthread_t thread;
	char url[64];
};

static inline void raw_server_answer(const struct raw_server *server, int fd)
{
	unsigned int times = server->times ? server->times : 1;
	char request[4096];

	if (recv(fd, request, sizeof(request), 0) <= 0)
		return;
	for (unsigned int i = 0; i < times; i++) {
		if (send(fd, server->bytes, server->size, MSG_NOSIGNAL) < 0)
			return;
	}
	shutdown(fd, SHUT_WR);
	/* What is still unread would make it a reset. */
	while (recv(fd, request, sizeof(request), 0) > 0)
		continue;
}

static inline void *raw_server_run(void *ctx)
{
	const struct raw_server *server = ctx;
	int fd;

	while ((fd = accept(server->fd, NULL, NULL)) >= 0) {
		raw_server_answer(server, fd);
		close(fd);
	}
	return NULL;
}

/* A socket on loopback that is bound, and its port. */
static inline int bind_loopback(unsigned int *out_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*out_port = ntohs(address.sin_port);
	return fd;
}

/* Its URL is good from here on. */
static inline void raw_server_listen(struct raw_server *server, int backlog)
{
	server->fd = bind_loopback(&server->port);
	snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u/", server->port);
	assert_int_equal(listen(server->fd, backlog), 0);
}

static inline void raw_server_start(struct raw_server *server)
{
	assert_int_equal(pthread_create(&server->thread, NULL, raw_server_run, server), 0);
}

static inline void raw_server_open(struct raw_server *server)
{
	raw_server_listen(server, 8);
	raw_server_start(server);
}

/* Connections that nobody accepts: with a backlog of 0, further ones are not even answered. */
static inline void fill_backlog(unsigned int port, int out[static BACKLOG_FILL])
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				       .sin_port = htons((uint16_t)port) };

	for (int i = 0; i < BACKLOG_FILL; i++) {
		out[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(out[i], (struct sockaddr *)&address, sizeof(address));
	}
}

static inline void close_all(int fds[static BACKLOG_FILL])
{
	for (int i = 0; i < BACKLOG_FILL; i++)
		close(fds[i]);
}

static inline void raw_server_close(struct raw_server *server)
{
	shutdown(server->fd, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->fd);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A client of an HTTP server in the same process and thread. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sink/web/http.h"
#include "test.h"

enum { REPLY_MAX = 1 << 20, WAIT_MS = 5000 /* only a test that fails waits so long */ };

static int dial(const struct http *http)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(http_port(http)),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static void send_text(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* One turn of a loop: until the server or the client has work. */
static void turn(struct http *http, int fd)
{
	struct pollfd fds[] = { { .fd = http_fd(http), .events = POLLIN },
				{ .fd = fd, .events = POLLIN } };
	int timeout_ms = http_serve(http);

	if (timeout_ms < 0 || timeout_ms > WAIT_MS)
		timeout_ms = WAIT_MS;
	assert_true(poll(fds, 2, timeout_ms) > 0 || timeout_ms < WAIT_MS);
}

/* Serve until the server closes the connection, or until `enough` has come when that is not NULL.
 * Everything that came; the caller frees it. */
static char *read_reply(struct http *http, int fd, const char *enough)
{
	char *text = malloc(REPLY_MAX);
	size_t size = 0;

	assert_non_null(text);
	for (;;) {
		ssize_t n = recv(fd, text + size, REPLY_MAX - 1 - size, 0);

		if (n < 0 && errno == EAGAIN) {
			turn(http, fd);
			continue;
		}
		if (n > 0)
			size += (size_t)n;
		text[size] = '\0';
		if (n <= 0 || (enough && strstr(text, enough)))
			return text;
	}
}

/* Connections that say nothing; the server has accepted all of them when this returns. */
static void fill(struct http *http, int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fds[i] = dial(http);
		http_serve(http);
	}
}

// SPDX-License-Identifier: Apache-2.0
/* The HTTP server on a unix socket. */
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "sink/web/http.h"
#include "sink/web/local_socket.h"
#include "workdir.h"

enum { NOBODY = 65534, REPLY_MAX = 4096, WAIT_MS = 5000 };

#define END " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

static char path[108], address[128];

static void place(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", scratch_directory, name);
	snprintf(address, sizeof(address), "unix:%s", path);
}

/* Says what it was asked. */
static int get_echo(const struct http_request *request, void *ctx, struct http_response *out)
{
	char text[256];
	size_t at = (size_t)snprintf(text, sizeof(text), "%zu", request->argument_count);

	for (size_t i = 0; i < request->argument_count && i < HTTP_ARGUMENTS_MAX; i++)
		at += (size_t)snprintf(
			text + at, sizeof(text) - at, " %s=%s", request->arguments[i].name,
			request->arguments[i].value ? request->arguments[i].value : "(none)");
	++*(int *)ctx;
	*out = (struct http_response){
		.status = 200, .content_type = "text/plain", .body = strdup(text), .size = at
	};
	return out->body ? 0 : -ENOMEM;
}

static int get_failure(const struct http_request *request, void *ctx, struct http_response *out)
{
	(void)request;
	(void)ctx;
	(void)out;
	return -EIO;
}

static const struct http_route routes[] = { { "/echo", get_echo, false },
					    { "/failure", get_failure, false } };
static int calls;

static struct http *open_http(void)
{
	struct http *http = NULL;

	calls = 0;
	assert_int_equal(http_open(&(struct http_config){ .address = address,
							  .routes = routes,
							  .count = case_count(routes),
							  .ctx = &calls },
				   &http),
			 0);
	return http;
}

/* The descriptor, or -errno. */
static int dial(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(name.sun_path, path, sizeof(path));
	if (connect(fd, (struct sockaddr *)&name, sizeof(name)) < 0)
		return -errno;
	return take_fd(fd);
}

/* In *out, what came of `request` until the end. */
static void ask(struct http *http, const char *request, char out[static REPLY_MAX])
{
	cleanup_close int fd = dial();
	size_t size = 0;
	ssize_t n = 0;

	assert_true(fd >= 0);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	do {
		struct pollfd fds[] = { { .fd = http_fd(http), .events = POLLIN },
					{ .fd = fd, .events = POLLIN } };

		http_serve(http);
		assert_true(poll(fds, 2, WAIT_MS) > 0);
		if (fds[1].revents) {
			n = recv(fd, out + size, REPLY_MAX - 1 - size, 0);
			size += n > 0 ? (size_t)n : 0;
		}
	} while (n > 0 || !size);
	out[size] = '\0';
}

static const char *body_of(const char *reply)
{
	const char *body = strstr(reply, "\r\n\r\n");

	assert_non_null(body);
	return body + 4;
}

static unsigned int mode_of(const char *of)
{
	struct stat stat;

	assert_int_equal(lstat(of, &stat), 0);
	return stat.st_mode & 07777;
}

/* ---- the file ---- */

static void is_for_its_own_user_alone_whatever_the_umask(void **state)
{
	cleanup_http struct http *http = NULL;
	char directory[128];
	mode_t before = umask(0);

	(void)state;
	snprintf(directory, sizeof(directory), "%s/run", scratch_directory);
	place("run/agent.sock");
	http = open_http();
	umask(before);
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(mode_of(directory), 0755);
	assert_int_equal(http_port(http), 0);
	http_close(take_ptr(http));
	assert_int_equal(access(path, F_OK), -1);
}

static void replaces_a_socket_that_nobody_answers_on(void **state)
{
	cleanup_http struct http *http = NULL;
	struct local_socket left = { .fd = -1 };

	(void)state;
	place("agent.sock");
	assert_int_equal(local_socket_open(path, &left), 0);
	close(take_fd(left.fd));
	assert_int_equal(dial(), -ECONNREFUSED);
	http = open_http();
	close(dial());
	left.ino = 0;
	local_socket_close(&left);
	assert_int_equal(mode_of(path), 0600);
}

static void takes_away_no_socket_of_another(void **state)
{
	struct local_socket other = { .fd = -1 };
	struct http *http;

	(void)state;
	place("agent.sock");
	http = open_http();
	assert_int_equal(unlink(path), 0);
	assert_int_equal(local_socket_open(path, &other), 0);
	http_close(http);
	close(dial());
	local_socket_close(&other);
	assert_int_equal(access(path, F_OK), -1);
}

static void leaves_one_alone_that_somebody_answers_on(void **state)
{
	cleanup_http struct http *http = NULL, *second = NULL;

	(void)state;
	place("agent.sock");
	http = open_http();
	assert_int_equal(http_open(&(struct http_config){ .address = address,
							  .routes = routes,
							  .count = 1,
							  .ctx = &calls },
				   &second),
			 -EADDRINUSE);
	assert_null(second);
	close(dial());
}

static void lets_no_two_start_at_the_same_time(void **state)
{
	cleanup_close int lock = open(scratch_directory, O_RDONLY | O_DIRECTORY);
	struct http *http = NULL;

	(void)state;
	place("agent.sock");
	assert_int_equal(flock(lock, LOCK_EX), 0);
	assert_int_equal(http_open(&(struct http_config){ .address = address,
							  .routes = routes,
							  .count = 1,
							  .ctx = &calls },
				   &http),
			 -EADDRINUSE);
	assert_int_equal(flock(lock, LOCK_UN), 0);
	http = open_http();
	http_close(http);
}

static void harms_nothing_that_is_no_socket(void **state)
{
	struct http *http = NULL;

	(void)state;
	place("file");
	put_bytes(path, "precious", 8);
	assert_int_equal(http_open(&(struct http_config){ .address = address,
							  .routes = routes,
							  .count = 1,
							  .ctx = &calls },
				   &http),
			 -EEXIST);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("elsewhere", path), 0);
	assert_int_equal(http_open(&(struct http_config){ .address = address,
							  .routes = routes,
							  .count = 1,
							  .ctx = &calls },
				   &http),
			 -EEXIST);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(http_open(&(struct http_config){ .address = address,
							  .routes = routes,
							  .count = 1,
							  .ctx = &calls },
				   &http),
			 -EEXIST);
	assert_null(http);
	place("none/under/two");
	assert_int_equal(http_open(&(struct http_config){ .address = address,
							  .routes = routes,
							  .count = 1,
							  .ctx = &calls },
				   &http),
			 -ENOENT);
}

static void rejects_what_is_no_path(void **state)
{
	static const struct {
		const char *address;
		int err;
	} cases[] = {
		{ "unix:", -EINVAL },
		{ "unix:agent.sock", -EINVAL },
		{ "unix:/", -EINVAL },
		{ "unix:/tmp/", -EINVAL },
		{ "unix:/tmp/0123456789012345678901234567890123456789012345678901234567890123456789"
		  "0123456789012345678901234567890123456789",
		  -ENAMETOOLONG },
		{ "UNIX:/tmp/x", -EINVAL },
		{ "unix/tmp/x", -EINVAL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct http *http = NULL;

		print_message("  '%s'\n", c->address);
		assert_int_equal(http_open(&(struct http_config){ .address = c->address,
								  .routes = routes,
								  .count = 1,
								  .ctx = &calls },
					   &http),
				 c->err);
		assert_null(http);
	}
}

/* ---- requests ---- */

static void hands_on_the_arguments_of_a_query(void **state)
{
	static const struct {
		const char *request, *want;
	} cases[] = {
		{ "GET /echo" END, "0" },
		{ "GET /echo?last=5" END, "1 last=5" },
		{ "GET /echo?last" END, "1 last=(none)" },
		{ "GET /echo?a=1&b=%20x%2f&a=" END, "3 a=1 b= x/ a=" },
		{ "GET /echo?a&b&c&d&e&f" END, "6 a=(none) b=(none) c=(none) d=(none)" },
	};
	cleanup_http struct http *http = NULL;
	char reply[REPLY_MAX];

	(void)state;
	place("agent.sock");
	http = open_http();
	for_each_case(c, cases) {
		print_message("  %.30s\n", c->request);
		ask(http, c->request, reply);
		assert_string_equal(body_of(reply), c->want);
	}
}

static void tells_errors_as_json(void **state)
{
	static const struct {
		const char *request, *status, *body;
	} cases[] = {
		{ "GET /none" END, "HTTP/1.1 404", "{\"v\":1,\"error\":\"not found\"}\n" },
		{ "POST /echo" END, "HTTP/1.1 405",
		  "{\"v\":1,\"error\":\"method not allowed\"}\n" },
		{ "GET /failure" END, "HTTP/1.1 500",
		  "{\"v\":1,\"error\":\"internal server error\"}\n" },
	};
	cleanup_http struct http *http = NULL;
	char reply[REPLY_MAX];

	(void)state;
	place("agent.sock");
	http = open_http();
	for_each_case(c, cases) {
		ask(http, c->request, reply);
		assert_memory_equal(reply, c->status, strlen(c->status));
		assert_non_null(strstr(reply, "Content-Type: application/json\r\n"));
		assert_string_equal(body_of(reply), c->body);
	}
}

/* ---- who may ask ---- */

/* Exit status 0: refused as it should be. */
static _Noreturn void ask_as_nobody(void)
{
	static const char request[] = "GET /echo" END;
	char reply[REPLY_MAX] = "";
	size_t size = 0;
	ssize_t n = 1;
	int fd;

	if (setgid(NOBODY) || setuid(NOBODY))
		_exit(3);
	fd = dial();
	if (fd < 0 || write(fd, request, strlen(request)) < 0)
		_exit(4);
	while (n > 0 && size < sizeof(reply) - 1) {
		n = read(fd, reply + size, sizeof(reply) - 1 - size);
		size += n > 0 ? (size_t)n : 0;
	}
	_exit(strncmp(reply, "HTTP/1.1 403", 12) ||
	      !strstr(reply, "{\"v\":1,\"error\":\"only root and the agent's own user may ask\"}"));
}

static void answers_no_other_user_whatever_the_files_mode(void **state)
{
	cleanup_http struct http *http = NULL;
	char reply[REPLY_MAX];
	int status = 0, ended = 0;
	pid_t child;

	(void)state;
	if (geteuid() != 0)
		skip();
	place("agent.sock");
	http = open_http();
	ask(http, "GET /echo" END, reply);
	assert_int_equal(http_stats(http).forbidden, 0);
	assert_int_equal(chmod(scratch_directory, 0711) || chmod(path, 0666), 0);
	child = fork();
	if (!child)
		ask_as_nobody();
	for (int i = 0; i < WAIT_MS && !ended; i++) {
		http_serve(http);
		poll(&(struct pollfd){ .fd = http_fd(http), .events = POLLIN }, 1, 1);
		ended = waitpid(child, &status, WNOHANG);
	}
	assert_int_equal(ended, child);
	assert_int_equal(status, 0);
	assert_int_equal(calls, 1);
	assert_int_equal(http_stats(http).forbidden, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(is_for_its_own_user_alone_whatever_the_umask),
		workdir_test(replaces_a_socket_that_nobody_answers_on),
		workdir_test(takes_away_no_socket_of_another),
		workdir_test(leaves_one_alone_that_somebody_answers_on),
		workdir_test(lets_no_two_start_at_the_same_time),
		workdir_test(harms_nothing_that_is_no_socket),
		workdir_test(rejects_what_is_no_path),
		workdir_test(hands_on_the_arguments_of_a_query),
		workdir_test(tells_errors_as_json),
		workdir_test(answers_no_other_user_whatever_the_files_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

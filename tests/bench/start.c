// SPDX-License-Identifier: Apache-2.0
/*
 * From exec to the first complete answer: starts a command, asks a port for
 * /metrics until it answers, prints the milliseconds, keeps the answer, and ends
 * the command.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "lab/lab.h"

enum {
	ANSWER_MAX = 4 << 20,
	ASK_US = 200, /* between two attempts */
	WAIT_S = 30,
};

static const char request[] =
	"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

static int ask(uint16_t port, char answer[static ANSWER_MAX], size_t *out_size)
{
	cleanup_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	size_t size = 0;
	ssize_t n;

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) < 0)
		return -errno;
	/* Connection: close, so that the end of the answer is the end of the stream. */
	while ((n = read(fd, answer + size, ANSWER_MAX - size)) > 0)
		size += (size_t)n;
	if (n < 0 || size == ANSWER_MAX)
		return n < 0 ? -errno : -EMSGSIZE;
	if (strncmp(answer, "HTTP/1.1 200", 12) != 0)
		return -EAGAIN;
	*out_size = size;
	return 0;
}

static int ask_until_answered(pid_t pid, uint16_t port, char answer[static ANSWER_MAX],
			      size_t *out_size)
{
	uint64_t give_up_ns = lab_now_ns() + WAIT_S * 1000000000ULL;

	while (lab_now_ns() < give_up_ns) {
		if (!ask(port, answer, out_size))
			return 0;
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return -ECHILD;
		if (lab_pause_us(ASK_US))
			return -EINTR;
	}
	return -ETIMEDOUT;
}

static int keep(const char *path, const char *answer, size_t size)
{
	cleanup_fclose FILE *file = fopen(path, "we");

	return file && fwrite(answer, 1, size, file) == size ? 0 : -EIO;
}

static int measure(uint16_t port, const char *path, char **command)
{
	cleanup_free char *answer = malloc(ANSWER_MAX);
	uint64_t start_ns = lab_now_ns(), end_ns;
	size_t size = 0;
	pid_t pid;
	int err;

	if (!answer)
		return -ENOMEM;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		execvp(command[0], command);
		_exit(127);
	}
	err = ask_until_answered(pid, port, answer, &size);
	end_ns = lab_now_ns();
	if (err != -ECHILD) {
		kill(pid, SIGTERM);
		waitpid(pid, NULL, 0);
	}
	if (err)
		return lab_err(err, "no answer from '%s' on port %u", command[0], port);
	printf("%.3f\n", (double)(end_ns - start_ns) / 1e6);
	err = keep(path, answer, size);
	return err ? lab_err(err, "cannot write '%s'", path) : 0;
}

int main(int argc, char **argv)
{
	uint64_t port;

	if (argc < 4 || lab_number_parse(argv[1], UINT16_MAX, &port)) {
		fputs("usage: start PORT ANSWER-FILE COMMAND...\n", stderr);
		return 2;
	}
	return measure((uint16_t)port, argv[2], argv + 3) ? EXIT_FAILURE : EXIT_SUCCESS;
}

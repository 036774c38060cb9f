// SPDX-License-Identifier: Apache-2.0
#include "source/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#include "cleanup.h"

extern char **environ;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

static int start(char *const argv[], int out, pid_t *out_pid)
{
	posix_spawn_file_actions_t actions;
	int err = posix_spawn_file_actions_init(&actions);

	if (err)
		return -err;
	err = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
						       O_WRONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!err)
		err = posix_spawn(out_pid, "/proc/self/exe", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

static int wait_readable(int fd, uint64_t until_ns)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	uint64_t now = now_ns();
	int n;

	if (now >= until_ns)
		return -ETIME;
	n = poll(&poll_fd, 1, (int)((until_ns - now) / 1000000) + 1);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n ? 0 : -ETIME;
}

static int read_all(int fd, const struct child_limits *limits, char **out, size_t *out_size)
{
	uint64_t until_ns = now_ns() + limits->timeout_ns;
	cleanup_free char *text = malloc(limits->size_max + 1);
	size_t size = 0;
	ssize_t n;

	if (!text)
		return -ENOMEM;
	do {
		int err = wait_readable(fd, until_ns);

		if (err)
			return err;
		if (size == limits->size_max)
			return -EFBIG;
		n = read(fd, text + size, limits->size_max - size);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		size += n > 0 ? (size_t)n : 0;
	} while (n);
	text[size] = '\0';
	*out = take_ptr(text);
	*out_size = size;
	return 0;
}

int child_run(char *const argv[], const struct child_limits *limits, char **out, size_t *out_size,
	      int *out_status)
{
	cleanup_close int from = -1, to = -1;
	int pipes[2], status = 0, err;
	pid_t pid = -1;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	from = pipes[0];
	to = pipes[1];
	err = start(argv, to, &pid);
	if (err)
		return err;
	close_fd(take_fd(to));
	err = read_all(from, limits, out, out_size);
	if (err)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!err)
		*out_status = status;
	return err;
}

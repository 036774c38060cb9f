// SPDX-License-Identifier: Apache-2.0
#include "loop.h"

#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

enum { LOOP_MAX = 32 };

struct watched {
	loop_fn fn;
	void *ctx;
};

struct loop {
	int epoll;
	size_t count;
	struct watched watched[LOOP_MAX];
	struct watched at_end;
};

int loop_new(struct loop **out)
{
	cleanup_loop struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return -ENOMEM;

	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0)
		return -errno;

	*out = take_ptr(loop);
	return 0;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	close_fd(loop->epoll);
	free(loop);
}

static int add(struct loop *loop, int fd, uint32_t events, const struct watched *watched)
{
	struct watched *slot = &loop->watched[loop->count];
	struct epoll_event event = { .events = events, .data.ptr = slot };

	if (loop->count == LOOP_MAX)
		return -ENOSPC;
	*slot = *watched;
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		return -errno;
	loop->count++;
	return 0;
}

int loop_add(struct loop *loop, int fd, loop_fn fn, void *ctx)
{
	return add(loop, fd, EPOLLIN, &(struct watched){ fn, ctx });
}

int loop_add_edge(struct loop *loop, int fd, loop_fn fn, void *ctx)
{
	return add(loop, fd, EPOLLIN | EPOLLET, &(struct watched){ fn, ctx });
}

void loop_at_end_of_turn(struct loop *loop, loop_fn fn, void *ctx)
{
	loop->at_end = (struct watched){ fn, ctx };
}

int loop_turn(struct loop *loop, int timeout_ms)
{
	struct epoll_event ready[LOOP_MAX];
	int n = epoll_wait(loop->epoll, ready, LOOP_MAX, timeout_ms);
	int result = 0;

	if (n < 0 && errno != EINTR)
		return -errno;
	for (int i = 0; i < n && !result; i++) {
		struct watched *watched = ready[i].data.ptr;

		result = watched->fn(watched->ctx);
	}
	if (!result && loop->at_end.fn)
		result = loop->at_end.fn(loop->at_end.ctx);
	return result;
}

int loop_run(struct loop *loop)
{
	int result;

	do
		result = loop_turn(loop, -1);
	while (!result);
	return result == LOOP_STOP ? 0 : result;
}

uint64_t loop_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

int64_t loop_wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int loop_timer_open(void)
{
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	return timer < 0 ? -errno : timer;
}

int loop_timer_set(int timer, uint64_t delay_ns)
{
	const struct itimerspec at = { .it_value = { .tv_sec = (time_t)(delay_ns / 1000000000ULL),
						     .tv_nsec =
							     (long)(delay_ns % 1000000000ULL) } };

	return timerfd_settime(timer, 0, &at, NULL) < 0 ? -errno : 0;
}

void loop_timer_read(int timer)
{
	uint64_t expirations;

	if (read(timer, &expirations, sizeof(expirations)) < 0)
		return; /* set anew since it fired */
}

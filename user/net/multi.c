// SPDX-License-Identifier: Apache-2.0
#include "net/multi.h"

#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

enum {
	EVENTS_MAX = 16, /* in one turn; the rest keeps the descriptor readable */
	NS_PER_S = 1000000000,
};

struct multi {
	const struct curl_api *api;
	CURLM *handle;
	int epoll;
	int timer; /* libcurl's */
	int alarm; /* the caller's */
	uint64_t alarm_ns; /* when it is set to */
};

/* A socket that cannot be waited for lets its transfer time out. To fail here instead would end all
 * transfers for good. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
	struct multi *multi = ctx;
	struct epoll_event event = { .data.fd = fd };

	(void)easy;
	(void)socket_ctx;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(multi->epoll, EPOLL_CTL_DEL, fd, &event);
		return 0;
	}
	event.events |= what & CURL_POLL_IN ? EPOLLIN : 0;
	event.events |= what & CURL_POLL_OUT ? EPOLLOUT : 0;
	if (epoll_ctl(multi->epoll, EPOLL_CTL_MOD, fd, &event) < 0 && errno == ENOENT)
		epoll_ctl(multi->epoll, EPOLL_CTL_ADD, fd, &event);
	return 0;
}

/* Not to be answered with a call from here: 0 ms is "soon", -1 is never. */
static int on_timer(CURLM *handle, long delay_ms, void *ctx)
{
	struct multi *multi = ctx;
	struct itimerspec when = { 0 };

	(void)handle;
	if (delay_ms >= 0) {
		when.it_value.tv_sec = delay_ms / 1000;
		when.it_value.tv_nsec = delay_ms % 1000 * 1000000;
		when.it_value.tv_nsec += delay_ms == 0;
	}
	return timerfd_settime(multi->timer, 0, &when, NULL);
}

static int set_up(struct multi *multi)
{
	const struct curl_api *api = multi->api;
	CURLMcode code;

	code = api->multi_setopt(multi->handle, CURLMOPT_SOCKETFUNCTION, on_socket);
	code = code ? code : api->multi_setopt(multi->handle, CURLMOPT_SOCKETDATA, multi);
	code = code ? code : api->multi_setopt(multi->handle, CURLMOPT_TIMERFUNCTION, on_timer);
	code = code ? code : api->multi_setopt(multi->handle, CURLMOPT_TIMERDATA, multi);
	code = code ? code
		    : api->multi_setopt(multi->handle, CURLMOPT_MAXCONNECTS,
					(long)MULTI_CONNECTIONS_MAX);
	return code ? -EIO : 0;
}

static int open_timer(struct multi *multi, int *out)
{
	cleanup_close int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	struct epoll_event event = { .events = EPOLLIN, .data.fd = timer };

	if (timer < 0 || epoll_ctl(multi->epoll, EPOLL_CTL_ADD, timer, &event) < 0)
		return -errno;
	*out = take_fd(timer);
	return 0;
}

int multi_open(const struct curl_api *api, struct multi **out)
{
	cleanup_multi struct multi *multi = malloc(sizeof(*multi));
	int err;

	if (!multi)
		return -ENOMEM;
	*multi = (struct multi){ .api = api, .epoll = -1, .timer = -1, .alarm = -1 };
	multi->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (multi->epoll < 0)
		return -errno;
	err = open_timer(multi, &multi->timer);
	err = err ? err : open_timer(multi, &multi->alarm);
	if (err)
		return err;
	multi->handle = api->multi_init();
	if (!multi->handle)
		return -ENOMEM;
	err = set_up(multi);
	if (err)
		return err;

	*out = take_ptr(multi);
	return 0;
}

void multi_close(struct multi *multi)
{
	if (!multi)
		return;
	/* It takes its sockets off the set. */
	if (multi->handle)
		multi->api->multi_cleanup(multi->handle);
	close_fd(multi->timer);
	close_fd(multi->alarm);
	close_fd(multi->epoll);
	free(multi);
}

CURLM *multi_handle(const struct multi *multi)
{
	return multi->handle;
}

int multi_fd(const struct multi *multi)
{
	return multi->epoll;
}

void multi_wake_at(struct multi *multi, uint64_t when_ns)
{
	struct itimerspec when = { .it_value = { .tv_sec = (time_t)(when_ns / NS_PER_S),
						 .tv_nsec = (long)(when_ns % NS_PER_S) } };

	if (when_ns == multi->alarm_ns)
		return;
	timerfd_settime(multi->alarm, TFD_TIMER_ABSTIME, &when, NULL);
	multi->alarm_ns = when_ns;
}

static CURLMcode act(struct multi *multi, const struct epoll_event *event)
{
	curl_socket_t fd = event->data.fd;
	int what = 0, running;
	uint64_t expired;

	if (fd == multi->alarm || fd == multi->timer) {
		/* Nothing to read: set anew by an event before it. */
		if (read(fd, &expired, sizeof(expired)) < 0 || fd == multi->alarm)
			return CURLM_OK;
		fd = CURL_SOCKET_TIMEOUT;
	} else {
		/* Errors set no bit: libcurl looks itself then. */
		what |= event->events & EPOLLIN ? CURL_CSELECT_IN : 0;
		what |= event->events & EPOLLOUT ? CURL_CSELECT_OUT : 0;
	}
	return multi->api->multi_socket_action(multi->handle, fd, what, &running);
}

int multi_turn(struct multi *multi)
{
	struct epoll_event events[EVENTS_MAX];
	CURLMcode code = CURLM_OK;
	int count;

	count = epoll_wait(multi->epoll, events, EVENTS_MAX, 0);
	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; !code && i < count; i++)
		code = act(multi, &events[i]);
	if (code)
		return code == CURLM_OUT_OF_MEMORY ? -ENOMEM : -EIO;
	return 0;
}

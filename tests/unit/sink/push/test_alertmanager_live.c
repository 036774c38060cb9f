// SPDX-License-Identifier: Apache-2.0
/* The same against an Alertmanager, where one is installed: on loopback, with a
 * directory of the test's own. */
#include "test.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "alertmanager_fixture.h"
#include "core/base/text.h"
#include "scratch.h"

#define PROGRAM "/usr/bin/prometheus-alertmanager"

enum { URL_SIZE = 64, BODY_SIZE = 16384, TRIES = 100, TRY_US = 100000 };

struct live {
	pid_t pid;
	char url[URL_SIZE];
	char config[PATH_MAX + 32], storage[PATH_MAX + 32], listen[URL_SIZE];
};

static const char config_text[] = "route: {receiver: none}\nreceivers: [{name: none}]\n";

/* One that nobody has now. */
static unsigned int free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	cleanup_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(address);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	return ntohs(address.sin_port);
}

static void start(struct live *live)
{
	char *const args[] = { PROGRAM,
			       live->config,
			       live->storage,
			       live->listen,
			       "--cluster.listen-address=",
			       "--log.level=error",
			       NULL };

	live->pid = fork();
	assert_true(live->pid >= 0);
	if (live->pid == 0) {
		execv(PROGRAM, args);
		_exit(127);
	}
}

static void stop(struct live *live)
{
	kill(live->pid, SIGKILL);
	waitpid(live->pid, NULL, 0);
}

static void prepare(struct live *live)
{
	unsigned int port = free_port();

	scratch_put(config_text, strlen(config_text));
	snprintf(live->config, sizeof(live->config), "--config.file=%s", scratch_path);
	snprintf(live->storage, sizeof(live->storage), "--storage.path=%s", scratch_directory);
	snprintf(live->listen, sizeof(live->listen), "--web.listen-address=127.0.0.1:%u", port);
	snprintf(live->url, sizeof(live->url), "http://127.0.0.1:%u", port);
}

struct look {
	char body[BODY_SIZE];
	bool is_done;
};

static void see(const struct fetch_answer *answer, void *ctx)
{
	struct look *look = ctx;

	text_copy(look->body, sizeof(look->body), answer->body);
	look->is_done = true;
}

static bool has_looked(void *ctx)
{
	return ((struct look *)ctx)->is_done;
}

/* What it says of the alerts that it has active, within some time: "" nothing yet. */
static void look_at(struct live *live, struct fetcher *fetcher, struct look *out)
{
	char url[URL_SIZE + 32];
	struct fetch_request request = { .url = url,
					 .max_bytes = BODY_SIZE - 1,
					 .timeout_ns = 5 * S,
					 .on_done = see,
					 .ctx = out };
	struct fetch *fetch;

	snprintf(url, sizeof(url), "%s/api/v2/alerts", live->url);
	*out = (struct look){ 0 };
	assert_int_equal(fetcher_start(fetcher, &request, &fetch), 0);
	fetching_run(fetcher, has_looked, out);
}

/* Until it says so. */
static void expect(struct live *live, struct push *push, const char *text)
{
	struct look look;

	for (int i = 0; i < TRIES; i++) {
		look_at(live, push->fetcher, &look);
		if (strstr(look.body, text))
			return;
		usleep(TRY_US);
	}
	fail_msg("'%s' is not in '%s'", text, look.body);
}

static void set_clock(struct push *push)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	push->now.wall_ns = now.tv_sec * (int64_t)S + now.tv_nsec;
}

static void is_seen_and_gone(void **state)
{
	struct live live;
	struct push push;

	(void)state;
	if (access(PROGRAM, X_OK))
		skip();
	prepare(&live);
	push_open(&push, live.url, NULL);
	set_clock(&push);

	/* It is down at first. */
	push_tell(&push, "pods", ALERT_FIRING);
	push_run(&push, 1);
	assert_int_equal(alertmanager_stats(push.sink).failed, 1);
	start(&live);
	expect(&live, &push, "[]");
	push.now.mono_ns = push.next_ns;
	push_run(&push, 1);
	assert_int_equal(alertmanager_stats(push.sink).sent, 1);
	expect(&live, &push, "\"range\":\"pods\"");
	expect(&live, &push,
	       "\"description\":\"16 of 16 addresses of 'pods' (10.0.0.0/27) are used\"");
	expect(&live, &push, "\"state\":\"active\"");

	/* It loses all, as it does when it begins anew; the next interval tells it again. */
	stop(&live);
	start(&live);
	expect(&live, &push, "[]");
	push.now.mono_ns = push.next_ns;
	set_clock(&push);
	push_run(&push, 1);
	expect(&live, &push, "\"range\":\"pods\"");

	set_clock(&push);
	push_tell(&push, "pods", ALERT_OK);
	push_run(&push, 1);
	expect(&live, &push, "[]");
	assert_int_equal(alertmanager_stats(push.sink).over, 0);
	stop(&live);
	push_close(&push);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(is_seen_and_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

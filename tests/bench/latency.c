// SPDX-License-Identifier: Apache-2.0
/*
 * From the request that configures an address to its record in the event log of a
 * running agent, one change at a time. Beside it, in the same changes, a listener
 * inside the namespace: what rtnetlink itself takes to tell.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>

#include "bench/promise.h"
#include "lab/lab.h"

enum {
	COUNT_MAX = 100000,
	LINES_SIZE = 65536, /* of the log, between two reads */
	KNOWN_US = 300000, /* until the agent knows the namespace and its link */
	GAP_MIN_US = 20000,
	GAP_MAX_US = 50000,
	WAIT_S = 2, /* for one record: then it counts as lost */
};

enum { SAW_LOG, SAW_PEER, SAW_COUNT };

struct sample {
	char text[ADDRESS_TEXT_SIZE]; /* "10.192.0.1/24" */
	uint64_t start_ns;
	uint64_t seen_ns[SAW_COUNT];
	uint64_t record_ns; /* what the record says */
};

/* The thread that sees writes a sample before it posts; the one that changes reads it after. */
struct watcher {
	struct bench *bench;
	pthread_t thread;
	sem_t seen;
	sem_t ready;
	int err;
};

struct bench {
	uint64_t count;
	const char *events;
	double targets_ms[2]; /* p50, p99; 0: none */
	bool must_meet;
	struct pod pod;
	struct sample *samples;
	_Atomic uint64_t number; /* of the change under way */
	struct watcher watchers[SAW_COUNT];
};

/* ---- who sees ---- */

static void see(struct bench *bench, int who, uint64_t now_ns)
{
	bench->samples[bench->number].seen_ns[who] = now_ns;
	sem_post(&bench->watchers[who].seen);
}

static void read_line(struct bench *bench, const char *line, uint64_t now_ns)
{
	static const char mono[] = "\"mono_ns\":";
	struct sample *sample = &bench->samples[bench->number];
	const char *at = strstr(line, mono);
	char ip[ADDRESS_TEXT_SIZE + 8];

	snprintf(ip, sizeof(ip), "\"ip\":\"%.*s\"", (int)strcspn(sample->text, "/"), sample->text);
	if (!at || !strstr(line, ip) || !strstr(line, "\"ip.assigned\""))
		return;
	sample->record_ns = strtoull(at + sizeof(mono) - 1, NULL, 10);
	see(bench, SAW_LOG, now_ns);
}

/* All that is in the file now; what follows the last newline waits in lines. */
static int read_lines(struct bench *bench, int fd, char lines[static LINES_SIZE], size_t *kept)
{
	ssize_t size;

	while ((size = read(fd, lines + *kept, LINES_SIZE - 1 - *kept)) > 0) {
		uint64_t now_ns = lab_now_ns();
		char *line = lines, *newline;

		lines[*kept + (size_t)size] = '\0';
		while ((newline = strchr(line, '\n'))) {
			*newline = '\0';
			read_line(bench, line, now_ns);
			line = newline + 1;
		}
		*kept = strlen(line);
		memmove(lines, line, *kept + 1);
		if (*kept == LINES_SIZE - 1)
			return -EMSGSIZE;
	}
	return size < 0 ? -errno : 0;
}

static int watch_log(struct watcher *watcher)
{
	struct bench *bench = watcher->bench;
	cleanup_close int fd = open(bench->events, O_RDONLY | O_CLOEXEC);
	cleanup_close int changes = inotify_init1(IN_CLOEXEC);
	char event[sizeof(struct inotify_event) + NAME_MAX + 1];
	static char lines[LINES_SIZE];
	size_t kept = 0;
	int err = 0;

	if (fd < 0 || changes < 0 || inotify_add_watch(changes, bench->events, IN_MODIFY) < 0 ||
	    lseek(fd, 0, SEEK_END) < 0)
		return -errno;
	sem_post(&watcher->ready);
	while (!err && read(changes, event, sizeof(event)) > 0)
		err = read_lines(bench, fd, lines, &kept);
	return err;
}

static int watch_peer(struct watcher *watcher)
{
	struct bench *bench = watcher->bench;
	cleanup_net_socket struct mnl_socket *socket = NULL;
	char message[NET_REPLY_SIZE];
	int err;

	if (setns(net_fd(bench->pod.net), CLONE_NEWNET) < 0)
		return -errno;
	err = net_socket_open(RTMGRP_IPV4_IFADDR, &socket);
	if (err)
		return err;
	sem_post(&watcher->ready);
	while (mnl_socket_recvfrom(socket, message, sizeof(message)) > 0)
		see(bench, SAW_PEER, lab_now_ns());
	return -errno;
}

static void *run_watcher(void *ctx)
{
	static int (*const watch[SAW_COUNT])(struct watcher * watcher) = {
		[SAW_LOG] = watch_log,
		[SAW_PEER] = watch_peer,
	};
	struct watcher *watcher = ctx;

	watcher->err = watch[watcher - watcher->bench->watchers](watcher);
	sem_post(&watcher->ready);
	return NULL;
}

static int start_watchers(struct bench *bench)
{
	for (int who = 0; who < SAW_COUNT; who++) {
		struct watcher *watcher = &bench->watchers[who];
		int err;

		watcher->bench = bench;
		sem_init(&watcher->seen, 0, 0);
		sem_init(&watcher->ready, 0, 0);
		err = pthread_create(&watcher->thread, NULL, run_watcher, watcher);
		if (err)
			return -err;
		sem_wait(&watcher->ready);
		if (watcher->err)
			return watcher->err;
	}
	return 0;
}

/* ---- changes ---- */

static bool wait_seen(struct watcher *watcher)
{
	struct timespec deadline;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += WAIT_S;
	return !sem_timedwait(&watcher->seen, &deadline);
}

static int change(struct bench *bench, uint64_t number)
{
	struct sample *sample = &bench->samples[number];
	struct address address = { .text = sample->text, .ifindex = bench->pod.ifindex };
	int err;

	bench->number = number;
	sample->start_ns = lab_now_ns();
	err = address_add(bench->pod.net, &address);
	if (err)
		return lab_err(err, "cannot add '%s'", sample->text);
	for (int who = 0; who < SAW_COUNT; who++)
		if (!wait_seen(&bench->watchers[who]))
			return lab_err(-ETIMEDOUT, "'%s' was not seen by %s", sample->text,
				       who == SAW_LOG ? "the event log" : "rtnetlink");
	return 0;
}

static int change_all(struct bench *bench)
{
	int err = 0;

	for (uint64_t i = 0; !err && i < bench->count; i++) {
		/* At any phase of whatever timer there may be. */
		if (lab_pause_us(GAP_MIN_US + (uint64_t)random() % (GAP_MAX_US - GAP_MIN_US)))
			return -EINTR;
		err = change(bench, i);
	}
	return err;
}

/* ---- results ---- */

static struct spread show(const struct bench *bench, const char *what, double *us)
{
	struct spread spread = spread_of(us, bench->count);

	printf("# %-44s p50 %7.1f us (quartiles %.1f to %.1f), p99 %7.1f us\n", what, spread.median,
	       spread.low, spread.high, spread.p99);
	return spread;
}

static bool report(const struct bench *bench)
{
	cleanup_free double *us = calloc(bench->count, sizeof(*us));
	struct spread log;
	bool is_met = true;

	if (!us || !bench->samples)
		return false;
	printf("# latency: %" PRIu64 " IPv4 addresses added one at a time, all told\n",
	       bench->count);
	for (uint64_t i = 0; i < bench->count; i++)
		us[i] = (double)(int64_t)(bench->samples[i].record_ns -
					  bench->samples[i].start_ns) /
			1e3;
	show(bench, "request to the record's own time", us);
	for (uint64_t i = 0; i < bench->count; i++)
		us[i] = (double)(bench->samples[i].seen_ns[SAW_PEER] - bench->samples[i].start_ns) /
			1e3;
	show(bench, "request to an rtnetlink listener inside", us);
	for (uint64_t i = 0; i < bench->count; i++)
		us[i] = (double)(bench->samples[i].seen_ns[SAW_LOG] - bench->samples[i].start_ns) /
			1e3;
	log = show(bench, "request to the record in the event log", us);

	is_met &= promise_print(&(struct promise){ "latency, ms to the event log, p50",
						   bench->targets_ms[0], log.median / 1e3, true });
	is_met &= promise_print(&(struct promise){ "latency, ms to the event log, p99",
						   bench->targets_ms[1], log.p99 / 1e3, true });
	return is_met;
}

static int run(struct bench *bench)
{
	cleanup_lab struct lab lab = { 0 };
	int err = lab_open("blat", LAB_VETH, &lab);

	if (!err)
		err = pod_create(&lab, 0, &bench->pod);
	if (err)
		return lab_err(err, "cannot make the namespace");
	bench->samples = calloc(bench->count, sizeof(*bench->samples));
	for (uint64_t i = 0; bench->samples && i < bench->count; i++)
		lab_v4(LAB_BASE_FLAP, i, bench->samples[i].text);
	err = bench->samples ? start_watchers(bench) : -ENOMEM;
	if (err)
		lab_err(err, "cannot watch '%s' and rtnetlink", bench->events);
	else if (lab_pause_us(KNOWN_US))
		err = -EINTR;
	if (!err)
		err = change_all(bench);
	pod_delete(&bench->pod);
	return err;
}

static const char usage[] = "usage: latency --events FILE [--count N] [--p50 MS] [--p99 MS] "
			    "[--assert]\n"
			    "FILE: the event log of a running agent\n";

static int parse(int argc, char **argv, struct bench *bench)
{
	static const struct option options[] = {
		{ "events", required_argument, NULL, 'e' },
		{ "count", required_argument, NULL, 'c' },
		{ "p50", required_argument, NULL, '5' },
		{ "p99", required_argument, NULL, '9' },
		{ "assert", no_argument, NULL, 'a' },
		{ 0 },
	};
	int option, err = 0;

	while (!err && (option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 'e')
			bench->events = optarg;
		else if (option == 'c')
			err = lab_number_parse(optarg, COUNT_MAX, &bench->count);
		else if (option == '5')
			bench->targets_ms[0] = strtod(optarg, NULL);
		else if (option == '9')
			bench->targets_ms[1] = strtod(optarg, NULL);
		else if (option == 'a')
			bench->must_meet = true;
		else
			err = -EINVAL;
	}
	return err || optind != argc || !bench->events || !bench->count ? -EINVAL : 0;
}

int main(int argc, char **argv)
{
	static struct bench bench = { .count = 300, .targets_ms = { 1, 5 } };
	bool is_met = false;
	int err;

	if (parse(argc, argv, &bench)) {
		fputs(usage, stderr);
		return 2;
	}
	err = run(&bench);
	if (!err)
		is_met = report(&bench);
	/* The watchers still wait, on what is theirs until the program ends. */
	fflush(NULL);
	_exit(err || (bench.must_meet && !is_met) ? EXIT_FAILURE : EXIT_SUCCESS);
}

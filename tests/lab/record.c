// SPDX-License-Identifier: Apache-2.0
/*
 * record: write down every live event that the agent's own modules hear, until
 * SIGTERM, for the tests to tell again (tests/stream.h). What exists at the start
 * is left out.
 *
 *	record --backend fentry --out FILE [--lacks netkit,dummy]
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

#include "core/state/state.h"
#include "loop.h"
#include "source/kernel/kernel.h"
#include "stream.h"
#include "watch.h"

enum { DEVICE_MAX = 4096 };

static const uint32_t limits[] = {
	[INVENTORY_NETNS] = 16384, [INVENTORY_LINKS] = 65536, [INVENTORY_ADDRESSES] = 65536
};
static const uint64_t reconcile_ns = 60 * 1000000000ULL;

struct recorder {
	struct stream_head head;
	FILE *out;
	struct state *state;
	int signals;
	uint64_t events, wrong; /* told; lost or corrected */
	uint64_t devices[DEVICE_MAX]; /* in order of appearance */
};

static void ignore_fact(const struct fact *fact, void *ctx)
{
	(void)fact;
	(void)ctx;
}

/* Addresses of the kernel's memory are nobody's business: number the devices. */
static uint64_t number_device(struct recorder *recorder, uint64_t dev)
{
	size_t i = 0;

	if (!dev)
		return 0;
	while (i < DEVICE_MAX && recorder->devices[i] && recorder->devices[i] != dev)
		i++;
	if (i == DEVICE_MAX)
		return 0;
	recorder->devices[i] = dev;
	return i + 1;
}

static void on_event(const struct event *event, enum watch_phase phase, void *ctx)
{
	struct recorder *recorder = ctx;
	struct event told = *event;

	state_apply(recorder->state, event);
	if (phase == WATCH_INITIAL)
		return;
	told.dev = number_device(recorder, event->dev);
	stream_write_event(recorder->out, &told);
	recorder->events++;
	recorder->wrong += phase == WATCH_CORRECTION;
}

static void on_lost(const char *cause, uint64_t count, void *ctx)
{
	struct recorder *recorder = ctx;

	fprintf(stderr, "record: '%" PRIu64 "' events lost: %s\n", count, cause);
	recorder->wrong++;
}

static int on_signal(void *ctx)
{
	(void)ctx;
	return LOOP_STOP;
}

static int open_signals(struct recorder *recorder, struct loop *loop)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	recorder->signals = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
	return recorder->signals < 0 ? -errno : loop_add(loop, recorder->signals, on_signal, NULL);
}

static uint32_t host_inum(const struct state *state)
{
	const struct netns *netns = state_inventory_const(state)->netns;

	while (netns && !netns->is_host)
		netns = netns->hh.next;
	return netns ? netns->key.inum : 0;
}

static int run(struct recorder *recorder, enum backend backend)
{
	cleanup_kernel struct kernel kernel = { 0 };
	cleanup_loop struct loop *loop = NULL;
	cleanup_watch struct watch *watch = NULL;
	struct watch_config config = { .reconcile_ns = reconcile_ns,
				       .intake = { .kernel = &kernel,
						   .backend = backend,
						   .proc_dir = "/proc",
						   .state = recorder->state,
						   .on_event = on_event,
						   .on_lost = on_lost,
						   .ctx = recorder } };
	int err = kernel_probe(&kernel);

	if (!err)
		err = loop_new(&loop);
	if (!err)
		err = open_signals(recorder, loop);
	if (!err)
		err = watch_open(&config, loop, &watch);
	if (err)
		return err;

	recorder->head.host_inum = host_inum(recorder->state);
	stream_write_head(recorder->out, &recorder->head);
	puts("recording");
	fflush(stdout);
	err = loop_run(loop);
	return !err && ferror(recorder->out) ? -EIO : err;
}

static int record(const char *path, const char *backend_text, const char *lacks)
{
	cleanup_fclose FILE *out = fopen(path, "we");
	cleanup_state struct state *state = NULL;
	struct recorder recorder = { .out = out, .signals = -1 };
	enum backend backend;
	int err;

	if (!out || backend_parse(backend_text, &backend))
		return -EINVAL;
	snprintf(recorder.head.backend, sizeof(recorder.head.backend), "%s", backend_text);
	snprintf(recorder.head.lacks, sizeof(recorder.head.lacks), "%s", lacks);
	err = state_new(limits, ignore_fact, NULL, &state);
	recorder.state = state;
	if (!err)
		err = run(&recorder, backend);
	close_fd(recorder.signals);
	printf("%" PRIu64 " events\n", recorder.events);
	return err ? err : recorder.wrong ? -EPROTO : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "backend", required_argument, NULL, 'b' },
		{ "out", required_argument, NULL, 'o' },
		{ "lacks", required_argument, NULL, 'l' },
		{ 0 },
	};
	const char *backend = "", *path = "", *lacks = "";
	int option, err;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 'b')
			backend = optarg;
		else if (option == 'o')
			path = optarg;
		else if (option == 'l')
			lacks = optarg;
		else
			return 2;
	}
	if (optind != argc || !*backend || !*path) {
		fputs("usage: record --backend NAME --out FILE [--lacks LABEL,...]\n", stderr);
		return 2;
	}
	err = record(path, backend, lacks);
	if (err)
		fprintf(stderr, "record: %s\n", strerror(-err));
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

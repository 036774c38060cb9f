// SPDX-License-Identifier: Apache-2.0
/*
 * Addresses that come and go inside one living namespace: what an observer that
 * only looks now and then can miss. With --flood links too, as fast as the
 * kernel allows, the way a container that means harm would do it.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/if_addr.h>

#include "address.h"
#include "lab.h"
#include "link.h"

enum {
	SETTLE_US = 300000, /* so that the namespace and its link are known before */
	FLOOD_FLAPS = 1000, /* for each link: deleting one waits for RCU, and is slow */
	FLOOD_SECONDS_MAX = 3600,
};

struct flap {
	uint64_t count;
	uint64_t lifetime_us;
	uint64_t gap_us;
	uint64_t flood_s;
	const char *prefix;
	const char *log_path;
	enum lab_mode mode;
};

static int flap_once(const struct flap *flap, const struct pod *pod, uint64_t number, FILE *log)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address address = { .text = text, .ifindex = pod->ifindex };
	struct truth truth = {
		.cycle = number,
		.netns = net_inum(pod->net),
		.op = "add",
		.address = text,
	};
	bool stop;
	int err;

	lab_v4(LAB_BASE_FLAP, number, text);
	truth.mono_ns = lab_now_ns();
	err = address_add(pod->net, &address);
	if (err)
		return err;
	truth_write(log, &truth);

	stop = flap->lifetime_us && lab_pause_us(flap->lifetime_us);
	truth.op = "del";
	truth.by = "addr";
	truth.mono_ns = lab_now_ns();
	err = address_delete(pod->net, &address);
	if (err)
		return err;
	truth_write(log, &truth);
	return lab_pause_us(flap->gap_us) || stop ? -EINTR : 0;
}

static int flap_all(const struct flap *flap, const struct pod *pod)
{
	cleanup_fclose FILE *log = NULL;
	uint64_t done = 0, start_ns;
	int err = truth_open(flap->log_path, &log);

	if (err)
		return lab_err(err, "cannot open '%s'", flap->log_path);

	start_ns = lab_now_ns();
	for (; !err && done < flap->count; done++)
		err = flap_once(flap, pod, done, log);
	if (err && err != -EINTR)
		return lab_err(err, "flap %" PRIu64 " failed", done - 1);

	printf("%" PRIu64 " flaps, %.3f s\n", done, (lab_now_ns() - start_ns) / 1e9);
	err = truth_close(take_ptr(log));
	return err ? lab_err(err, "cannot write '%s'", flap->log_path) : 0;
}

static int add_and_delete(struct net *net, const struct address *address)
{
	int err = address_add(net, address);

	return err ? err : address_delete(net, address);
}

/* One more link inside the pod, with many short-lived addresses. */
static int flood_link(const struct pod *pod)
{
	const struct link pair = { .kind = "veth", .name = "flood0", .peer = "flood1" };
	char text[ADDRESS_TEXT_SIZE];
	struct address address = { .text = text, .flags = IFA_F_NODAD };
	int err = link_add(pod->net, &pair);

	if (!err)
		err = link_index(pod->net, pair.name, &address.ifindex);
	if (!err)
		err = link_set_up(pod->net, address.ifindex, true);

	for (int i = 0; !err && i < FLOOD_FLAPS; i++) {
		lab_v4(LAB_BASE_FLAP, i, text);
		err = add_and_delete(pod->net, &address);
		if (err)
			break;
		lab_v6(LAB_BASE_FLAP, i, text);
		err = add_and_delete(pod->net, &address);
	}
	return err ? err : link_delete(pod->net, pair.name);
}

static int flood(const struct flap *flap, const struct pod *pod)
{
	uint64_t start_ns = lab_now_ns(), links = 0;
	uint64_t end_ns = start_ns + flap->flood_s * 1000000000;
	int err = 0;

	while (!err && lab_now_ns() < end_ns && !lab_pause_us(0)) {
		err = flood_link(pod);
		links++;
	}
	if (err)
		return lab_err(err, "link %" PRIu64 " failed", links);

	printf("%" PRIu64 " links, %" PRIu64 " addresses, %.3f s\n", links, links * 2 * FLOOD_FLAPS,
	       (lab_now_ns() - start_ns) / 1e9);
	return 0;
}

static int run(const struct flap *flap)
{
	cleanup_lab struct lab lab = { 0 };
	cleanup_pod struct pod pod = { 0 };
	int err = lab_open(flap->prefix, flap->mode, &lab);

	if (err)
		return lab_err(err, "cannot set up under prefix '%s'", flap->prefix);
	err = pod_create(&lab, 0, &pod);
	if (err)
		return lab_err(err, "cannot make the namespace");

	if (!lab_pause_us(SETTLE_US))
		err = flap->flood_s ? flood(flap, &pod) : flap_all(flap, &pod);
	pod_delete(&pod);
	return err ? err : lab_wait_gone(&lab, pod.name);
}

static const char usage[] =
	"usage: flap --count N [--lifetime-us N] [--gap-us N] [--log FILE] [COMMON]\n"
	"       flap --flood SECONDS [COMMON]\n"
	"COMMON: [--mode veth|inner|macvlan] [--prefix NAME]\n";

static int parse_option(int option, const char *value, struct flap *flap)
{
	switch (option) {
	case 'c':
		return lab_number_parse(value, LAB_ADDRESS_COUNT, &flap->count);
	case 't':
		return lab_number_parse(value, UINT32_MAX, &flap->lifetime_us);
	case 'g':
		return lab_number_parse(value, UINT32_MAX, &flap->gap_us);
	case 'f':
		return lab_number_parse(value, FLOOD_SECONDS_MAX, &flap->flood_s);
	case 'm':
		return lab_mode_parse(value, &flap->mode);
	case 'l':
		flap->log_path = value;
		return 0;
	case 'p':
		flap->prefix = value;
		return 0;
	default:
		return -EINVAL;
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "count", required_argument, NULL, 'c' },
		{ "lifetime-us", required_argument, NULL, 't' },
		{ "gap-us", required_argument, NULL, 'g' },
		{ "flood", required_argument, NULL, 'f' },
		{ "mode", required_argument, NULL, 'm' },
		{ "log", required_argument, NULL, 'l' },
		{ "prefix", required_argument, NULL, 'p' },
		{ 0 },
	};
	/* A gap apart, so that each flap is missed or seen for itself. */
	struct flap flap = { .prefix = "flap", .log_path = "", .gap_us = 3000 };
	int option, err = 0;

	while (!err && (option = getopt_long(argc, argv, "", options, NULL)) >= 0)
		err = parse_option(option, optarg, &flap);
	if (err || optind != argc || !flap.count == !flap.flood_s) {
		fputs(usage, stderr);
		return 2;
	}
	return run(&flap) ? EXIT_FAILURE : EXIT_SUCCESS;
}

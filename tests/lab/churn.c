// SPDX-License-Identifier: Apache-2.0
/*
 * Pods that come and go: each cycle makes a namespace with a link and an address
 * of each family, and deletes them again. The log says what really happened.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/if_addr.h>
#include <string.h>

#include "address.h"
#include "lab.h"

enum { USABLE_WAIT_MS = 2000 };

enum { DELETE_ADDR, DELETE_LINK, DELETE_NETNS, DELETE_COUNT };

static const char *const delete_names[DELETE_COUNT] = {
	[DELETE_ADDR] = "addr",
	[DELETE_LINK] = "link",
	[DELETE_NETNS] = "netns",
};

struct churn {
	uint64_t cycles;
	uint64_t first; /* number of the first cycle */
	uint64_t hold_us;
	const char *prefix;
	const char *log_path;
	enum lab_mode mode;
	unsigned int by; /* DELETE_* */
};

struct cycle {
	uint64_t number;
	struct pod pod;
	char v4[ADDRESS_TEXT_SIZE];
	char v6[ADDRESS_TEXT_SIZE];
};

static struct truth truth_of(const struct cycle *cycle, const char *op, const char *address)
{
	return (struct truth){
		.cycle = cycle->number,
		.netns = net_inum(cycle->pod.net),
		.op = op,
		.address = address,
		.mono_ns = lab_now_ns(),
	};
}

static int add(const struct cycle *cycle, const char *text, uint32_t flags, FILE *log)
{
	struct address address = { .text = text, .ifindex = cycle->pod.ifindex, .flags = flags };
	struct truth truth = truth_of(cycle, "add", text);
	int err = address_add(cycle->pod.net, &address);

	if (err)
		return err;
	truth_write(log, &truth);
	return address_wait(cycle->pod.net, &address, USABLE_WAIT_MS);
}

static void note_deleted(const struct cycle *cycle, const char *text, unsigned int by, FILE *log)
{
	struct truth truth = truth_of(cycle, "del", text);

	truth.by = delete_names[by];
	truth_write(log, &truth);
}

static int delete (const struct cycle *cycle, const char *text, FILE *log)
{
	struct address address = { .text = text, .ifindex = cycle->pod.ifindex };

	note_deleted(cycle, text, DELETE_ADDR, log);
	return address_delete(cycle->pod.net, &address);
}

static int tear_down(const struct churn *churn, const struct lab *lab, struct cycle *cycle,
		     FILE *log)
{
	int err = 0;

	if (churn->by == DELETE_ADDR) {
		err = delete (cycle, cycle->v4, log);
		if (!err)
			err = delete (cycle, cycle->v6, log);
	} else {
		/* The kernel's own order: closing the link takes the IPv6 ones first. */
		note_deleted(cycle, cycle->v6, churn->by, log);
		note_deleted(cycle, cycle->v4, churn->by, log);
	}

	if (!err && churn->by != DELETE_NETNS)
		err = pod_delete_link(lab, &cycle->pod);
	return err;
}

/* -EINTR when a signal asks to stop; what was begun is deleted and logged. */
static int run_cycle(const struct churn *churn, const struct lab *lab, uint64_t number, FILE *log)
{
	struct cycle cycle = { .number = number };
	bool stop;
	int err;

	lab_v4(LAB_BASE_CHURN, number, cycle.v4);
	lab_v6(LAB_BASE_CHURN, number, cycle.v6);
	err = pod_create(lab, number, &cycle.pod);
	if (err)
		return err;

	err = add(&cycle, cycle.v4, 0, log);
	if (!err)
		err = add(&cycle, cycle.v6, IFA_F_NODAD, log);
	stop = lab_pause_us(churn->hold_us);
	if (!err)
		err = tear_down(churn, lab, &cycle, log);
	pod_delete(&cycle.pod);
	return err ? err : stop ? -EINTR : 0;
}

static int run(const struct churn *churn)
{
	cleanup_lab struct lab lab = { 0 };
	cleanup_fclose FILE *log = NULL;
	char name[LAB_NAME_SIZE];
	uint64_t done = 0, start_ns;
	double seconds;
	int err = lab_open(churn->prefix, churn->mode, &lab);

	if (err)
		return lab_err(err, "cannot set up under prefix '%s'", churn->prefix);
	err = truth_open(churn->log_path, &log);
	if (err)
		return lab_err(err, "cannot open '%s'", churn->log_path);

	start_ns = lab_now_ns();
	for (; !err && done < churn->cycles; done++)
		err = run_cycle(churn, &lab, churn->first + done, log);
	seconds = (lab_now_ns() - start_ns) / 1e9;
	if (err && err != -EINTR)
		return lab_err(err, "cycle %" PRIu64 " failed", churn->first + done - 1);

	printf("%" PRIu64 " cycles, %.3f s, %.1f us per cycle\n", done, seconds,
	       done ? seconds * 1e6 / done : 0);
	err = truth_close(take_ptr(log));
	if (err)
		return lab_err(err, "cannot write '%s'", churn->log_path);
	if (!done || churn->mode != LAB_VETH)
		return 0;
	lab_name(&lab, churn->first + done - 1, name);
	err = lab_wait_gone(&lab, name);
	return err ? lab_err(err, "link '%s' is left", name) : 0;
}

static const char usage[] =
	"usage: churn --cycles N [--mode veth|inner|macvlan] [--delete addr|link|netns]\n"
	"             [--hold-us N] [--first N] [--log FILE] [--prefix NAME]\n";

static int parse_delete(const char *text, unsigned int *out)
{
	for (unsigned int by = 0; by < DELETE_COUNT; by++) {
		if (!strcmp(text, delete_names[by])) {
			*out = by;
			return 0;
		}
	}
	return -EINVAL;
}

static int parse(int argc, char **argv, struct churn *churn)
{
	static const struct option options[] = {
		{ "cycles", required_argument, NULL, 'c' },
		{ "mode", required_argument, NULL, 'm' },
		{ "delete", required_argument, NULL, 'd' },
		{ "hold-us", required_argument, NULL, 'h' },
		{ "first", required_argument, NULL, 'f' },
		{ "log", required_argument, NULL, 'l' },
		{ "prefix", required_argument, NULL, 'p' },
		{ 0 },
	};
	int option, err = 0;

	while (!err && (option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'c':
			err = lab_number_parse(optarg, LAB_ADDRESS_COUNT, &churn->cycles);
			break;
		case 'm':
			err = lab_mode_parse(optarg, &churn->mode);
			break;
		case 'd':
			err = parse_delete(optarg, &churn->by);
			break;
		case 'h':
			err = lab_number_parse(optarg, UINT32_MAX, &churn->hold_us);
			break;
		case 'f':
			err = lab_number_parse(optarg, LAB_ADDRESS_COUNT, &churn->first);
			break;
		case 'l':
			churn->log_path = optarg;
			break;
		case 'p':
			churn->prefix = optarg;
			break;
		default:
			err = -EINVAL;
		}
	}
	if (err || optind != argc || !churn->cycles ||
	    churn->first + churn->cycles > LAB_ADDRESS_COUNT)
		return -EINVAL;
	return 0;
}

int main(int argc, char **argv)
{
	struct churn churn = { .prefix = "churn", .log_path = "" };

	if (parse(argc, argv, &churn)) {
		fputs(usage, stderr);
		return 2;
	}
	return run(&churn) ? EXIT_FAILURE : EXIT_SUCCESS;
}

// SPDX-License-Identifier: Apache-2.0
/*
 * Many pods at once, for what is measured over their number: `add` makes them
 * and leaves them, `del` deletes what `add` of the same prefix made.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/if_addr.h>
#include <string.h>

#include "address.h"
#include "lab.h"

enum { PER_POD_MAX = 100 };

struct populate {
	const char *verb;
	const char *prefix;
	uint64_t pods;
	uint64_t v4_count; /* of each pod */
	uint64_t v6_count;
};

static int add_addresses(const struct populate *populate, const struct pod *pod, uint64_t number)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address address = { .text = text, .ifindex = pod->ifindex };
	int err = 0;

	for (uint64_t i = 0; !err && i < populate->v4_count; i++) {
		lab_v4(LAB_BASE_POPULATE, number * populate->v4_count + i, text);
		err = address_add(pod->net, &address);
	}

	address.flags = IFA_F_NODAD;
	for (uint64_t i = 0; !err && i < populate->v6_count; i++) {
		lab_v6(LAB_BASE_POPULATE, number * populate->v6_count + i, text);
		err = address_add(pod->net, &address);
	}
	return err;
}

static int add_pod(const struct populate *populate, const struct lab *lab, uint64_t number)
{
	cleanup_pod struct pod pod = { 0 };
	int err = pod_create(lab, number, &pod);

	if (!err)
		err = add_addresses(populate, &pod, number);
	if (!err)
		net_close(take_ptr(pod.net));
	return err;
}

static int delete_pods(const struct lab *lab, uint64_t pods)
{
	char name[LAB_NAME_SIZE];
	int err = 0;

	for (uint64_t number = 0; number < pods; number++) {
		lab_name(lab, number, name);
		err = net_delete(name);
		if (err && err != -ENOENT)
			return lab_err(err, "cannot delete namespace '%s'", name);
	}
	for (uint64_t number = 0; number < pods; number++) {
		lab_name(lab, number, name);
		err = lab_wait_gone(lab, name);
		if (err)
			return lab_err(err, "link '%s' is left", name);
	}
	return 0;
}

static int add_pods(const struct populate *populate, const struct lab *lab)
{
	uint64_t number = 0, start_ns = lab_now_ns();
	double seconds;
	int err = 0;

	for (; !err && number < populate->pods; number++) {
		err = add_pod(populate, lab, number);
		if (!err && lab_pause_us(0))
			err = -EINTR;
	}
	if (err) {
		lab_err(err, "pod %" PRIu64 " failed, none is kept", number - 1);
		/* The failed one is gone already, or was there before and is not ours. */
		delete_pods(lab, err == -EINTR ? number : number - 1);
		return err;
	}

	seconds = (lab_now_ns() - start_ns) / 1e9;
	printf("%" PRIu64 " namespaces, %.3f s, %.3f ms per namespace\n", number, seconds,
	       seconds * 1e3 / number);
	return 0;
}

static int run(const struct populate *populate)
{
	cleanup_lab struct lab lab = { 0 };
	int err = lab_open(populate->prefix, LAB_VETH, &lab);

	if (err)
		return lab_err(err, "cannot set up under prefix '%s'", populate->prefix);
	if (!strcmp(populate->verb, "add"))
		return add_pods(populate, &lab);
	return delete_pods(&lab, populate->pods);
}

static const char usage[] =
	"usage: populate add|del N [--addresses-v4 N] [--addresses-v6 N] [--prefix NAME]\n";

static int parse(int argc, char **argv, struct populate *populate)
{
	static const struct option options[] = {
		{ "addresses-v4", required_argument, NULL, '4' },
		{ "addresses-v6", required_argument, NULL, '6' },
		{ "prefix", required_argument, NULL, 'p' },
		{ 0 },
	};
	int option, err = 0;

	while (!err && (option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == '4')
			err = lab_number_parse(optarg, PER_POD_MAX, &populate->v4_count);
		else if (option == '6')
			err = lab_number_parse(optarg, PER_POD_MAX, &populate->v6_count);
		else if (option == 'p')
			populate->prefix = optarg;
		else
			err = -EINVAL;
	}
	if (err || optind != argc - 2)
		return -EINVAL;

	populate->verb = argv[optind];
	if (strcmp(populate->verb, "add") && strcmp(populate->verb, "del"))
		return -EINVAL;
	err = lab_number_parse(argv[optind + 1], LAB_ADDRESS_COUNT / PER_POD_MAX, &populate->pods);
	return err || !populate->pods ? -EINVAL : 0;
}

int main(int argc, char **argv)
{
	struct populate populate = { .prefix = "many", .v4_count = 2, .v6_count = 2 };

	if (parse(argc, argv, &populate)) {
		fputs(usage, stderr);
		return 2;
	}
	return run(&populate) ? EXIT_FAILURE : EXIT_SUCCESS;
}

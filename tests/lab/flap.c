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

static int flap_once(struct net *net, const struct address *address, uint64_t lifetime_us)
{
	int err = address_add(net, address);

	if (err)
		return err;
	if (lifetime_us && lab_pause_us(lifetime_us))
		return -EINTR;
	return address_delete(net, address);
}

static int flap_logged(const struct flap *flap, const struct pod *pod, uint64_t number, FILE *log)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address address = { .text = text, .ifindex = pod->ifindex };
	struct truth truth = {
		.cycle = number,
		.netns = net_inum(pod->net),
		.op = "add",
		.address = text,
		.mono_ns = lab_now_ns(),
	};
	int err;

	lab_v4(LAB_BASE_FLAP, number, text);
	err = address_add(pod->net, &address);
	if (err)
		return err;
	truth_write(log, &truth);

	if (flap->lifetime_us && lab_pause_us(flap->lifetime_us))
		return -EINTR;
	truth.op = "del";
	truth.by = "addr";
	truth.mono_ns = lab_now_ns();
	err = address_delete(pod->net, &address);
	if (!err)
		truth_write(log, &truth);
	return err ? err : lab_pause_us(flap->gap_us) ? -EINTR : 0;
}

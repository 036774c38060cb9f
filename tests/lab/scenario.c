// SPDX-License-Identifier: Apache-2.0
/*
 * One fixed story of what can happen to the addresses of pods, with the events
 * that an observer must report for it, in order. Addresses that are not usable
 * yet, never will be, or cannot belong to a pod cause none.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/if_addr.h>
#include <stdbool.h>
#include <string.h>

#include "step.h"
#include "story.h"

enum {
	GONE = 4, /* pauses: the kernel frees namespaces in batches */
	READY = 8, /* pauses: the link's own IPv6 address settles, which no later step should meet
		    */
	PAUSE_MAX_MS = 60000,
};

static const struct step steps[] = {
	{ "namespace", step_netns_add, .place = "a" },
	{ "veth pair made in the host, one end moved in", step_link_move_in, .place = "a" },
	{ "IPv4 while the link is down", step_address_add, .place = "a", .address = "10.9.0.5/24",
	  .expect = { "+ 10.9.0.5/24" } },
	{ "link up", step_link_up, .place = "a", .pauses = READY },
	{ "IPv6 with duplicate address detection", step_address_add, .place = "a",
	  .address = "fd00:9::5/64", .expect = { "+ fd00:9::5/64" } },
	{ "IPv6 without", step_address_add, .place = "a", .address = "fd00:9::6/64",
	  .flags = IFA_F_NODAD, .expect = { "+ fd00:9::6/64" } },
	{ "lifetime for the IPv4", step_address_replace, .place = "a", .address = "10.9.0.5/24",
	  .valid_s = 3600 },
	{ "lifetime for the IPv6", step_address_replace, .place = "a", .address = "fd00:9::6/64",
	  .flags = IFA_F_NODAD, .valid_s = 3600 },
	{ "same IPv4 again", step_address_add, .place = "a", .address = "10.9.0.5/24",
	  .err = -EEXIST },
	{ "same IPv6 again", step_address_add, .place = "a", .address = "fd00:9::6/64",
	  .err = -EEXIST },
	{ "secondaries are not promoted", step_promote, .place = "a", .to = "0" },
	{ "second IPv4 in the subnet", step_address_add, .place = "a", .address = "10.9.0.6/24",
	  .expect = { "+ 10.9.0.6/24" } },
	{ "first IPv4 deleted, and its secondary by that", step_address_delete, .place = "a",
	  .address = "10.9.0.5/24", .expect = { "- 10.9.0.6/24", "- 10.9.0.5/24" } },
	{ "deleted once more", step_address_delete, .place = "a", .address = "10.9.0.5/24",
	  .err = -EADDRNOTAVAIL },
	{ "secondaries are promoted", step_promote, .place = "a", .to = "1" },
	{ "IPv4 again", step_address_add, .place = "a", .address = "10.9.0.7/24",
	  .expect = { "+ 10.9.0.7/24" } },
	{ "secondary again", step_address_add, .place = "a", .address = "10.9.0.8/24",
	  .expect = { "+ 10.9.0.8/24" } },
	{ "first IPv4 deleted, its secondary stays", step_address_delete, .place = "a",
	  .address = "10.9.0.7/24", .expect = { "- 10.9.0.7/24" } },
	{ "link down: IPv6 goes, IPv4 stays", step_link_down, .place = "a",
	  .expect = { "- fd00:9::6/64", "- fd00:9::5/64" } },
	{ "renamed", step_link_rename, .place = "a", .to = "net1" },
	{ "up again", step_link_up, .place = "a", .link = "net1", .pauses = READY },
	{ "IPv6 again", step_address_add, .place = "a", .link = "net1", .address = "fd00:9::5/64",
	  .flags = IFA_F_NODAD, .expect = { "+ fd00:9::5/64" } },
	{ "IPv6 deleted", step_address_delete, .place = "a", .link = "net1",
	  .address = "fd00:9::5/64", .expect = { "- fd00:9::5/64" } },
	{ "one more IPv6", step_address_add, .place = "a", .link = "net1",
	  .address = "fd00:9::7/64", .flags = IFA_F_NODAD, .expect = { "+ fd00:9::7/64" } },

	{ "second namespace", step_netns_add, .place = "b" },
	{ "link moved to it, its addresses are not", step_link_move, .place = "a", .link = "net1",
	  .to = "b", .expect = { "- fd00:9::7/64", "- 10.9.0.8/24" } },
	{ "up there", step_link_up, .place = "b", .link = "net1", .pauses = READY },
	{ "IPv4 there", step_address_add, .place = "b", .link = "net1", .address = "10.9.0.8/24",
	  .expect = { "+ 10.9.0.8/24" } },
	{ "IPv6 there", step_address_add, .place = "b", .link = "net1", .address = "fd00:9::7/64",
	  .flags = IFA_F_NODAD, .expect = { "+ fd00:9::7/64" } },
	{ "first namespace deleted, it had none left", step_netns_delete, .place = "a",
	  .pauses = GONE },
	{ "link deleted with its addresses", step_link_delete, .place = "b", .link = "net1",
	  .expect = { "- fd00:9::7/64", "- 10.9.0.8/24" } },
	{ "second namespace deleted", step_netns_delete, .place = "b", .pauses = GONE },

	{ "namespace", step_netns_add, .place = "macvlan" },
	{ "macvlan made straight in it", step_link_add, .place = "macvlan", .kind = "macvlan",
	  .lower = "low" },
	{ "IPv4", step_address_add, .place = "macvlan", .address = "10.9.1.5/24",
	  .expect = { "+ 10.9.1.5/24" } },
	{ "IPv6", step_address_add, .place = "macvlan", .address = "fd00:9:1::5/64",
	  .flags = IFA_F_NODAD, .expect = { "+ fd00:9:1::5/64" } },
	{ "namespace deleted", step_netns_delete, .place = "macvlan", .pauses = GONE,
	  .expect = { "- fd00:9:1::5/64", "- 10.9.1.5/24" } },

	{ "namespace", step_netns_add, .place = "ipvlan" },
	{ "ipvlan made straight in it", step_link_add, .place = "ipvlan", .kind = "ipvlan",
	  .lower = "end" },
	{ "IPv4", step_address_add, .place = "ipvlan", .address = "10.9.2.5/24",
	  .expect = { "+ 10.9.2.5/24" } },
	{ "IPv6", step_address_add, .place = "ipvlan", .address = "fd00:9:2::5/64",
	  .flags = IFA_F_NODAD, .expect = { "+ fd00:9:2::5/64" } },
	{ "namespace deleted", step_netns_delete, .place = "ipvlan", .pauses = GONE,
	  .expect = { "- fd00:9:2::5/64", "- 10.9.2.5/24" } },

	{ "namespace", step_netns_add, .place = "netkit" },
	{ "netkit pair into it", step_link_add, .place = "netkit", .kind = "netkit" },
	{ "IPv4", step_address_add, .place = "netkit", .address = "10.9.3.5/24",
	  .expect = { "+ 10.9.3.5/24" } },
	{ "IPv6", step_address_add, .place = "netkit", .address = "fd00:9:3::5/64",
	  .flags = IFA_F_NODAD, .expect = { "+ fd00:9:3::5/64" } },
	{ "namespace deleted", step_netns_delete, .place = "netkit", .pauses = GONE,
	  .expect = { "- fd00:9:3::5/64", "- 10.9.3.5/24" } },

	{ "namespace", step_netns_add, .place = "dummy" },
	{ "dummy link", step_link_single, .place = "dummy", .kind = "dummy" },
	{ "IPv4", step_address_add, .place = "dummy", .address = "10.9.4.5/24",
	  .expect = { "+ 10.9.4.5/24" } },
	{ "namespace deleted", step_netns_delete, .place = "dummy", .pauses = GONE,
	  .expect = { "- 10.9.4.5/24" } },

	{ "namespace", step_netns_add, .place = "inner" },
	{ "veth pair with both ends inside", step_link_add, .place = "inner", .peer = "eth1" },
	{ "IPv4", step_address_add, .place = "inner", .address = "10.9.5.5/24",
	  .expect = { "+ 10.9.5.5/24" } },
	{ "IPv6", step_address_add, .place = "inner", .address = "fd00:9:5::5/64",
	  .flags = IFA_F_NODAD, .expect = { "+ fd00:9:5::5/64" } },
	{ "namespace deleted", step_netns_delete, .place = "inner", .pauses = GONE,
	  .expect = { "- fd00:9:5::5/64", "- 10.9.5.5/24" } },

	{ "namespace", step_netns_add, .place = "never" },
	{ "veth pair into it", step_link_add, .place = "never", .pauses = READY },
	{ "IPv6 for the host's end", step_host_address_add, .place = "never",
	  .address = "fd00:9:6::1/64", .flags = IFA_F_NODAD },
	{ "same IPv6 inside: a duplicate", step_address_add, .place = "never",
	  .address = "fd00:9:6::1/64", .err = -EADDRINUSE },
	{ "duplicate deleted", step_address_delete, .place = "never", .address = "fd00:9:6::1/64" },
	{ "second loopback address", step_address_add, .place = "never", .link = "lo",
	  .address = "127.0.0.2/8" },
	{ "link-local IPv4", step_address_add, .place = "never", .address = "169.254.9.5/16" },
	{ "link-local IPv6", step_address_add, .place = "never", .address = "fe80::9:5/64",
	  .flags = IFA_F_NODAD },
	{ "link-local IPv4 deleted", step_address_delete, .place = "never",
	  .address = "169.254.9.5/16" },
	{ "namespace deleted", step_netns_delete, .place = "never", .pauses = GONE },

	{ "namespace", step_netns_add, .place = "many" },
	{ "veth pair into it", step_link_add, .place = "many", .pauses = READY },
	{ "IPv4", step_address_add, .place = "many", .address = "10.9.7.5/24",
	  .expect = { "+ 10.9.7.5/24" } },
	{ "IPv6", step_address_add, .place = "many", .address = "fd00:9:7::5/64",
	  .flags = IFA_F_NODAD, .expect = { "+ fd00:9:7::5/64" } },
	{ "IPv4 of another subnet", step_address_add, .place = "many", .address = "10.9.8.5/24",
	  .expect = { "+ 10.9.8.5/24" } },
	{ "secondary IPv4", step_address_add, .place = "many", .address = "10.9.7.6/24",
	  .expect = { "+ 10.9.7.6/24" } },
	{ "second IPv6", step_address_add, .place = "many", .address = "fd00:9:7::6/64",
	  .flags = IFA_F_NODAD, .expect = { "+ fd00:9:7::6/64" } },
	{ "IPv6 of another prefix", step_address_add, .place = "many", .address = "fd00:9:8::5/64",
	  .flags = IFA_F_NODAD, .expect = { "+ fd00:9:8::5/64" } },
	{ "namespace deleted: IPv6 newest first, then IPv4 oldest first", step_netns_delete,
	  .place = "many", .pauses = GONE,
	  .expect = { "- fd00:9:8::5/64", "- fd00:9:7::6/64", "- fd00:9:7::5/64", "- 10.9.7.5/24",
		      "- 10.9.8.5/24", "- 10.9.7.6/24" } },

	{ "namespace that has no name, only a process", step_process_start, .place = "nameless" },
	{ "veth pair into it", step_link_add, .place = "nameless" },
	{ "IPv4", step_address_add, .place = "nameless", .address = "10.9.9.5/24",
	  .expect = { "+ 10.9.9.5/24" } },
	{ "IPv6", step_address_add, .place = "nameless", .address = "fd00:9:9::5/64",
	  .flags = IFA_F_NODAD, .expect = { "+ fd00:9:9::5/64" } },
	{ "process ends", step_process_end, .place = "nameless", .pauses = GONE,
	  .expect = { "- fd00:9:9::5/64", "- 10.9.9.5/24" } },
};

static int tell(const char *prefix, uint64_t pause_ms, const char *log_path)
{
	cleanup_fclose FILE *log = NULL;
	cleanup_story struct story story = { 0 };
	int err = 0;

	if (*log_path) {
		log = fopen(log_path, "we");
		if (!log)
			return lab_err(-errno, "cannot open '%s'", log_path);
	}
	err = story_open(prefix, pause_ms * 1000, log, &story);
	if (err)
		return lab_err(err, "cannot set up under prefix '%s'", prefix);

	for (size_t i = 0; !err && i < array_size(steps); i++)
		err = story_tell(&story, &steps[i]);
	if (err)
		return lab_err(err, "the story ends early");
	if (log && ferror(log))
		return lab_err(-EIO, "cannot write '%s'", log_path);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "pause-ms", required_argument, NULL, 'p' },
		{ "log", required_argument, NULL, 'l' },
		{ "prefix", required_argument, NULL, 'n' },
		{ 0 },
	};
	const char *prefix = "story", *log_path = "";
	uint64_t pause_ms = 150;
	int option, err = 0;

	while (!err && (option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 'p')
			err = lab_number_parse(optarg, PAUSE_MAX_MS, &pause_ms);
		else if (option == 'l')
			log_path = optarg;
		else if (option == 'n')
			prefix = optarg;
		else
			err = -EINVAL;
	}
	if (err || optind != argc) {
		fputs("usage: scenario [--pause-ms N] [--log FILE] [--prefix NAME]\n", stderr);
		return 2;
	}
	return tell(prefix, pause_ms, log_path) ? EXIT_FAILURE : EXIT_SUCCESS;
}

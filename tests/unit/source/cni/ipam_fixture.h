/* SPDX-License-Identifier: Apache-2.0 */
/* An ipam.json as aws-cni writes it, and what is read of it. */
#pragma once

#include <stdio.h>

#include "source/cni/ipam_json.h"
#include "workdir.h"

#define WARNING "podip: warn: cannot use 'ipam.json' of aws-cni: "
#define ID "3f9a1c5be07d42869afc13d0b6e78f2459c0d1e2f3a4b5c6d7e8f90112233445"
#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN
#define FILE_OF(allocations) "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":[" allocations "]}\n"
#define KEY(id) "\"networkName\":\"aws-cni\",\"containerID\":\"" id "\",\"ifName\":\"eth0\""
#define GOOD                                                                                  \
	FILE_OF("{" KEY(ID) ",\"ipv4\":\"10.0.208.14\",\"allocationTimestamp\":"              \
			    "1700000000123456789,\"metadata\":{\"k8sPodNamespace\":\"shop\"," \
			    "\"k8sPodName\":\"web-0\"}}")
/* What GOOD says. */
#define GOOD_LEASE "10.0.208.14 aws-cni " ID " eth0 shop/web-0 1700000000123456789"

enum { FILE_S = 1750000000 }; /* when the file was written */

static inline struct ipam_json *open_ipam(const char *path)
{
	struct ipam_json *ipam = NULL;

	assert_int_equal(ipam_json_open(path, &ipam), 0);
	return ipam;
}

static inline void put_old(const char *text)
{
	put_aged("ipam.json", text, FILE_S);
}

/* "address network container interface namespace/pod since", separated by ", ". */
static inline const char *leases_of(struct ipam_json *ipam)
{
	struct lease_list list = { 0 };
	static char text[4096];
	size_t used = 0;

	text[0] = '\0';
	assert_int_equal(ipam_json_read(ipam, &list), 0);
	assert_int_equal(ipam_json_stats(ipam).entries, list.count);
	for (size_t i = 0; i < list.count; i++) {
		const struct lease *lease = &list.leases[i];
		char ip[IP_TEXT_SIZE];

		ip_format(&lease->ip, ip);
		assert_string_equal(lease->source, "ipam");
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s%s %s %s %s %s/%s %lld", i ? ", " : "",
			ip, lease->network, lease->pod.container_id, lease->ifname,
			lease->pod.namespace, lease->pod.name, (long long)lease->since_ns);
	}
	lease_list_clear(&list);
	return text;
}

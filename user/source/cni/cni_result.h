/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libcni caches of an ADD that succeeded: the pod, its interface, its addresses
 * and its namespace. A text in, facts out, no file is touched; and the small form in
 * which thousands of results are kept.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "core/books/lease.h"
#include "core/pod/pod.h"

enum {
	CNI_RESULT_SANDBOXES_MAX = 4, /* in one result; libcni writes one */
	CNI_RESULT_IPS_MAX = 8,
	CNI_SANDBOX_SIZE = 256,
};

struct cni_result {
	char sandboxes[CNI_RESULT_SANDBOXES_MAX][CNI_SANDBOX_SIZE]; /* absolute paths */
	size_t sandbox_count;
	struct pod pod;
	char network[LEASE_NETWORK_SIZE];
	char ifname[LEASE_IFNAME_SIZE];
	struct ip ips[CNI_RESULT_IPS_MAX];
	size_t ip_count;
	size_t dropped_ips; /* past CNI_RESULT_IPS_MAX */
};

/* Of any version of the result. A text that does not fit is left out, as what is not known; so are
 * addresses that are no pod's: link-local ones and, of the AWS VPC CNI, those of its dummy
 * interfaces. -EBADMSG not JSON, -EINVAL not an object, -E2BIG too much of it,
 * -ENOMEM. */
int cni_result_parse(const char *text, size_t size, struct cni_result *out);

/* A result whose namespaces were looked up. */
struct cni_pod {
	struct pod pod; /* as far as the result names it; container_id is the sandbox's */
	uint32_t netns[CNI_RESULT_SANDBOXES_MAX]; /* inodes */
	size_t netns_count;
	bool is_gone; /* no namespace that it names is there any more: it outlived its pod */
	struct ip ips[CNI_RESULT_IPS_MAX];
	size_t ip_count;
	const char *network, *ifname; /* "" not known */
	int64_t since_ns; /* of its file, since the epoch; 0 not known */
};

struct cni_kept;

/* -ENOMEM. The caller owns *out and frees it with free(). */
int cni_pod_keep(const struct cni_pod *pod, struct cni_kept **out);
/* Strings of *out are borrowed from kept. */
void cni_pod_load(const struct cni_kept *kept, struct cni_pod *out);
bool cni_kept_is_equal(const struct cni_kept *a, const struct cni_kept *b); /* NULL is none */
/* By age of their files, the oldest first: <0, 0, >0. */
int cni_kept_compare(const struct cni_kept *a, const struct cni_kept *b);

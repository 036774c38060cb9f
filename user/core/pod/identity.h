/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identities: which pod a network namespace belongs to, by every source that says
 * so. What each said is kept; fields come from the best source that has them, and
 * sources that contradict each other are counted. A namespace is its inode: files
 * and processes know no more of it. Sources that know an address alone (ipam.json,
 * results of old CNI versions) claim that. Pure; bounded.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/base/addr.h"
#include "core/pod/pod.h"

/* Best first. */
enum identity_source {
	IDENTITY_CNI_ARGS, /* the environment of the plugin that made the sandbox */
	IDENTITY_CNI_CACHE, /* libcni's cached result */
	IDENTITY_IPAM, /* ipam.json of the AWS VPC CNI */
	IDENTITY_CGROUP, /* of a process in the namespace: uid and container id, no name */
	IDENTITY_SOURCE_COUNT,
	IDENTITY_NONE = IDENTITY_SOURCE_COUNT,
};

enum {
	IDENTITY_NETNS_MAX =
		4096, /* namespaces with a claim: sixteen times what a kubelet allows */
	IDENTITY_ADDRESS_MAX = 8192,
};

/* What is known of a namespace or an address, put together. */
struct identity {
	struct pod pod;
	enum identity_source source; /* the best one that said something; IDENTITY_NONE: unknown */
	unsigned int sources; /* all that did: bit 1 << source */
	uint64_t plugin_ns; /* when the plugin of the namespace started; 0 not known */
};

struct identities;

/* "cni-args", "cni-cache", "ipam", "cgroup"; for IDENTITY_NONE NULL. */
const char *identity_source_name(enum identity_source source);

/* -ENOMEM. The caller owns *out. */
int identities_new(struct identities **out);
void identities_free(struct identities *identities);
DEFINE_CLEANUP(identities, struct identities *, identities_free)
#define cleanup_identities cleanup(cleanup_identities_fn)

/* The source says that netns (inode, not 0) is this pod's. Replaces what the same source said
 * before. A pod of which nothing is known is no claim. 0; -ENOSPC at the bound (counted), -ENOMEM,
 * -EINVAL netns 0. */
int identities_claim(struct identities *identities, uint32_t netns, enum identity_source source,
		     const struct pod *pod);
/* The same of an address, whatever namespace holds it. */
int identities_claim_ip(struct identities *identities, const struct ip *ip,
			enum identity_source source, const struct pod *pod);
/* The source takes back all that it said of addresses: before it is read anew. */
void identities_withdraw_ips(struct identities *identities, enum identity_source source);
/* A plugin started at time_ns for a namespace that has a claim: the first one counts. */
void identities_set_start(struct identities *identities, uint32_t netns, uint64_t time_ns);
/* The namespace is gone. */
void identities_forget(struct identities *identities, uint32_t netns);
/* Forget every namespace of which is_alive() says no. */
void identities_sweep(struct identities *identities, bool (*is_alive)(uint32_t netns, void *ctx),
		      void *ctx);
bool identities_has(const struct identities *identities, uint32_t netns);

/* Of a namespace, and of the address in it (NULL: of the namespace alone). */
void identities_find(const struct identities *identities, uint32_t netns, const struct ip *ip,
		     struct identity *out);
/* What one source said of a namespace; NULL nothing. Borrowed until the next change, or until this
 * is asked of the same source again. */
const struct pod *identities_claimed(const struct identities *identities, uint32_t netns,
				     enum identity_source source);

struct identities_stats {
	uint32_t netns, addresses; /* with claims, now */
	uint64_t disagreements; /* claims that contradicted another source's, ever */
	uint64_t refused; /* at the bounds, ever */
};
struct identities_stats identities_stats(const struct identities *identities);

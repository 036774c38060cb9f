// SPDX-License-Identifier: Apache-2.0
/*
 * A claim is kept as its four texts one behind the other, a third of a struct pod.
 * A withdrawn one stays, unseen, until its source withdraws once more: a source that
 * is read anew mostly says the same again, which is no new claim and no new
 * disagreement.
 */
#define HASH_NONFATAL_OOM 1
#include "core/pod/identity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* uthash reports a failed allocation by this macro; add() has a local `oom`. */
#undef uthash_nonfatal_oom
#define uthash_nonfatal_oom(element) (oom = true)

enum { TEXT_COUNT = 4 }; /* of a pod */

struct claim {
	bool is_withdrawn;
	uint16_t size;
	char texts[]; /* namespace, name, uid, container id, each with its NUL */
};

/* Of a namespace or of an address, the other one zero: compared as bytes. */
struct key {
	struct ip ip;
	uint32_t netns;
};

_Static_assert(sizeof(struct key) == 20, "a key has padding");

struct subject {
	struct key key;
	struct claim *claims[IDENTITY_SOURCE_COUNT]; /* NULL none; at least one is there */
	uint64_t plugin_ns; /* of a namespace: when its first plugin started; 0 not known */
	UT_hash_handle hh;
};

struct table {
	struct subject *all;
	uint32_t limit;
	uint32_t withdrawn; /* claims */
};

struct identities {
	struct table netns, addresses;
	struct pod *claimed; /* by source: what identities_claimed() lent last */
	uint64_t disagreements;
	uint64_t refused;
};

const char *identity_source_name(enum identity_source source)
{
	static const char *const names[] = { "cni-args", "cni-cache", "ipam", "cgroup" };

	_Static_assert(array_size(names) == IDENTITY_SOURCE_COUNT, "a source lacks its name");
	return source < IDENTITY_SOURCE_COUNT ? names[source] : NULL;
}

static size_t pack(const struct pod *pod, char out[static sizeof(struct pod)])
{
	const char *const texts[TEXT_COUNT] = { pod->namespace, pod->name, pod->uid,
						pod->container_id };
	char *at = out;

	for (size_t i = 0; i < TEXT_COUNT; i++)
		at = stpcpy(at, texts[i]) + 1;
	return (size_t)(at - out);
}

static struct pod unpack(const struct claim *claim)
{
	struct pod pod = { 0 };
	char *const texts[TEXT_COUNT] = { pod.namespace, pod.name, pod.uid, pod.container_id };
	const char *at = claim->texts;

	for (size_t i = 0; i < TEXT_COUNT; i++)
		at += stpcpy(texts[i], at) - texts[i] + 1;
	return pod;
}

static struct subject *find(const struct table *table, const struct key *key)
{
	struct subject *subject;

	HASH_FIND(hh, table->all, key, sizeof(*key), subject);
	return subject;
}

static struct subject *find_netns(const struct identities *identities, uint32_t netns)
{
	return find(&identities->netns, &(struct key){ .netns = netns });
}

/* What the source says now, NULL nothing. */
static const struct claim *said(const struct subject *subject, enum identity_source source)
{
	const struct claim *claim = subject ? subject->claims[source] : NULL;

	return claim && !claim->is_withdrawn ? claim : NULL;
}

static void drop_claim(struct table *table, struct subject *subject, enum identity_source source)
{
	struct claim *claim = take_ptr(subject->claims[source]);

	if (claim && claim->is_withdrawn)
		table->withdrawn--;
	free(claim);
}

static void drop(struct table *table, struct subject *subject)
{
	for (enum identity_source i = 0; i < IDENTITY_SOURCE_COUNT; i++)
		drop_claim(table, subject, i);
	HASH_DEL(table->all, subject);
	free(subject);
}

static void drop_if_empty(struct table *table, struct subject *subject)
{
	for (enum identity_source i = 0; i < IDENTITY_SOURCE_COUNT; i++)
		if (subject->claims[i])
			return;
	drop(table, subject);
}

static bool has_room(struct table *table)
{
	struct subject *subject, *next;

	if (HASH_COUNT(table->all) < table->limit)
		return true;
	if (!table->withdrawn)
		return false;
	HASH_ITER(hh, table->all, subject, next) {
		for (enum identity_source i = 0; i < IDENTITY_SOURCE_COUNT; i++)
			if (!said(subject, i))
				drop_claim(table, subject, i);
		drop_if_empty(table, subject);
	}
	return HASH_COUNT(table->all) < table->limit;
}

static int add(struct table *table, const struct key *key, struct subject **out)
{
	cleanup_free struct subject *subject = NULL;
	bool oom = false;

	if (!has_room(table))
		return -ENOSPC;
	subject = calloc(1, sizeof(*subject));
	if (!subject)
		return -ENOMEM;
	subject->key = *key;
	HASH_ADD(hh, table->all, key, sizeof(subject->key), subject);
	if (oom)
		return -ENOMEM;
	*out = take_ptr(subject);
	return 0;
}

static bool differ(const char *a, const char *b)
{
	return *a && *b && strcmp(a, b) != 0;
}

static bool is_contradicted(const struct subject *subject, enum identity_source source,
			    const struct pod *pod)
{
	for (enum identity_source i = 0; i < IDENTITY_SOURCE_COUNT; i++) {
		const struct claim *claim = said(subject, i);
		/* A cgroup is of any container of the pod, all others name the sandbox. */
		bool has_id = i != IDENTITY_CGROUP && source != IDENTITY_CGROUP;
		struct pod other;

		if (!claim)
			continue;
		other = unpack(claim);
		if (differ(other.namespace, pod->namespace) || differ(other.name, pod->name) ||
		    differ(other.uid, pod->uid) ||
		    (has_id && differ(other.container_id, pod->container_id)))
			return true;
	}
	return false;
}

static int put(struct identities *identities, struct table *table, const struct key *key,
	       enum identity_source source, const struct pod *pod)
{
	struct subject *subject = find(table, key);
	struct claim *before = subject ? subject->claims[source] : NULL;
	cleanup_free struct claim *claim = NULL;
	char texts[sizeof(*pod)];
	size_t size = pack(pod, texts);
	int err;

	if (size == TEXT_COUNT)
		return 0;
	if (before && before->size == size && memcmp(before->texts, texts, size) == 0) {
		table->withdrawn -= before->is_withdrawn;
		before->is_withdrawn = false;
		return 0;
	}

	claim = malloc(sizeof(*claim) + size);
	err = claim ? 0 : -ENOMEM;
	if (!err && !subject)
		err = add(table, key, &subject);
	identities->refused += err == -ENOSPC;
	if (err)
		return err;

	*claim = (struct claim){ .size = (uint16_t)size };
	memcpy(claim->texts, texts, size);
	drop_claim(table, subject, source);
	subject->claims[source] = take_ptr(claim);
	identities->disagreements += is_contradicted(subject, source, pod);
	return 0;
}

int identities_claim(struct identities *identities, uint32_t netns, enum identity_source source,
		     const struct pod *pod)
{
	const struct key key = { .netns = netns };

	if (!netns)
		return -EINVAL;
	return put(identities, &identities->netns, &key, source, pod);
}

int identities_claim_ip(struct identities *identities, const struct ip *ip,
			enum identity_source source, const struct pod *pod)
{
	const struct key key = { .ip = *ip };

	return put(identities, &identities->addresses, &key, source, pod);
}

void identities_withdraw_ips(struct identities *identities, enum identity_source source)
{
	struct table *table = &identities->addresses;
	struct subject *subject, *next;

	HASH_ITER(hh, table->all, subject, next) {
		if (said(subject, source)) {
			subject->claims[source]->is_withdrawn = true;
			table->withdrawn++;
		} else {
			drop_claim(table, subject, source);
			drop_if_empty(table, subject);
		}
	}
}

void identities_forget(struct identities *identities, uint32_t netns)
{
	struct subject *subject = find_netns(identities, netns);

	if (subject)
		drop(&identities->netns, subject);
}

void identities_sweep(struct identities *identities, bool (*is_alive)(uint32_t netns, void *ctx),
		      void *ctx)
{
	struct subject *subject, *next;

	HASH_ITER(hh, identities->netns.all, subject, next) {
		if (!is_alive(subject->key.netns, ctx))
			drop(&identities->netns, subject);
	}
}

void identities_set_start(struct identities *identities, uint32_t netns, uint64_t time_ns)
{
	struct subject *subject = find_netns(identities, netns);

	if (subject && !subject->plugin_ns)
		subject->plugin_ns = time_ns;
}

bool identities_has(const struct identities *identities, uint32_t netns)
{
	return find_netns(identities, netns);
}

static void fill(char *field, const char *value, size_t size)
{
	if (!*field)
		memcpy(field, value, size);
}

/* A name is one with its namespace: halves of two claims could make a pod that never was. */
static void fill_name(struct pod *pod, const struct pod *claimed)
{
	if (*pod->name)
		return;
	if (*claimed->namespace && (*claimed->name || !*pod->namespace))
		memcpy(pod->namespace, claimed->namespace, sizeof(pod->namespace));
	fill(pod->name, claimed->name, sizeof(pod->name));
}

/* Asked for every fact, mostly in vain: strings are ended, not zeroed. */
static void clear_identity(struct identity *out)
{
	*out->pod.namespace = *out->pod.name = *out->pod.uid = *out->pod.container_id = '\0';
	out->source = IDENTITY_NONE;
	out->sources = 0;
}

void identities_find(const struct identities *identities, uint32_t netns, const struct ip *ip,
		     struct identity *out)
{
	const struct subject *const subjects[] = {
		find_netns(identities, netns),
		ip ? find(&identities->addresses, &(struct key){ .ip = *ip }) : NULL,
	};
	struct pod *pod = &out->pod;

	clear_identity(out);
	for (size_t i = 0; i < IDENTITY_SOURCE_COUNT * array_size(subjects); i++) {
		enum identity_source source = i / array_size(subjects);
		const struct claim *claim = said(subjects[i % array_size(subjects)], source);
		struct pod claimed;

		if (!claim)
			continue;
		claimed = unpack(claim);
		fill_name(pod, &claimed);
		fill(pod->uid, claimed.uid, sizeof(pod->uid));
		fill(pod->container_id, claimed.container_id, sizeof(pod->container_id));
		out->sources |= 1U << source;
		if (out->source == IDENTITY_NONE)
			out->source = source;
	}
	out->plugin_ns = subjects[0] ? subjects[0]->plugin_ns : 0;
}

const struct pod *identities_claimed(const struct identities *identities, uint32_t netns,
				     enum identity_source source)
{
	const struct claim *claim = said(find_netns(identities, netns), source);

	if (!claim)
		return NULL;
	identities->claimed[source] = unpack(claim);
	return &identities->claimed[source];
}

struct identities_stats identities_stats(const struct identities *identities)
{
	const struct table *addresses = &identities->addresses;
	struct identities_stats stats = {
		.netns = HASH_COUNT(identities->netns.all),
		.disagreements = identities->disagreements,
		.refused = identities->refused,
	};

	for (const struct subject *it = addresses->all; it; it = it->hh.next) {
		bool has_claim = false;

		for (enum identity_source i = 0; i < IDENTITY_SOURCE_COUNT; i++)
			has_claim |= said(it, i) != NULL;
		stats.addresses += has_claim;
	}
	return stats;
}

int identities_new(struct identities **out)
{
	cleanup_identities struct identities *identities = calloc(1, sizeof(*identities));

	if (!identities)
		return -ENOMEM;
	identities->netns.limit = IDENTITY_NETNS_MAX;
	identities->addresses.limit = IDENTITY_ADDRESS_MAX;
	identities->claimed = calloc(IDENTITY_SOURCE_COUNT, sizeof(identities->claimed[0]));
	if (!identities->claimed)
		return -ENOMEM;

	*out = take_ptr(identities);
	return 0;
}

void identities_free(struct identities *identities)
{
	if (!identities)
		return;
	while (identities->netns.all)
		drop(&identities->netns, identities->netns.all);
	while (identities->addresses.all)
		drop(&identities->addresses, identities->addresses.all);
	free(identities->claimed);
	free(identities);
}

// SPDX-License-Identifier: Apache-2.0
#define HASH_NONFATAL_OOM 1
#include "core/pod/incidents.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "core/base/text.h"

/* uthash reports a failed allocation by this macro; add() has a local `oom`. */
#undef uthash_nonfatal_oom
#define uthash_nonfatal_oom(element) (oom = true)

struct entry {
	char key[POD_FULL_NAME_SIZE];
	struct incident incident;
	/* of the newest failure */
	char plugin[CALL_PLUGIN_SIZE];
	char ifname[CALL_IFNAME_SIZE];
	/* of the one that was told last */
	enum reason told;
	uint64_t told_ns;
	UT_hash_handle hh;
};

struct incidents {
	struct entry *entries; /* go on with ->hh.next */
	uint64_t refused;
};

_Static_assert(POD_FULL_NAME_SIZE >= POD_UID_SIZE && POD_FULL_NAME_SIZE >= POD_CONTAINER_ID_SIZE,
	       "a key holds every name of a pod");

/* STATUS and GC are of no pod: of them a plugin has one incident. */
static void key_of(const struct call *call, char out[static POD_FULL_NAME_SIZE])
{
	const struct pod *pod = &call->pod;

	if (pod_full_name(pod, out))
		return;
	if (*pod->uid || *pod->container_id)
		text_copy(out, POD_FULL_NAME_SIZE, *pod->uid ? pod->uid : pod->container_id);
	else
		snprintf(out, POD_FULL_NAME_SIZE, "%s %s", call_command_name(call->command),
			 call->plugin);
}

static struct entry *find(const struct incidents *incidents, const char *key)
{
	struct entry *entry;

	HASH_FIND_STR(incidents->entries, key, entry);
	return entry;
}

static int add(struct incidents *incidents, const char *key, uint64_t since_ns, struct entry **out)
{
	cleanup_free struct entry *entry = NULL;
	bool oom = false;

	if (HASH_COUNT(incidents->entries) >= INCIDENTS_MAX) {
		incidents->refused++;
		return -ENOSPC;
	}
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	text_copy(entry->key, sizeof(entry->key), key);
	entry->incident.since_ns = since_ns;
	HASH_ADD_STR(incidents->entries, key, entry);
	if (oom)
		return -ENOMEM;
	*out = take_ptr(entry);
	return 0;
}

static void forget(struct incidents *incidents, struct entry *entry)
{
	HASH_DEL(incidents->entries, entry);
	free(entry);
}

static uint64_t end_ns(const struct call *call)
{
	return call->start_ns + call->duration_ns;
}

static void refresh(struct entry *entry, const struct call *call, uint64_t now_ns)
{
	entry->incident.pod = call->pod;
	entry->incident.last_ns = now_ns;
}

static struct entry *find_pod(const struct incidents *incidents, const struct call *call)
{
	char key[POD_FULL_NAME_SIZE];

	key_of(call, key);
	return find(incidents, key);
}

/* The pod's entry, made if there is none. */
static int enter(struct incidents *incidents, const struct call *call, struct entry **out)
{
	char key[POD_FULL_NAME_SIZE];
	struct entry *entry;

	key_of(call, key);
	entry = find(incidents, key);
	if (!entry)
		return add(incidents, key, call->start_ns, out);
	*out = entry;
	return 0;
}

int incidents_new(struct incidents **out)
{
	struct incidents *incidents = calloc(1, sizeof(*incidents));

	if (!incidents)
		return -ENOMEM;
	*out = incidents;
	return 0;
}

void incidents_free(struct incidents *incidents)
{
	if (!incidents)
		return;
	while (incidents->entries)
		forget(incidents, incidents->entries);
	free(incidents);
}

/* Whose beginning was not heard counts for none. */
static void end_one(struct incident *incident)
{
	if (incident->under_way)
		incident->under_way--;
}

int incidents_begin(struct incidents *incidents, const struct call *call)
{
	struct entry *entry = NULL;
	int err = enter(incidents, call, &entry);

	if (err)
		return err;
	refresh(entry, call, call->start_ns);
	entry->incident.under_way++;
	return 0;
}

int incidents_failed(struct incidents *incidents, const struct call *call, enum reason reason,
		     const struct incident **out)
{
	enum incident_news news = INCIDENT_QUIET;
	uint64_t now_ns = end_ns(call);
	struct entry *entry = NULL;
	int err = enter(incidents, call, &entry);

	if (err)
		return err;
	refresh(entry, call, now_ns);
	end_one(&entry->incident);
	if (!entry->incident.failures++)
		news = INCIDENT_NEW;
	else if (reason != entry->told || now_ns >= entry->told_ns + INCIDENT_REPEAT_NS)
		news = INCIDENT_GOES_ON;
	entry->incident.reason = reason;
	text_copy(entry->plugin, sizeof(entry->plugin), call->plugin);
	text_copy(entry->ifname, sizeof(entry->ifname), call->ifname);
	if (news != INCIDENT_QUIET) {
		entry->told = reason;
		entry->told_ns = now_ns;
	}
	*out = &entry->incident;
	return news;
}

int incidents_retell(struct incidents *incidents, const struct call *call, enum reason reason,
		     uint64_t failures, struct incident *out_before)
{
	struct entry *entry = NULL;
	int err = enter(incidents, call, &entry);

	if (err)
		return err;
	if (failures <= entry->incident.failures)
		entry->incident = (struct incident){ .since_ns = call->start_ns };
	*out_before = entry->incident;
	refresh(entry, call, end_ns(call));
	entry->incident.failures = failures;
	entry->incident.reason = reason;
	text_copy(entry->plugin, sizeof(entry->plugin), call->plugin);
	text_copy(entry->ifname, sizeof(entry->ifname), call->ifname);
	return 0;
}

bool incidents_succeeded(struct incidents *incidents, const struct call *call, struct incident *out)
{
	struct entry *entry = find_pod(incidents, call);
	bool is_over;

	if (!entry)
		return false;
	refresh(entry, call, end_ns(call));
	end_one(&entry->incident);
	is_over = entry->incident.failures && !strcmp(entry->plugin, call->plugin) &&
		  !strcmp(entry->ifname, call->ifname);
	if (is_over)
		*out = entry->incident;
	if (is_over || (!entry->incident.failures && !entry->incident.under_way))
		forget(incidents, entry);
	return is_over;
}

bool incidents_is_failing(const struct incidents *incidents, const struct call *call)
{
	const struct entry *entry = find_pod(incidents, call);

	return entry && entry->incident.failures;
}

void incidents_expire(struct incidents *incidents, uint64_t now_ns)
{
	struct entry *entry, *next;

	HASH_ITER(hh, incidents->entries, entry, next) {
		uint64_t patience_ns = entry->incident.under_way ? INCIDENT_CALL_MAX_NS
								 : INCIDENT_FORGET_NS;

		if (now_ns >= entry->incident.last_ns + patience_ns)
			forget(incidents, entry);
	}
}

struct incidents_stats incidents_stats(const struct incidents *incidents)
{
	struct incidents_stats stats = { .waiting = HASH_COUNT(incidents->entries),
					 .refused = incidents->refused };
	const struct entry *entry, *next;

	HASH_ITER(hh, incidents->entries, entry, next) {
		if (!stats.oldest_ns || entry->incident.since_ns < stats.oldest_ns)
			stats.oldest_ns = entry->incident.since_ns;
	}
	return stats;
}

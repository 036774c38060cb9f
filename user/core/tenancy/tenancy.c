// SPDX-License-Identifier: Apache-2.0
#include "core/tenancy/tenancy.h"

#include <string.h>

#include "core/base/text.h"

bool tenancy_covers(const struct tenancy *tenancy, int64_t at_ns)
{
	if (!tenancy->steps.is_set_back)
		return at_ns >= tenancy->from_ns && at_ns < tenancy->to_ns;
	return (at_ns >= tenancy->from_ns && at_ns <= tenancy->steps.left_ns) ||
	       (at_ns >= tenancy->steps.resumed_ns && at_ns < tenancy->to_ns);
}

bool tenancy_length(const struct tenancy *tenancy, uint64_t *out_ns)
{
	const struct tenancy_moment *first = &tenancy->first, *last = &tenancy->last;

	if (*first->boot_id && !strcmp(first->boot_id, last->boot_id) &&
	    first->mono_ns != RECORD_ABSENT && last->mono_ns != RECORD_ABSENT &&
	    last->mono_ns >= first->mono_ns) {
		*out_ns = last->mono_ns - first->mono_ns;
		return true;
	}
	if (tenancy->steps.is_set_back || tenancy->to_ns < tenancy->from_ns)
		return false;
	*out_ns = (uint64_t)tenancy->to_ns - (uint64_t)tenancy->from_ns;
	return true;
}

bool tenancy_is_of(const struct tenancy_query *query, const struct pod *pod)
{
	size_t size = strlen(query->pod);

	if (query->namespace)
		return !strcmp(pod->name, query->pod) && !strcmp(pod->namespace, query->namespace);
	if (!strcmp(pod->name, query->pod) || !strcmp(pod->uid, query->pod))
		return *query->pod;
	return size >= TENANCY_ID_MIN && !strncmp(pod->container_id, query->pod, size);
}

struct tenancy_moment tenancy_moment_of(const struct record *record)
{
	struct tenancy_moment moment = { .seq = record->seq,
					 .wall_ns = record->wall_ns,
					 .mono_ns = record->mono_ns };

	if (record->boot_id)
		text_copy(moment.boot_id, sizeof(moment.boot_id), record->boot_id);
	return moment;
}

static void learn(char *out, size_t size, const char *text)
{
	if (text && !*out)
		text_copy(out, size, text);
}

static void learn_pod(struct pod *pod, const struct record *record)
{
	learn(pod->namespace, sizeof(pod->namespace), record->namespace);
	learn(pod->name, sizeof(pod->name), record->pod);
	learn(pod->uid, sizeof(pod->uid), record->pod_uid);
	learn(pod->container_id, sizeof(pod->container_id), record->container_id);
}

struct pod tenancy_pod_of(const struct record *record)
{
	struct pod pod = { 0 };

	learn_pod(&pod, record);
	return pod;
}

void tenancy_learn(struct tenancy *tenancy, const struct record *record)
{
	learn_pod(&tenancy->pod, record);
	learn(tenancy->identity, sizeof(tenancy->identity), record->identity);
	learn(tenancy->ifname, sizeof(tenancy->ifname), record->ifname);
	learn(tenancy->range, sizeof(tenancy->range), record->range);
	if (tenancy->netns_cookie == RECORD_ABSENT)
		tenancy->netns_cookie = record->netns_cookie;
}

bool tenancy_may_be_of(const struct tenancy_query *query, const struct record *record)
{
	const struct pod pod = tenancy_pod_of(record);

	return query->has_ip || tenancy_is_of(query, &pod) ||
	       (!*pod.name && !*pod.uid && !*pod.container_id);
}

struct tenancy tenancy_of(const struct record *record)
{
	struct tenancy tenancy = { .netns = record->netns,
				   .netns_cookie = record->netns_cookie,
				   .ifindex = record->ifindex,
				   .from_ns = record->wall_ns,
				   .first = tenancy_moment_of(record) };

	tenancy_learn(&tenancy, record);
	return tenancy;
}

static bool differ(const char *a, const char *b)
{
	return *a && *b && strcmp(a, b) != 0;
}

/* A source that knows the container may mean another one than the sandbox: it decides where nothing
 * better does, and only by the same source. */
static bool contradict(const struct tenancy *tenancy, const struct record *record)
{
	struct pod pod = tenancy_pod_of(record);

	if (*tenancy->pod.uid && *pod.uid)
		return strcmp(tenancy->pod.uid, pod.uid) != 0;
	if (differ(tenancy->pod.name, pod.name) || differ(tenancy->pod.namespace, pod.namespace))
		return true;
	return record->identity && !strcmp(tenancy->identity, record->identity) &&
	       differ(tenancy->pod.container_id, pod.container_id);
}

bool tenancy_goes_on(const struct tenancy *tenancy, const struct record *record)
{
	if (!record->boot_id || differ(tenancy->first.boot_id, record->boot_id))
		return false;
	if (tenancy->netns_cookie != RECORD_ABSENT && record->netns_cookie != RECORD_ABSENT)
		return tenancy->netns_cookie == record->netns_cookie;
	return tenancy->netns == record->netns && !contradict(tenancy, record);
}

bool tenancy_span_holds(const struct tenancy_span *span, int64_t at_ns)
{
	if (span->from_ns <= span->to_ns)
		return at_ns >= span->from_ns && at_ns < span->to_ns;
	return at_ns >= span->to_ns && at_ns <= span->from_ns;
}

void tenancy_add_span(struct tenancy *tenancy, struct tenancy_span span)
{
	if (tenancy->span_count == TENANCY_SPANS_MAX)
		tenancy->spans_left_out++;
	else
		tenancy->spans[tenancy->span_count++] = span;
}

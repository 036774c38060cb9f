// SPDX-License-Identifier: Apache-2.0
#include "core/record/record_event.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"

static const struct row {
	enum event_kind kind;
	bool has_link, has_address;
} rows[RECORD_TYPE_COUNT] = {
	[RECORD_NETNS_CREATED] = { EVENT_NETNS_ADD, false, false },
	[RECORD_NETNS_FREED] = { EVENT_NETNS_DEL, false, false },
	[RECORD_LINK_CREATED] = { EVENT_LINK_ADD, true, false },
	[RECORD_LINK_MOVED] = { EVENT_LINK_ADD, true, false },
	[RECORD_LINK_RENAMED] = { EVENT_LINK_NAME, true, false },
	[RECORD_LINK_DELETED] = { EVENT_LINK_DEL, true, false },
	[RECORD_IP_ASSIGNED] = { EVENT_ADDR_ADD, true, true },
	[RECORD_IP_RELEASED] = { EVENT_ADDR_DEL, true, true },
};

bool record_is_event(enum record_type type)
{
	return type < RECORD_TYPE_COUNT && rows[type].kind != EVENT_NONE;
}

static bool fits_u32(uint64_t number)
{
	return number && number <= UINT32_MAX;
}

/* Absent is not known. */
static uint64_t known(uint64_t number)
{
	return number == RECORD_ABSENT ? 0 : number;
}

static int put_address(const struct record *record, struct event *out)
{
	struct ip ip;

	if (!record->ip || ip_parse(record->ip, &ip) || record->prefix_len > 128)
		return -EINVAL;
	memcpy(out->addr, ip.bytes, sizeof(out->addr));
	out->prefix_len = (__u8)record->prefix_len;
	out->family = (__u8)ip_family(&ip);
	return 0;
}

/* Names of the kernel's fit without a NUL. */
static void put_name(char out[static EVENT_NAME_SIZE], const char *name)
{
	if (name)
		memcpy(out, name, strnlen(name, EVENT_NAME_SIZE));
}

int record_event(const struct record *record, struct event *out)
{
	const struct row *row = &rows[record->type < RECORD_TYPE_COUNT ? record->type : 0];
	bool is_birth = record->type == RECORD_NETNS_CREATED;
	struct event event = { .kind = (__u8)row->kind,
			       .time_ns = is_birth ? TIME_UNKNOWN : record->mono_ns,
			       .netns_cookie = known(record->netns_cookie),
			       .netns_inum = (__u32)record->netns };

	if (row->kind == EVENT_NONE || record->mono_ns == RECORD_ABSENT || !fits_u32(record->netns))
		return -EINVAL;
	if (row->has_link && !fits_u32(record->ifindex))
		return -EINVAL;
	if (row->has_address && put_address(record, &event))
		return -EINVAL;
	if (row->has_link) {
		event.ifindex = (__u32)record->ifindex;
		put_name(event.ifname, record->ifname);
		put_name(event.link_kind, record->link_kind);
	}
	if (record->type == RECORD_LINK_MOVED && fits_u32(record->from_netns))
		event.from_inum = (__u32)record->from_netns;
	*out = event;
	return 0;
}

struct event record_creation(const struct record *record, const struct event *assigned)
{
	return (struct event){ .kind = EVENT_NETNS_ADD,
			       .time_ns = assigned->time_ns - record->latency_ns,
			       .netns_cookie = assigned->netns_cookie,
			       .netns_inum = assigned->netns_inum };
}

const char *record_pod(const struct record *record, char out[static POD_FULL_NAME_SIZE])
{
	size_t namespace = record->namespace ? strlen(record->namespace) : 0;
	size_t name = record->pod ? strlen(record->pod) : 0;

	if (!name || namespace + name + 2 > POD_FULL_NAME_SIZE)
		return NULL;
	if (namespace)
		memcpy(out, record->namespace, namespace);
	out[namespace] = '/';
	memcpy(out + namespace + 1, record->pod, name + 1);
	return out;
}

/* What is not usable is reserved, unless there is more of it than a number in a record holds. */
static double reserved_of(const struct record *record, const struct range *range)
{
	if (record->reserved != RECORD_ABSENT)
		return (double)record->reserved;
	if (record->usable >= INT64_MAX)
		return 0;
	return range_capacity(range) - (double)record->usable;
}

int record_range(const struct record *record, struct range *out)
{
	struct range range = { .scope = RANGE_SCOPE_CLUSTER, .source = out->source };

	if (!record->range || !record->cidr || prefix_parse(record->cidr, &range.cidr))
		return -EINVAL;
	if (record->scope && range_scope_parse(record->scope, &range.scope))
		return -EINVAL;
	text_copy(range.name, sizeof(range.name), record->range);
	range.reserved = reserved_of(record, &range);
	if (range.reserved < 0)
		return -EINVAL;
	if (record->node_prefix <= 128)
		range.node_prefix = (uint8_t)record->node_prefix;
	if (fits_u32(record->max_pods))
		range.max_pods = (uint32_t)record->max_pods;
	*out = range;
	return 0;
}

static enum call_command command_of(const char *name)
{
	enum call_command command = CALL_ADD;

	while (command < CALL_OTHER && strcmp(call_command_name(command), name) != 0)
		command++;
	return command;
}

/* A plugin's number does not tell an exit status from a signal; who heard no words says which. */
static enum call_result result_of(const struct record *record)
{
	static const char killed[] = "killed by signal ";

	if (record->type != RECORD_CNI_FAILED)
		return CALL_SUCCESS;
	return record->message && !strncmp(record->message, killed, strlen(killed)) ? CALL_KILLED
										    : CALL_ERROR;
}

static void put_text(char *out, size_t size, const char *text)
{
	text_copy(out, size, text ? text : "");
}

int record_call(const struct record *record, struct call *out, enum reason *out_reason)
{
	bool is_failed = record->type == RECORD_CNI_FAILED;
	enum reason reason = REASON_COUNT;

	if (!record->command || !record->plugin || record->mono_ns == RECORD_ABSENT ||
	    record->duration_ns > record->mono_ns)
		return -EINVAL;
	if (is_failed && (!record->reason || reason_parse(record->reason, &reason)))
		return -EINVAL;
	out->start_ns = record->mono_ns - record->duration_ns;
	out->duration_ns = record->duration_ns;
	out->command = command_of(record->command);
	out->result = result_of(record);
	out->status = is_failed ? (int)known(record->status) : 0;
	put_text(out->plugin, sizeof(out->plugin), record->plugin);
	put_text(out->ifname, sizeof(out->ifname), record->ifname);
	put_text(out->pod.namespace, sizeof(out->pod.namespace), record->namespace);
	put_text(out->pod.name, sizeof(out->pod.name), record->pod);
	put_text(out->pod.uid, sizeof(out->pod.uid), record->pod_uid);
	put_text(out->pod.container_id, sizeof(out->pod.container_id), record->container_id);
	*out_reason = reason;
	return 0;
}

int record_leak(const struct record *record, struct leak *out)
{
	struct leak leak = { .is_told = true };

	if (!record->ip || ip_parse(record->ip, &leak.ip) || !record->reason)
		return -EINVAL;
	while (leak.kind < LEAK_KIND_COUNT &&
	       strcmp(leak_kind_name(leak.kind), record->reason) != 0)
		leak.kind++;
	if (leak.kind == LEAK_KIND_COUNT)
		return -EINVAL;
	leak.since_ns = record->wall_ns - (int64_t)known(record->age_ns);
	*out = leak;
	return 0;
}

int record_alert(const struct record *record, struct alert *out)
{
	uint64_t age_ns = known(record->age_ns);
	struct alert alert = { .range = record->range ? record->range : "",
			       .cidr = record->cidr ? record->cidr : "",
			       .value = -1,
			       .message = "" };

	if (!record->alert || alert_parse(record->alert, &alert.kind) ||
	    record->mono_ns == RECORD_ABSENT)
		return -EINVAL;
	alert.level = record->type == RECORD_ALERT_FIRING ? ALERT_FIRING : ALERT_OK;
	alert.since_ns = record->mono_ns > age_ns ? record->mono_ns - age_ns : 0;
	*out = alert;
	return 0;
}

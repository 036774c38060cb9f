// SPDX-License-Identifier: Apache-2.0
#include "core/record.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "cleanup.h"
#include "core/text.h"

DEFINE_CLEANUP(json, json_t *, json_decref)
#define cleanup_json cleanup(cleanup_json_fn)

enum field_kind { FIELD_NUMBER, FIELD_TEXT, FIELD_TIME, FIELD_TYPE, FIELD_FLAG };

#define AT(member) offsetof(struct record, member)

/* In the order of the line. */
static const struct field {
	const char *name;
	enum field_kind kind;
	size_t offset;
} fields[] = {
	{ "seq", FIELD_NUMBER, AT(seq) },
	{ "ts", FIELD_TIME, AT(wall_ns) },
	{ "mono_ns", FIELD_NUMBER, AT(mono_ns) },
	{ "boot_id", FIELD_TEXT, AT(boot_id) },
	{ "node", FIELD_TEXT, AT(node) },
	{ "type", FIELD_TYPE, AT(type) },
	{ "ip", FIELD_TEXT, AT(ip) },
	{ "prefix_len", FIELD_NUMBER, AT(prefix_len) },
	{ "family", FIELD_TEXT, AT(family) },
	{ "netns", FIELD_NUMBER, AT(netns) },
	{ "netns_cookie", FIELD_NUMBER, AT(netns_cookie) },
	{ "from_netns", FIELD_NUMBER, AT(from_netns) },
	{ "ifindex", FIELD_NUMBER, AT(ifindex) },
	{ "ifname", FIELD_TEXT, AT(ifname) },
	{ "from_ifname", FIELD_TEXT, AT(from_ifname) },
	{ "link_kind", FIELD_TEXT, AT(link_kind) },
	{ "range", FIELD_TEXT, AT(range) },
	{ "cidr", FIELD_TEXT, AT(cidr) },
	{ "used", FIELD_NUMBER, AT(used) },
	{ "usable", FIELD_NUMBER, AT(usable) },
	{ "namespace", FIELD_TEXT, AT(namespace) },
	{ "pod", FIELD_TEXT, AT(pod) },
	{ "pod_uid", FIELD_TEXT, AT(pod_uid) },
	{ "container_id", FIELD_TEXT, AT(container_id) },
	{ "identity", FIELD_TEXT, AT(identity) },
	{ "latency_ns", FIELD_NUMBER, AT(latency_ns) },
	{ "sandbox_ns", FIELD_NUMBER, AT(sandbox_ns) },
	{ "plugin_ns", FIELD_NUMBER, AT(plugin_ns) },
	{ "reuse_ns", FIELD_NUMBER, AT(reuse_ns) },
	{ "previous_pod", FIELD_TEXT, AT(previous_pod) },
	{ "plugin", FIELD_TEXT, AT(plugin) },
	{ "command", FIELD_TEXT, AT(command) },
	{ "duration_ns", FIELD_NUMBER, AT(duration_ns) },
	{ "code", FIELD_NUMBER, AT(code) },
	{ "status", FIELD_NUMBER, AT(status) },
	{ "reason", FIELD_TEXT, AT(reason) },
	{ "message", FIELD_TEXT, AT(message) },
	{ "network", FIELD_TEXT, AT(network) },
	{ "other_netns", FIELD_NUMBER, AT(other_netns) },
	{ "age_ns", FIELD_NUMBER, AT(age_ns) },
	{ "count", FIELD_NUMBER, AT(count) },
	{ "backend", FIELD_TEXT, AT(backend) },
	{ "truncated", FIELD_FLAG, AT(truncated) },
	{ "initial", FIELD_FLAG, AT(initial) },
};

static const char *const type_names[] = {
	[RECORD_AGENT_STARTED] = "agent.started",
	[RECORD_AGENT_STOPPED] = "agent.stopped",
	[RECORD_AGENT_GAP] = "agent.gap",
	[RECORD_NETNS_CREATED] = "netns.created",
	[RECORD_NETNS_FREED] = "netns.freed",
	[RECORD_LINK_CREATED] = "link.created",
	[RECORD_LINK_MOVED] = "link.moved",
	[RECORD_LINK_RENAMED] = "link.renamed",
	[RECORD_LINK_DELETED] = "link.deleted",
	[RECORD_IP_ASSIGNED] = "ip.assigned",
	[RECORD_IP_RELEASED] = "ip.released",
	[RECORD_CNI_ADD] = "cni.add",
	[RECORD_CNI_DEL] = "cni.del",
	[RECORD_CNI_FAILED] = "cni.failed",
	[RECORD_IP_LEAKED] = "ip.leaked",
	[RECORD_IP_LEAK_CLEARED] = "ip.leak_cleared",
	[RECORD_IP_DUPLICATE] = "ip.duplicate",
	[RECORD_RANGE_ADDED] = "range.added",
	[RECORD_RANGE_REMOVED] = "range.removed",
	[RECORD_RANGE_CHANGED] = "range.changed",
	[RECORD_EVENTS_LOST] = "events.lost",
	[RECORD_RECONCILE_CORRECTED] = "reconcile.corrected",
};

_Static_assert(array_size(type_names) == RECORD_TYPE_COUNT, "a record type without a name");

const char *record_type_name(enum record_type type)
{
	return type < RECORD_TYPE_COUNT ? type_names[type] : NULL;
}

struct record record_init(enum record_type type)
{
	struct record record = { .type = type };

	for (size_t i = 0; i < array_size(fields); i++) {
		if (fields[i].kind == FIELD_NUMBER)
			*(uint64_t *)((char *)&record + fields[i].offset) = RECORD_ABSENT;
	}
	return record;
}

/* ---- memory of one line ---- */

/* jansson makes several pieces for each field of a line and drops them all a moment later: they
 * come from here one after the other, and are gone all at once. */
static struct arena {
	_Alignas(max_align_t) char bytes[8192];
	size_t used;
	bool is_open;
} arena;

static void *arena_malloc(size_t size)
{
	size_t rounded = (size + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	void *piece;

	if (!arena.is_open || rounded < size || rounded > sizeof(arena.bytes) - arena.used)
		return malloc(size);
	piece = arena.bytes + arena.used;
	arena.used += rounded;
	return piece;
}

static void arena_free(void *piece)
{
	uintptr_t at = (uintptr_t)piece;

	if (at < (uintptr_t)arena.bytes || at >= (uintptr_t)arena.bytes + sizeof(arena.bytes))
		free(piece);
}

/* ---- fields ---- */

/* Readers of JSON take 64 bits as signed: one number past that would cost them the whole line. */
static json_t *number_to_json(uint64_t number)
{
	if (number == RECORD_ABSENT)
		return NULL;
	return json_integer(number < INT64_MAX ? (json_int_t)number : INT64_MAX);
}

static json_t *time_to_json(int64_t wall_ns)
{
	char time[TEXT_TIME_SIZE];

	text_time(wall_ns, time);
	return json_string(time);
}

static bool is_present(const struct field *field, const void *at)
{
	switch (field->kind) {
	case FIELD_NUMBER:
		return *(const uint64_t *)at != RECORD_ABSENT;
	case FIELD_TEXT:
		return *(const char *const *)at;
	case FIELD_FLAG:
		return *(const bool *)at;
	default:
		return true;
	}
}

static json_t *value_of(const struct field *field, const void *at)
{
	switch (field->kind) {
	case FIELD_NUMBER:
		return number_to_json(*(const uint64_t *)at);
	case FIELD_TEXT:
		return text_to_json(*(const char *const *)at);
	case FIELD_TIME:
		return time_to_json(*(const int64_t *)at);
	case FIELD_TYPE:
		return json_string(record_type_name(*(const enum record_type *)at));
	default:
		return json_true();
	}
}

static int format(const struct record *record, char *out, size_t size, size_t *out_size)
{
	cleanup_json json_t *line = json_pack("{s:i}", "v", RECORD_VERSION);
	size_t used;

	for (size_t i = 0; i < array_size(fields); i++) {
		const void *at = (const char *)record + fields[i].offset;

		if (is_present(&fields[i], at) &&
		    json_object_set_new_nocheck(line, fields[i].name, value_of(&fields[i], at)))
			return -ENOMEM;
	}
	/* C1 controls steer terminals, and jansson escapes them with all else that is not ASCII. */
	used = json_dumpb(line, out, size, JSON_COMPACT | JSON_ENSURE_ASCII);
	if (!used)
		return -ENOMEM;
	if (used >= size)
		return -ENOSPC;
	out[used] = '\n';
	*out_size = used + 1;
	return 0;
}

int record_format(const struct record *record, char *out, size_t size, size_t *out_size)
{
	int err;

	json_set_alloc_funcs(arena_malloc, arena_free);
	arena.is_open = true;
	err = format(record, out, size, out_size);
	arena.is_open = false;
	arena.used = 0;
	return err;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/record.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

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
	{ "max_pods", FIELD_NUMBER, AT(max_pods) },
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
	{ "alert", FIELD_TEXT, AT(alert) },
	{ "severity", FIELD_TEXT, AT(severity) },
	{ "state", FIELD_TEXT, AT(state) },
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
	[RECORD_ALERT_FIRING] = "alert.firing",
	[RECORD_ALERT_RESOLVED] = "alert.resolved",
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

/* ---- a line ---- */

/* What does not fit is left out and counted all the same. */
struct line {
	char *out;
	size_t size; /* of out */
	size_t used; /* wanted so far */
};

static void put(struct line *line, const char *text, size_t size)
{
	if (line->used + size <= line->size)
		memcpy(line->out + line->used, text, size);
	line->used += size;
}

static void put_text(struct line *line, const char *text)
{
	put(line, text, strlen(text));
}

/* Readers of JSON take 64 bits as signed: one number past that would cost them the whole line. */
static void put_number(struct line *line, uint64_t number)
{
	char digits[24];
	size_t at = sizeof(digits);

	if (number > INT64_MAX)
		number = INT64_MAX;
	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	put(line, digits + at, sizeof(digits) - at);
}

static bool is_plain(char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* jansson checks, mends and escapes; C1 controls steer terminals, and it escapes them with all else
 * that is not ASCII. */
static int put_escaped(struct line *line, const char *text)
{
	cleanup_json json_t *json = text_to_json(text);
	char *escaped = json ? json_dumps(json, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;

	if (!escaped)
		return -ENOMEM;
	for (const char *at = escaped; *at; at++)
		put(line, *at == 0x7f ? "\\u007f" : at, *at == 0x7f ? strlen("\\u007f") : 1);
	free(escaped);
	return 0;
}

/* Nearly every string is plain ASCII and stands for itself. A line of them took ten times as long
 * as a tree of jansson's. */
static int put_string(struct line *line, const char *text)
{
	const char *end = text;

	while (is_plain(*end))
		end++;
	if (*end)
		return put_escaped(line, text);
	put(line, "\"", 1);
	put(line, text, (size_t)(end - text));
	put(line, "\"", 1);
	return 0;
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

static int put_value(struct line *line, const struct field *field, const void *at)
{
	char time[TEXT_TIME_SIZE];

	switch (field->kind) {
	case FIELD_NUMBER:
		put_number(line, *(const uint64_t *)at);
		return 0;
	case FIELD_TEXT:
		return put_string(line, *(const char *const *)at);
	case FIELD_TIME:
		text_time(*(const int64_t *)at, time);
		return put_string(line, time);
	case FIELD_TYPE:
		return put_string(line, type_names[*(const enum record_type *)at]);
	default:
		put_text(line, "true");
		return 0;
	}
}

int record_format(const struct record *record, char *out, size_t size, size_t *out_size)
{
	struct line line = { .out = out, .size = size };
	int err;

	put_text(&line, "{\"v\":");
	put_number(&line, RECORD_VERSION);
	for (size_t i = 0; i < array_size(fields); i++) {
		const void *at = (const char *)record + fields[i].offset;

		if (!is_present(&fields[i], at))
			continue;
		put_text(&line, ",\"");
		put_text(&line, fields[i].name);
		put_text(&line, "\":");
		err = put_value(&line, &fields[i], at);
		if (err)
			return err;
	}
	put_text(&line, "}\n");
	if (line.used > size)
		return -ENOSPC;
	*out_size = line.used;
	return 0;
}

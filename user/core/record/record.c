// SPDX-License-Identifier: Apache-2.0
#include "core/record/record.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/text.h"

DEFINE_CLEANUP(json, json_t *, json_decref)
#define cleanup_json cleanup(cleanup_json_fn)

/* Of eight bytes, the first one lowest, the first SIZE; compilers look at both branches. */
#define MASK(size) ((size) < 8 ? (UINT64_C(1) << 8 * ((size) % 8)) - 1 : UINT64_MAX)
#define NAME(text)                                     \
	.name = (text), .name_size = sizeof(text) - 1, \
	.key = text "\":", .key_mask = MASK(sizeof(text "\":") - 1)
#define AT(member) .offset = offsetof(struct record, member)

const struct record_field record_fields[] = {
	{ NAME("seq"), .kind = RECORD_FIELD_NUMBER, AT(seq),
	  .help = "Rises by one with every record, over restarts, too." },
	{ NAME("ts"), .kind = RECORD_FIELD_TIME, AT(wall_ns),
	  .help = "When it happened: RFC 3339, UTC, nine decimals." },
	{ NAME("mono_ns"), .kind = RECORD_FIELD_NUMBER, AT(mono_ns),
	  .help = "The same by the kernel's monotonic clock." },
	{ NAME("boot_id"), .kind = RECORD_FIELD_TEXT, AT(boot_id),
	  .help = "Of /proc/sys/kernel/random/boot_id: mono_ns is comparable within one." },
	{ NAME("node"), .kind = RECORD_FIELD_TEXT, AT(node), .help = "Name of the node." },
	{ NAME("type"), .kind = RECORD_FIELD_TYPE, AT(type), .help = "What happened." },
	{ NAME("ip"), .kind = RECORD_FIELD_TEXT, AT(ip), .help = "Address of a pod." },
	{ NAME("prefix_len"), .kind = RECORD_FIELD_NUMBER, AT(prefix_len),
	  .help = "Prefix length that the address was configured with." },
	{ NAME("family"), .kind = RECORD_FIELD_TEXT, AT(family), .help = "ipv4 or ipv6." },
	{ NAME("netns"), .kind = RECORD_FIELD_NUMBER, AT(netns),
	  .help = "Inode of the network namespace." },
	{ NAME("netns_cookie"), .kind = RECORD_FIELD_NUMBER, AT(netns_cookie),
	  .help = "Its cookie, which is never used again; absent where the kernel has none." },
	{ NAME("from_netns"), .kind = RECORD_FIELD_NUMBER, AT(from_netns),
	  .help = "link.moved: inode of the namespace that the link came from." },
	{ NAME("ifindex"), .kind = RECORD_FIELD_NUMBER, AT(ifindex),
	  .help = "Index of the link in its namespace." },
	{ NAME("ifname"), .kind = RECORD_FIELD_TEXT, AT(ifname),
	  .help = "Name of the link, or CNI_IFNAME." },
	{ NAME("from_ifname"), .kind = RECORD_FIELD_TEXT, AT(from_ifname),
	  .help = "link.renamed: name before." },
	{ NAME("link_kind"), .kind = RECORD_FIELD_TEXT, AT(link_kind),
	  .help = "veth, macvlan, ...; absent for hardware." },
	{ NAME("range"), .kind = RECORD_FIELD_TEXT, AT(range),
	  .help = "Name of the narrowest range that holds the address; unranged if none does." },
	{ NAME("cidr"), .kind = RECORD_FIELD_TEXT, AT(cidr), .help = "Its CIDR." },
	{ NAME("used"), .kind = RECORD_FIELD_NUMBER, AT(used),
	  .help = "Addresses of this node in use in the range, after this." },
	{ NAME("usable"), .kind = RECORD_FIELD_NUMBER, AT(usable),
	  .help = "Addresses of the range that pods can get." },
	{ NAME("max_pods"), .kind = RECORD_FIELD_NUMBER, AT(max_pods),
	  .help = "range.*: pods that the kubelet allows on the node whose own range it is." },
	{ NAME("scope"), .kind = RECORD_FIELD_TEXT, AT(scope),
	  .help = "range.*: node, subnet or cluster." },
	{ NAME("node_prefix"), .kind = RECORD_FIELD_NUMBER, AT(node_prefix),
	  .help = "range.*: length of the block that each node takes out of it." },
	{ NAME("reserved"), .kind = RECORD_FIELD_NUMBER, AT(reserved),
	  .help = "range.*: addresses in it that no pod can get." },
	{ NAME("namespace"), .kind = RECORD_FIELD_TEXT, AT(namespace),
	  .help = "Kubernetes namespace of the pod." },
	{ NAME("pod"), .kind = RECORD_FIELD_TEXT, AT(pod), .help = "Name of the pod." },
	{ NAME("pod_uid"), .kind = RECORD_FIELD_TEXT, AT(pod_uid), .help = "UID of the pod." },
	{ NAME("container_id"), .kind = RECORD_FIELD_TEXT, AT(container_id),
	  .help = "ID of the sandbox." },
	{ NAME("identity"), .kind = RECORD_FIELD_TEXT, AT(identity),
	  .help = "Which source knew the pod, or the lease." },
	{ NAME("latency_ns"), .kind = RECORD_FIELD_NUMBER, AT(latency_ns),
	  .help = "ip.assigned: from the creation of the namespace to the usable address." },
	{ NAME("sandbox_ns"), .kind = RECORD_FIELD_NUMBER, AT(sandbox_ns),
	  .help = "Of it: until the plugin was started." },
	{ NAME("plugin_ns"), .kind = RECORD_FIELD_NUMBER, AT(plugin_ns),
	  .help = "Of it: from then on." },
	{ NAME("reuse_ns"), .kind = RECORD_FIELD_NUMBER, AT(reuse_ns),
	  .help = "ip.assigned: since the address was released." },
	{ NAME("previous_pod"), .kind = RECORD_FIELD_TEXT, AT(previous_pod),
	  .help = "namespace/name of the pod that had the address before." },
	{ NAME("plugin"), .kind = RECORD_FIELD_TEXT, AT(plugin),
	  .help = "File name of the CNI plugin." },
	{ NAME("command"), .kind = RECORD_FIELD_TEXT, AT(command), .help = "CNI_COMMAND." },
	{ NAME("duration_ns"), .kind = RECORD_FIELD_NUMBER, AT(duration_ns),
	  .help = "How long the plugin ran." },
	{ NAME("code"), .kind = RECORD_FIELD_NUMBER, AT(code), .help = "Code of the CNI error." },
	{ NAME("status"), .kind = RECORD_FIELD_NUMBER, AT(status),
	  .help = "Exit status of the plugin, or number of the signal." },
	{ NAME("reason"), .kind = RECORD_FIELD_TEXT, AT(reason),
	  .help = "Why: of a failure, a leak, a loss, a gap." },
	{ NAME("message"), .kind = RECORD_FIELD_TEXT, AT(message),
	  .help = "In the words of who knows; of a plugin, msg and details." },
	{ NAME("network"), .kind = RECORD_FIELD_TEXT, AT(network),
	  .help = "Name of the CNI network whose books list the address." },
	{ NAME("other_netns"), .kind = RECORD_FIELD_NUMBER, AT(other_netns),
	  .help = "ip.duplicate: inode of the other holder." },
	{ NAME("age_ns"), .kind = RECORD_FIELD_NUMBER, AT(age_ns),
	  .help = "ip.leaked, ip.leak_cleared: since when." },
	{ NAME("count"), .kind = RECORD_FIELD_NUMBER, AT(count),
	  .help = "How many: failures of the pod, events lost, records left out." },
	{ NAME("alert"), .kind = RECORD_FIELD_TEXT, AT(alert), .help = "Name of the alert." },
	{ NAME("severity"), .kind = RECORD_FIELD_TEXT, AT(severity),
	  .help = "warning or critical." },
	{ NAME("state"), .kind = RECORD_FIELD_TEXT, AT(state), .help = "firing or resolved." },
	{ NAME("backend"), .kind = RECORD_FIELD_TEXT, AT(backend),
	  .help = "How the kernel is heard: fentry, kprobe or tracepoint." },
	{ NAME("truncated"), .kind = RECORD_FIELD_FLAG, AT(truncated),
	  .help = "Something did not fit, and is cut or left out." },
	{ NAME("initial"), .kind = RECORD_FIELD_FLAG, AT(initial),
	  .help = "It was there before the agent." },
	{ NAME("coalesced"), .kind = RECORD_FIELD_FLAG, AT(coalesced),
	  .help = "It stands for `count` records of its type that came too fast." },
};

_Static_assert(array_size(record_fields) == RECORD_FIELD_COUNT, "a field more or less");

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

enum record_type record_type_find(const char *name)
{
	enum record_type type = 0;

	while (type < RECORD_TYPE_COUNT &&
	       (*type_names[type] != *name || strcmp(type_names[type], name) != 0))
		type++;
	return type;
}

#define ABSENT(member) .member = RECORD_ABSENT

/* Spelled out: a reader of millions of lines begins each with it. */
const struct record record_absent = {
	ABSENT(seq),	      ABSENT(mono_ns),	  ABSENT(prefix_len),  ABSENT(netns),
	ABSENT(netns_cookie), ABSENT(from_netns), ABSENT(ifindex),     ABSENT(used),
	ABSENT(usable),	      ABSENT(max_pods),	  ABSENT(node_prefix), ABSENT(reserved),
	ABSENT(latency_ns),   ABSENT(sandbox_ns), ABSENT(plugin_ns),   ABSENT(reuse_ns),
	ABSENT(duration_ns),  ABSENT(code),	  ABSENT(status),      ABSENT(other_netns),
	ABSENT(age_ns),	      ABSENT(count),
};

struct record record_init(enum record_type type)
{
	struct record record = record_absent;

	record.type = type;
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

static bool is_present(const struct record_field *field, const void *at)
{
	switch (field->kind) {
	case RECORD_FIELD_NUMBER:
		return *(const uint64_t *)at != RECORD_ABSENT;
	case RECORD_FIELD_TEXT:
		return *(const char *const *)at;
	case RECORD_FIELD_FLAG:
		return *(const bool *)at;
	default:
		return true;
	}
}

static int put_value(struct line *line, const struct record_field *field, const void *at)
{
	char time[TEXT_TIME_SIZE];

	switch (field->kind) {
	case RECORD_FIELD_NUMBER:
		put_number(line, *(const uint64_t *)at);
		return 0;
	case RECORD_FIELD_TEXT:
		return put_string(line, *(const char *const *)at);
	case RECORD_FIELD_TIME:
		text_time(*(const int64_t *)at, time);
		return put_string(line, time);
	case RECORD_FIELD_TYPE:
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
	for (size_t i = 0; i < RECORD_FIELD_COUNT; i++) {
		const void *at = (const char *)record + record_fields[i].offset;

		if (!is_present(&record_fields[i], at))
			continue;
		put_text(&line, ",\"");
		put_text(&line, record_fields[i].name);
		put_text(&line, "\":");
		err = put_value(&line, &record_fields[i], at);
		if (err)
			return err;
	}
	put_text(&line, "}\n");
	if (line.used > size)
		return -ENOSPC;
	*out_size = line.used;
	return 0;
}

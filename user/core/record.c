// SPDX-License-Identifier: Apache-2.0
/*
 * Written field by field and not through a tree of JSON values: a flood is
 * 100,000 records a second, and a tree costs an allocation or two a field.
 */
#include "core/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>

#include "cleanup.h"
#include "core/text.h"

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
	{ "latency_ns", FIELD_NUMBER, AT(latency_ns) },
	{ "reuse_ns", FIELD_NUMBER, AT(reuse_ns) },
	{ "reason", FIELD_TEXT, AT(reason) },
	{ "message", FIELD_TEXT, AT(message) },
	{ "count", FIELD_NUMBER, AT(count) },
	{ "backend", FIELD_TEXT, AT(backend) },
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

/* Each writer puts one field, if the record has it. A name needs no escape and each follows "v". */
static void put_name(const char *name, FILE *out)
{
	fputs_unlocked(",\"", out);
	fputs_unlocked(name, out);
	fputs_unlocked("\":", out);
}

static void put_text(const char *name, const char *text, FILE *out)
{
	if (!text)
		return;
	put_name(name, out);
	text_put_json(text, out);
}

/* Readers of JSON take 64 bits as signed: one number past that would cost them the whole line. */
static void put_number(const char *name, uint64_t number, FILE *out)
{
	if (number == RECORD_ABSENT)
		return;
	put_name(name, out);
	fprintf(out, "%" PRIu64, number < INT64_MAX ? number : INT64_MAX);
}

static void put_time(const char *name, int64_t wall_ns, FILE *out)
{
	char time[TEXT_TIME_SIZE];

	text_time(wall_ns, time);
	put_text(name, time, out);
}

static void put_flag(const char *name, bool flag, FILE *out)
{
	if (!flag)
		return;
	put_name(name, out);
	fputs_unlocked("true", out);
}

static void put_field(const struct field *field, const struct record *record, FILE *out)
{
	const void *at = (const char *)record + field->offset;

	switch (field->kind) {
	case FIELD_NUMBER:
		put_number(field->name, *(const uint64_t *)at, out);
		break;
	case FIELD_TEXT:
		put_text(field->name, *(const char *const *)at, out);
		break;
	case FIELD_TIME:
		put_time(field->name, *(const int64_t *)at, out);
		break;
	case FIELD_TYPE:
		put_text(field->name, record_type_name(*(const enum record_type *)at), out);
		break;
	case FIELD_FLAG:
		put_flag(field->name, *(const bool *)at, out);
		break;
	}
}

int record_write(const struct record *record, FILE *out)
{
	fprintf(out, "{\"v\":%d", RECORD_VERSION);
	for (size_t i = 0; i < array_size(fields); i++)
		put_field(&fields[i], record, out);
	fputs_unlocked("}\n", out);
	return ferror(out) ? -EIO : 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/record/journal.h"
#include "core/alert/alerts.h"

#include <string.h>

#include "core/books/leaks.h"
#include "core/pod/calls.h"
#include "core/pod/incidents.h"

static const enum record_type fact_types[] = {
	[FACT_NETNS_CREATED] = RECORD_NETNS_CREATED, [FACT_NETNS_FREED] = RECORD_NETNS_FREED,
	[FACT_LINK_CREATED] = RECORD_LINK_CREATED,   [FACT_LINK_MOVED] = RECORD_LINK_MOVED,
	[FACT_LINK_RENAMED] = RECORD_LINK_RENAMED,   [FACT_LINK_DELETED] = RECORD_LINK_DELETED,
	[FACT_IP_ASSIGNED] = RECORD_IP_ASSIGNED,     [FACT_IP_RELEASED] = RECORD_IP_RELEASED,
};

_Static_assert(array_size(fact_types) == FACT_KIND_COUNT, "a fact lacks its record");

static void write_record(struct journal *journal, struct record *record)
{
	char line[JOURNAL_LINE_MAX];
	size_t size;

	if (record->mono_ns == RECORD_ABSENT || record->mono_ns == TIME_UNKNOWN)
		record->mono_ns = journal->now_ns;
	record->wall_ns = (int64_t)record->mono_ns + journal->wall_offset_ns;
	record->node = journal->node;
	record->boot_id = journal->boot_id;
	record->seq = journal->seq + 1;
	if (record_format(record, line, sizeof(line), &size)) {
		journal->unwritable++;
		return;
	}
	journal->seq++;
	journal->wall_ns = record->wall_ns;
	journal->write(line, size, journal->ctx);
}

void journal_put(struct journal *journal, struct record *record)
{
	if (record->initial || coalesce_admit(&journal->coalesce, record->type, journal->now_ns))
		write_record(journal, record);
}

void journal_tell_left_out(struct journal *journal, uint64_t now_ns)
{
	enum record_type type;
	uint64_t count;

	while (coalesce_take(&journal->coalesce, now_ns, &type, &count)) {
		struct record record = record_init(type);

		record.count = count;
		record.coalesced = true;
		write_record(journal, &record);
	}
}

static void fill_range(struct record *record, const struct range *range,
		       char cidr[static PREFIX_TEXT_SIZE])
{
	double usable = range_usable(range);

	prefix_format(&range->cidr, cidr);
	record->range = range->name;
	record->cidr = cidr;
	record->usable = usable < 0x1p63 ? (uint64_t)usable : INT64_MAX;
}

static void fill_link(struct record *record, const struct fact *fact)
{
	record->ifindex = fact->link->key.ifindex;
	record->ifname = fact->link->name[0] ? fact->link->name : NULL;
	record->link_kind = fact->link->kind[0] ? fact->link->kind : NULL;
	record->from_ifname = fact->from_name;
	if (fact->from_inum)
		record->from_netns = fact->from_inum;
}

static void fill_note(struct record *record, const struct account_note *note,
		      const struct range_table *ranges, char cidr[static PREFIX_TEXT_SIZE])
{
	record->used = note->usage->used;
	record->previous_pod = note->previous_pod;
	if (note->reuse_ns)
		record->reuse_ns = note->reuse_ns;
	if (note->latency_ns)
		record->latency_ns = note->latency_ns;
	if (note->range == RANGE_NONE)
		record->range = "unranged";
	else
		fill_range(record, range_table_at(ranges, (size_t)note->range), cidr);
}

/* A name that is not known is no name. */
static const char *known(const char *text)
{
	return *text ? text : NULL;
}

static void fill_pod(struct record *record, const struct pod *pod)
{
	record->namespace = known(pod->namespace);
	record->pod = known(pod->name);
	record->pod_uid = known(pod->uid);
	record->container_id = known(pod->container_id);
}

/* The way from the namespace's creation to the address, by what happened in between. */
static void fill_phases(struct record *record, const struct fact *fact, uint64_t plugin_start_ns)
{
	uint64_t created_ns = fact->netns->created_ns;

	if (record->latency_ns == RECORD_ABSENT || !plugin_start_ns ||
	    plugin_start_ns < created_ns || plugin_start_ns > fact->time_ns)
		return;
	record->sandbox_ns = plugin_start_ns - created_ns;
	record->plugin_ns = fact->time_ns - plugin_start_ns;
}

void journal_fact(struct journal *journal, const struct fact *fact,
		  const struct journal_setting *setting)
{
	struct record record = record_init(fact_types[fact->kind]);
	char ip[IP_TEXT_SIZE], cidr[PREFIX_TEXT_SIZE];

	record.mono_ns = fact->time_ns;
	record.netns = fact->netns->key.inum;
	if (fact->netns->key.cookie)
		record.netns_cookie = fact->netns->key.cookie;
	record.initial = setting->is_initial;
	if (fact->link)
		fill_link(&record, fact);
	if (fact->address) {
		ip_format(&fact->address->key.ip, ip);
		record.ip = ip;
		record.prefix_len = fact->address->prefix_len;
		record.family = ip_family_name(&fact->address->key.ip);
	}
	fill_pod(&record, &setting->identity->pod);
	record.identity = identity_source_name(setting->identity->source);
	if (setting->note)
		fill_note(&record, setting->note, setting->ranges, cidr);
	if (setting->note)
		fill_phases(&record, fact, setting->identity->plugin_ns);
	journal_put(journal, &record);
}

static enum record_type type_of(const struct journal_call *ended)
{
	if (ended->failure)
		return RECORD_CNI_FAILED;
	return ended->call->command == CALL_DEL ? RECORD_CNI_DEL : RECORD_CNI_ADD;
}

void journal_call(struct journal *journal, const struct journal_call *ended)
{
	struct record record = record_init(type_of(ended));
	const struct call *call = ended->call;
	char cidr[PREFIX_TEXT_SIZE];

	record.mono_ns = call->start_ns + call->duration_ns;
	record.duration_ns = call->duration_ns;
	record.plugin = call->plugin;
	record.command = call_command_name(call->command);
	record.ifname = known(call->ifname);
	record.truncated = call->is_cut || (ended->failure && ended->failure->is_cut);
	if (ended->netns)
		record.netns = ended->netns;
	fill_pod(&record, &call->pod);
	record.identity = identity_source_name(IDENTITY_CNI_ARGS);
	if (ended->range)
		fill_range(&record, ended->range, cidr);
	if (ended->incident)
		record.count = ended->incident->failures;
	if (ended->failure) {
		record.reason = reason_name(ended->reason);
		record.message = known(ended->failure->message);
		record.status = (uint64_t)call->status;
	}
	if (ended->failure && ended->failure->has_code && ended->failure->code >= 0)
		record.code = (uint64_t)ended->failure->code;
	journal_put(journal, &record);
}

static enum record_type leak_type(const struct leak *leak, bool is_over)
{
	if (is_over)
		return RECORD_IP_LEAK_CLEARED;
	return leak->kind == LEAK_DUPLICATE ? RECORD_IP_DUPLICATE : RECORD_IP_LEAKED;
}

void journal_leak(struct journal *journal, const struct leak *leak, bool is_over,
		  const struct range *range, int64_t now_ns)
{
	struct record record = record_init(leak_type(leak, is_over));
	char ip[IP_TEXT_SIZE], cidr[PREFIX_TEXT_SIZE];

	ip_format(&leak->ip, ip);
	record.ip = ip;
	record.family = ip_family_name(&leak->ip);
	record.reason = leak_kind_name(leak->kind);
	record.age_ns = now_ns > leak->since_ns ? (uint64_t)(now_ns - leak->since_ns) : 0;
	if (leak->netns)
		record.netns = leak->netns;
	if (leak->other_netns)
		record.other_netns = leak->other_netns;
	fill_pod(&record, &leak->pod);
	record.identity = leak->lease.source;
	record.network = known(leak->lease.network);
	record.ifname = known(leak->lease.ifname);
	record.range = "unranged";
	if (range)
		fill_range(&record, range, cidr);
	journal_put(journal, &record);
}

void journal_alert(struct journal *journal, const struct alert *alert)
{
	bool is_over = alert->level != ALERT_FIRING;
	struct record record = record_init(is_over ? RECORD_ALERT_RESOLVED : RECORD_ALERT_FIRING);

	record.alert = alert_name(alert->kind);
	record.severity = alert_severity_name(alert->severity);
	record.state = is_over ? "resolved" : "firing";
	record.message = known(alert->message);
	record.range = known(alert->range);
	record.cidr = known(alert->cidr);
	if (alert->since_ns && journal->now_ns > alert->since_ns)
		record.age_ns = journal->now_ns - alert->since_ns;
	journal_put(journal, &record);
}

static void put_range(struct journal *journal, enum record_type type, const struct range *range)
{
	struct record record = record_init(type);
	char cidr[PREFIX_TEXT_SIZE];

	if (!range)
		return;
	fill_range(&record, range, cidr);
	record.family = ip_family_name(&range->cidr.base);
	record.reason = range->source;
	if (range->max_pods)
		record.max_pods = range->max_pods;
	record.scope = range_scope_name(range->scope);
	if (range->node_prefix)
		record.node_prefix = range->node_prefix;
	if (range->reserved > 0)
		record.reserved = range->reserved < 0x1p63 ? (uint64_t)range->reserved : INT64_MAX;
	journal_put(journal, &record);
}

/* NULL is past the end of its table. */
static int order_of(const struct range *old, const struct range *new)
{
	if (!old || !new)
		return old ? -1 : 1;
	return prefix_compare(&old->cidr, &new->cidr);
}

void journal_ranges(struct journal *journal, const struct range_table *before,
		    const struct range_table *after)
{
	size_t old_count = range_table_count(before), count = range_table_count(after);

	for (size_t i = 0, j = 0; i < old_count || j < count;) {
		const struct range *old = i < old_count ? range_table_at(before, i) : NULL;
		const struct range *new = j < count ? range_table_at(after, j) : NULL;
		int order = order_of(old, new);

		if (order < 0)
			put_range(journal, RECORD_RANGE_REMOVED, old);
		else if (order > 0)
			put_range(journal, RECORD_RANGE_ADDED, new);
		else if (old && !range_is_equal(old, new))
			put_range(journal, RECORD_RANGE_CHANGED, new);
		i += order <= 0;
		j += order >= 0;
	}
}

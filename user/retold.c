// SPDX-License-Identifier: Apache-2.0
/*
 * The log tells of a failing pod once and then seldom, each time with how often it has
 * failed: what was not told in between had the reason of what was told before it.
 */
#include "retold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/alert/alerts.h"
#include "core/base/text.h"
#include "core/books/leaks.h"
#include "core/pod/call_counts.h"
#include "core/pod/incidents.h"
#include "core/record/record_event.h"

/* A pod that goes on failing is told of again this late at the most: until then it is not known
 * that it is gone. */
#define PATIENCE_NS INCIDENT_REPEAT_NS

struct told_leak {
	struct ip ip;
	enum leak_kind kind;
	int64_t since_ns;
};

struct told_alert {
	enum alert_kind kind;
	char range[RANGE_NAME_SIZE], cidr[PREFIX_TEXT_SIZE];
	uint64_t since_ns;
};

struct loss {
	char cause[32];
	uint64_t count;
};

struct retold {
	struct call_counts counts;
	struct incidents *adding, *others;
	struct call call; /* of the record at hand */
	struct told_leak *leaks; /* by address, then kind */
	size_t leak_count, leak_room;
	struct told_alert alerts[RETOLD_ALERTS_MAX]; /* that fire */
	size_t alert_count;
	struct loss losses[METRICS_LOSS_MAX];
	size_t loss_count;
	uint64_t refused; /* by a full table */
	struct leaks *leak_table; /* of the last measure */
	struct alerts *alert_table;
};

/* ---- calls ---- */

static struct incidents *incidents_of(struct retold *retold)
{
	return retold->call.command == CALL_ADD ? retold->adding : retold->others;
}

static void count_silent(struct retold *retold, const struct incident *before, uint64_t failures)
{
	bool is_add = retold->call.command == CALL_ADD;
	uint64_t silent = before->failures < failures ? failures - before->failures : 0;

	if (!before->failures)
		return; /* the first was told; or it was before the log begins */
	retold->counts.failures[before->reason] += silent;
	retold->counts.failed_adds[before->reason] += is_add ? silent : 0;
}

static void fail(struct retold *retold, const struct record *record, enum reason reason)
{
	struct incident before = { 0 };
	int err;

	call_counts_failure(&retold->counts, retold->call.command, reason);
	if (record->count == RECORD_ABSENT || !record->count)
		return;
	if (record->count == 1)
		call_counts_incident(&retold->counts, record->range, reason);
	err = incidents_retell(incidents_of(retold), &retold->call, reason, record->count, &before);
	if (err == -ENOSPC) {
		incidents_expire(incidents_of(retold), retold->call.start_ns - PATIENCE_NS);
		err = incidents_retell(incidents_of(retold), &retold->call, reason, record->count,
				       &before);
	}
	retold->refused += err != 0;
	if (!err)
		count_silent(retold, &before, record->count - 1);
}

static void succeed(struct retold *retold, const struct record *record)
{
	struct incident over;

	if (record->count == RECORD_ABSENT)
		return;
	if (incidents_succeeded(incidents_of(retold), &retold->call, &over))
		count_silent(retold, &over, record->count);
}

static int take_call(struct retold *retold, const struct record *record)
{
	enum reason reason;
	int err = record_call(record, &retold->call, &reason);

	if (err)
		return err;
	call_counts_add(&retold->counts, &retold->call);
	if (record->type == RECORD_CNI_FAILED)
		fail(retold, record, reason);
	else
		succeed(retold, record);
	return 0;
}

/* ---- leaks ---- */

static int compare(const struct told_leak *leak, const struct leak *other)
{
	int order = ip_compare(&leak->ip, &other->ip);

	return order ? order : (int)leak->kind - (int)other->kind;
}

/* Where it is, or belongs. */
static size_t place_of(const struct retold *retold, const struct leak *leak)
{
	size_t low = 0, high = retold->leak_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&retold->leaks[middle], leak) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool make_room(struct retold *retold)
{
	size_t room = retold->leak_room ? retold->leak_room * 2 : 64;
	struct told_leak *larger;

	if (retold->leak_count < retold->leak_room)
		return true;
	if (retold->leak_count == LEAKS_MAX)
		return false;
	larger = reallocarray(retold->leaks, room, sizeof(*larger));
	if (!larger)
		return false;
	retold->leaks = larger;
	retold->leak_room = room;
	return true;
}

static int take_leak(struct retold *retold, const struct record *record)
{
	bool is_over = record->type == RECORD_IP_LEAK_CLEARED, is_known;
	struct told_leak *at;
	struct leak leak;
	size_t place, behind;
	int err = record_leak(record, &leak);

	if (err)
		return err;
	place = place_of(retold, &leak);
	is_known = place < retold->leak_count && !compare(&retold->leaks[place], &leak);
	if (is_known != is_over)
		return 0;
	if (!is_over && !make_room(retold)) {
		retold->refused++;
		return 0;
	}
	at = &retold->leaks[place];
	behind = (retold->leak_count - place - is_over) * sizeof(*at);
	if (is_over)
		memmove(at, at + 1, behind);
	else
		memmove(at + 1, at, behind);
	if (!is_over)
		*at = (struct told_leak){ leak.ip, leak.kind, leak.since_ns };
	retold->leak_count += is_over ? (size_t)-1 : 1;
	return 0;
}

/* ---- alerts ---- */

static struct told_alert *find_alert(struct retold *retold, const struct alert *alert)
{
	for (size_t i = 0; i < retold->alert_count; i++) {
		struct told_alert *told = &retold->alerts[i];

		if (told->kind == alert->kind && !strcmp(told->cidr, alert->cidr) &&
		    !strcmp(told->range, alert->range))
			return told;
	}
	return NULL;
}

static int take_alert(struct retold *retold, const struct record *record)
{
	struct told_alert *told;
	struct alert alert;
	int err = record_alert(record, &alert);

	if (err)
		return err;
	told = find_alert(retold, &alert);
	if (told && alert.level != ALERT_FIRING)
		*told = retold->alerts[--retold->alert_count];
	if (told || alert.level != ALERT_FIRING)
		return 0;
	if (retold->alert_count == RETOLD_ALERTS_MAX) {
		retold->refused++;
		return 0;
	}
	told = &retold->alerts[retold->alert_count++];
	*told = (struct told_alert){ .kind = alert.kind, .since_ns = alert.since_ns };
	text_copy(told->range, sizeof(told->range), alert.range);
	text_copy(told->cidr, sizeof(told->cidr), alert.cidr);
	return 0;
}

/* ---- losses ---- */

static int take_loss(struct retold *retold, const struct record *record)
{
	struct loss *loss = retold->losses;
	const struct loss *end = loss + retold->loss_count;

	if (!record->reason || !*record->reason)
		return -EINVAL;
	while (loss < end && strncmp(loss->cause, record->reason, sizeof(loss->cause) - 1) != 0)
		loss++;
	if (loss == end && retold->loss_count == METRICS_LOSS_MAX) {
		retold->refused++;
		return 0;
	}
	if (loss == end) {
		text_copy(loss->cause, sizeof(loss->cause), record->reason);
		retold->loss_count++;
	}
	loss->count += record->count == RECORD_ABSENT ? 0 : record->count;
	return 0;
}

/* ---- what comes in ---- */

int retold_record(struct retold *retold, const struct record *record)
{
	switch (record->type) {
	case RECORD_CNI_ADD:
	case RECORD_CNI_DEL:
	case RECORD_CNI_FAILED:
		return take_call(retold, record);
	case RECORD_IP_LEAKED:
	case RECORD_IP_LEAK_CLEARED:
	case RECORD_IP_DUPLICATE:
		return take_leak(retold, record);
	case RECORD_ALERT_FIRING:
	case RECORD_ALERT_RESOLVED:
		return take_alert(retold, record);
	case RECORD_EVENTS_LOST:
		return take_loss(retold, record);
	default:
		return 0;
	}
}

/* ---- numbers ---- */

static void measure_leaks(struct retold *retold, struct metrics_input *out)
{
	cleanup_free struct leak *leaks = calloc(retold->leak_count + 1, sizeof(*leaks));

	if (!leaks)
		return;
	for (size_t i = 0; i < retold->leak_count; i++)
		leaks[i] = (struct leak){ .ip = retold->leaks[i].ip,
					  .kind = retold->leaks[i].kind,
					  .since_ns = retold->leaks[i].since_ns,
					  .is_told = true };
	if (!leaks_put(retold->leak_table, leaks, retold->leak_count))
		out->leaks = retold->leak_table;
}

/* Those that fire were told; of the others it is known that they do not. */
static void put_calm(struct alerts *alerts, const struct range_table *ranges)
{
	for (size_t i = 0; i < range_table_count(ranges); i++) {
		const struct range *range = range_table_at(ranges, i);
		char cidr[PREFIX_TEXT_SIZE];

		prefix_format(&range->cidr, cidr);
		alerts_put(alerts, &(struct alert){ .range = range->name, .cidr = cidr });
	}
}

static void measure_alerts(struct retold *retold, const struct account *account,
			   struct metrics_input *out)
{
	const struct alert_rules rules = alert_rules_default();

	alerts_free(take_ptr(retold->alert_table));
	if (alerts_new(&rules, &retold->alert_table))
		return;
	put_calm(retold->alert_table, account_ranges(account));
	for (size_t i = 0; i < retold->alert_count; i++) {
		const struct told_alert *told = &retold->alerts[i];

		alerts_put(retold->alert_table, &(struct alert){ .kind = told->kind,
								 .range = told->range,
								 .cidr = told->cidr,
								 .level = ALERT_FIRING,
								 .since_ns = told->since_ns });
	}
	out->alerts = retold->alert_table;
}

static void measure_calls(struct retold *retold, uint64_t mono_ns, struct metrics_input *out)
{
	struct incidents_stats adding;

	incidents_expire(retold->adding, mono_ns > PATIENCE_NS ? mono_ns - PATIENCE_NS : 0);
	adding = incidents_stats(retold->adding);
	out->call_counts = &retold->counts;
	out->waiting = adding.waiting;
	if (adding.oldest_ns && adding.oldest_ns < mono_ns)
		out->oldest_wait_s = (double)(mono_ns - adding.oldest_ns) / 1e9;
}

void retold_measure(struct retold *retold, const struct account *account, uint64_t mono_ns,
		    struct metrics_input *out)
{
	for (size_t i = 0; i < retold->loss_count; i++)
		collect_add_loss(out, retold->losses[i].cause, retold->losses[i].count);
	if (retold->refused)
		collect_add_loss(out, "replay_full", retold->refused);
	measure_calls(retold, mono_ns, out);
	measure_leaks(retold, out);
	measure_alerts(retold, account, out);
}

/* ---- life ---- */

static void ignore_leak(const struct leak *leak, bool is_over, void *ctx)
{
	(void)leak;
	(void)is_over;
	(void)ctx;
}

int retold_new(struct retold **out)
{
	cleanup_retold struct retold *retold = calloc(1, sizeof(*retold));
	int err;

	if (!retold)
		return -ENOMEM;
	err = incidents_new(&retold->adding);
	if (!err)
		err = incidents_new(&retold->others);
	if (!err)
		err = leaks_new(ignore_leak, NULL, &retold->leak_table);
	if (err)
		return err;
	*out = take_ptr(retold);
	return 0;
}

void retold_free(struct retold *retold)
{
	if (!retold)
		return;
	incidents_free(retold->adding);
	incidents_free(retold->others);
	leaks_free(retold->leak_table);
	alerts_free(retold->alert_table);
	free(retold->leaks);
	free(retold);
}

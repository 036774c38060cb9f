// SPDX-License-Identifier: Apache-2.0
/*
 * A holder is a link's address: namespace, link and address are its key, by which what
 * ends it, or finds it again, is matched. What is behind a gap or a hole was held for
 * sure before it; whether that is its end, or it goes on, what follows tells.
 */
#include "core/tenancy/tenancies.h"

#include <errno.h>
#include <stdlib.h>

#include "core/tenancy/tenancy_clock.h"
#include "core/tenancy/tenancy_start.h"
#include "core/tenancy/tenancy_store.h"

enum phase { PHASE_WATCHED, PHASE_STARTING, PHASE_STOPPED };

struct tenancies {
	struct tenancy_query query;
	struct tenancies_log log;
	enum phase phase;
	struct tenancy_start start;
	bool has_hole; /* records are missing, since the agent started */
	struct tenancy_span hole; /* the last of them */
	struct tenancy_moment hole_end;
	struct tenancy_clock clock;
	struct tenancy_store store;
	struct tenancy_failures failures;
};

int tenancies_new(const struct tenancy_query *query, struct tenancies **out)
{
	struct tenancies *tenancies = calloc(1, sizeof(*tenancies));

	if (!tenancies)
		return -ENOMEM;
	tenancies->query = *query;
	tenancies->store.query = &tenancies->query;
	*out = tenancies;
	return 0;
}

void tenancies_free(struct tenancies *tenancies)
{
	if (!tenancies)
		return;
	tenancy_store_clear(&tenancies->store);
	tenancy_failures_clear(&tenancies->failures);
	free(tenancies);
}

/* ---- time ---- */

static void set_back(struct tenancies *tenancies, int64_t wall_ns)
{
	struct tenancy_entry *entry = tenancy_open(tenancies->store.listed);

	tenancies->log.is_set_back = true;
	if (tenancies->log.is_known && wall_ns < tenancies->log.known_ns)
		tenancies->log.known_ns = wall_ns;
	for (; entry; entry = tenancy_open(entry->hh.next))
		tenancy_set_back(entry, &tenancies->clock.before, wall_ns);
}

/* Between the last record and this one. is_hole: their ends may be in there; what an agent itself
 * lost, its next reconcile finds. */
static void lose(struct tenancies *tenancies, int64_t wall_ns, bool is_hole)
{
	const struct tenancy_span span = { TENANCY_LOST, tenancies->clock.before.wall_ns, wall_ns };
	struct tenancy_entry *entry = tenancy_open(tenancies->store.listed);

	if (is_hole) {
		tenancies->has_hole = true;
		tenancies->hole = span;
		tenancies->hole_end = tenancies->clock.last;
	}
	if (tenancy_span_holds(&span, tenancies->query.at_ns)) {
		tenancies->log.is_lossy = true;
		tenancies->log.lossy = span;
	}
	for (; entry; entry = tenancy_open(entry->hh.next)) {
		tenancy_add_span(&entry->tenancy, span);
		if (is_hole)
			tenancy_doubt(entry, &tenancies->clock.before);
	}
}

void tenancies_pass(struct tenancies *tenancies, const struct tenancy_moment *moment)
{
	struct tenancy_tick tick = tenancy_clock_tick(&tenancies->clock, moment);

	if (tick.is_set_back)
		set_back(tenancies, moment->wall_ns);
	if (tick.is_hole)
		lose(tenancies, moment->wall_ns, true);
}

/* ---- tenancies ---- */

static int begin(struct tenancies *tenancies, const struct tenancy_key *key,
		 const struct record *record, struct tenancy_entry **out)
{
	struct tenancy_entry *entry;
	int err = tenancy_store_add(&tenancies->store, key, &entry);

	if (err)
		return err;
	entry->tenancy = tenancy_of(record);
	entry->tenancy.ip = key->ip;
	entry->sure = entry->tenancy.first;
	*out = entry;
	return 0;
}

/* Its release was not told: it is where records are missing, if they are. */
static void end_untold(const struct tenancies *tenancies, struct tenancy_entry *entry,
		       int64_t wall_ns)
{
	bool is_lost = entry->is_unsure && !entry->is_pending && tenancies->has_hole;

	tenancy_end_between(entry, is_lost ? tenancies->hole.to_ns : wall_ns);
}

/* Somebody else has it: of one who may have lost it that is more likely than two at once. */
static void doubt_others(struct tenancies *tenancies, const struct record *record)
{
	struct tenancy_entry *entry = tenancy_open(tenancies->store.listed);

	for (; entry; entry = tenancy_open(entry->hh.next))
		if (entry->is_unsure && !entry->is_pending)
			end_untold(tenancies, entry, record->wall_ns);
}

static int take_assigned(struct tenancies *tenancies, const struct tenancy_key *key,
			 const struct record *record)
{
	struct tenancy_entry *entry = tenancy_store_find(&tenancies->store, key);
	struct tenancy *tenancy;
	int err;

	if (entry && tenancy_is_open(entry) && record->initial &&
	    tenancy_goes_on(&entry->tenancy, record)) {
		const struct tenancy_span span = { TENANCY_UNWATCHED, entry->gap_ns,
						   record->wall_ns };

		if (entry->is_pending)
			tenancy_add_span(&entry->tenancy, span);
		tenancy_confirm(entry, &tenancies->clock.last);
		tenancy_learn(&entry->tenancy, record);
		return 0;
	}
	if (entry && tenancy_is_open(entry))
		end_untold(tenancies, entry, record->wall_ns);
	if (tenancies->query.has_ip && !record->initial)
		doubt_others(tenancies, record);
	if (!tenancy_may_be_of(&tenancies->query, record))
		return 0;
	err = begin(tenancies, key, record, &entry);
	if (err)
		return err;
	tenancy = &entry->tenancy;
	tenancy->from = record->initial ? TENANCY_FROM_BEFORE : TENANCY_FROM_ASSIGNED;
	tenancy->has_from_after = record->initial && tenancies->log.is_known &&
				  tenancies->phase == PHASE_STARTING && tenancies->start.has_gap;
	tenancy->from_after_ns = tenancies->start.gap_ns;
	return 0;
}

/* It was not begun: it was held when the log began, or its begin is where records are missing. */
static void begin_before(const struct tenancies *tenancies, struct tenancy *tenancy)
{
	tenancy->from = TENANCY_FROM_BEFORE;
	if (tenancies->log.is_set_back)
		return;
	if (tenancies->has_hole) {
		tenancy->has_from_after = tenancies->log.is_known;
		tenancy->from_after_ns = tenancies->hole.from_ns;
		tenancy->first = tenancies->hole_end;
	} else if (!tenancies->start.has_begun) {
		tenancy->first = tenancies->clock.first;
	}
	tenancy->from_ns = tenancy->first.wall_ns;
}

static int take_released(struct tenancies *tenancies, const struct tenancy_key *key,
			 const struct record *record)
{
	const struct pod pod = tenancy_pod_of(record);
	struct tenancy_entry *entry = tenancy_store_find(&tenancies->store, key);
	struct tenancy *tenancy;
	int err;

	if (!entry && !tenancies->query.has_ip && !tenancy_is_of(&tenancies->query, &pod))
		return 0;
	if (!entry) {
		err = begin(tenancies, key, record, &entry);
		if (err)
			return err;
		begin_before(tenancies, &entry->tenancy);
	}
	tenancy = &entry->tenancy;
	if (tenancy->to == TENANCY_TO_BETWEEN && !tenancy->is_lost)
		tenancy_add_span(tenancy, (struct tenancy_span){ TENANCY_UNWATCHED, tenancy->to_ns,
								 tenancy->to_before_ns });
	tenancy_learn(tenancy, record);
	tenancy_end_at(entry, &tenancies->clock.last);
	tenancy_store_unlist(&tenancies->store, entry);
	return 0;
}

/* ---- agents ---- */

/* The agent has told what it found: what it did not find is gone since. */
static void end_start(struct tenancies *tenancies, int64_t wall_ns)
{
	struct tenancies_log *log = &tenancies->log;
	int64_t walk_ns = tenancy_start_walk(&tenancies->start, wall_ns);
	const struct tenancy_span gap = { TENANCY_UNWATCHED, tenancies->start.gap_ns, walk_ns };
	struct tenancy_entry *entry = tenancy_open(tenancies->store.listed);

	if (tenancies->phase != PHASE_STARTING)
		return;
	tenancies->phase = PHASE_WATCHED;
	tenancies->has_hole = false;
	for (; entry; entry = tenancy_open(entry->hh.next))
		if (entry->is_pending)
			tenancy_end_between(entry, walk_ns);
	if (tenancies->start.has_gap && tenancy_span_holds(&gap, tenancies->query.at_ns)) {
		log->is_blind = true;
		log->blind = gap;
	}
	if (!log->is_known)
		log->known_ns = walk_ns;
	log->is_known = true;
}

/* agent.gap and agent.started, or one of them alone. A start that told nothing is part of the gap.
 */
static void begin_start(struct tenancies *tenancies)
{
	struct tenancy_entry *entry = tenancy_open(tenancies->store.listed);

	tenancy_start_begin(&tenancies->start, &tenancies->clock,
			    tenancies->phase == PHASE_STARTING);
	tenancies->phase = PHASE_STARTING;
	for (; entry; entry = tenancy_open(entry->hh.next)) {
		if (entry->is_pending)
			continue;
		tenancy_doubt(entry, &tenancies->clock.before);
		entry->is_pending = true;
		entry->gap_ns = tenancies->clock.before.wall_ns;
	}
}

static void hear_start(struct tenancies *tenancies, const struct record *record)
{
	if (record->initial)
		tenancy_start_hear(&tenancies->start, record);
	else
		end_start(tenancies, record->wall_ns);
}

/* ---- records ---- */

static int take_failure(struct tenancies *tenancies, const struct record *record)
{
	const struct pod pod = tenancy_pod_of(record);

	if (tenancies->query.has_ip || !tenancy_is_of(&tenancies->query, &pod))
		return 0;
	return tenancy_failures_add(&tenancies->failures, record);
}

/* Since when it would have been told, had anything happened to the address. */
static int64_t first_known(const struct tenancies *tenancies, const struct record *record)
{
	if (tenancies->start.has_begun)
		return record->wall_ns;
	return tenancies->has_hole ? tenancies->hole_end.wall_ns : tenancies->clock.first.wall_ns;
}

static int take_address(struct tenancies *tenancies, const struct record *record)
{
	struct tenancies_log *log = &tenancies->log;
	struct tenancy_key key = { .netns = record->netns, .ifindex = record->ifindex };
	int err;

	if (!record->ip || ip_parse(record->ip, &key.ip))
		return 0;
	if (tenancies->query.has_ip && ip_compare(&key.ip, &tenancies->query.ip) != 0)
		return 0;
	log->matched++;
	err = record->type == RECORD_IP_ASSIGNED ? take_assigned(tenancies, &key, record)
						 : take_released(tenancies, &key, record);
	if (tenancies->query.has_ip && !log->is_known) {
		log->is_known = true;
		log->known_ns = first_known(tenancies, record);
	}
	return err;
}

static int take_record(struct tenancies *tenancies, const struct record *record)
{
	switch (record->type) {
	case RECORD_AGENT_GAP:
	case RECORD_AGENT_STARTED:
		begin_start(tenancies);
		return 0;
	case RECORD_AGENT_STOPPED:
		end_start(tenancies, record->wall_ns);
		tenancies->phase = PHASE_STOPPED;
		return 0;
	case RECORD_EVENTS_LOST:
		lose(tenancies, record->wall_ns, false);
		return 0;
	case RECORD_CNI_FAILED:
		return take_failure(tenancies, record);
	case RECORD_IP_ASSIGNED:
	case RECORD_IP_RELEASED:
		return take_address(tenancies, record);
	default:
		return 0;
	}
}

static bool is_fact(enum record_type type)
{
	return type >= RECORD_NETNS_CREATED && type <= RECORD_IP_RELEASED;
}

int tenancies_put(struct tenancies *tenancies, const struct record *record)
{
	const struct tenancy_moment moment = tenancy_moment_of(record);

	tenancies_pass(tenancies, &moment);
	if (tenancies->phase == PHASE_STARTING && is_fact(record->type))
		hear_start(tenancies, record);
	return take_record(tenancies, record);
}

bool tenancies_want_all(const struct tenancies *tenancies)
{
	return tenancies->phase == PHASE_STARTING;
}

/* A start that told nothing has perhaps not looked: what was before it is all that is known. */
void tenancies_end(struct tenancies *tenancies)
{
	struct tenancies_log *log = &tenancies->log;
	struct tenancy_moment last = tenancies->clock.last;
	struct tenancy_entry *entry;

	last.wall_ns = tenancies->clock.latest_ns;
	if (tenancies->start.has_told)
		end_start(tenancies, tenancies->query.now_ns);
	for (entry = tenancy_open(tenancies->store.listed); entry;
	     entry = tenancy_open(entry->hh.next))
		tenancy_leave_open(entry, &last);
	log->records = tenancies->clock.records;
	log->first = tenancies->clock.first;
	log->last = last;
	log->is_unwatched = log->records && tenancies->phase != PHASE_WATCHED;
	log->is_starting = tenancies->phase == PHASE_STARTING;
	log->unwatched_ns = tenancies->phase == PHASE_STARTING && tenancies->start.has_gap
				    ? tenancies->start.gap_ns
				    : last.wall_ns;
	if (!tenancies->query.has_ip) {
		tenancy_store_filter(&tenancies->store, false);
		log->matched = tenancies->store.count + tenancies->failures.count;
	}
	log->left_out = tenancies->store.left_out + tenancies->failures.left_out;
}

size_t tenancies_count(const struct tenancies *tenancies)
{
	return tenancies->store.count;
}

const struct tenancy *tenancies_at(const struct tenancies *tenancies, size_t index)
{
	return &tenancies->store.items[index]->tenancy;
}

const struct tenancy_failures *tenancies_failures(const struct tenancies *tenancies)
{
	return &tenancies->failures;
}

const struct tenancies_log *tenancies_log(const struct tenancies *tenancies)
{
	return &tenancies->log;
}

const struct tenancy_query *tenancies_query(const struct tenancies *tenancies)
{
	return &tenancies->query;
}

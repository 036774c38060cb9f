// SPDX-License-Identifier: Apache-2.0
#include "replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/capacity/account.h"
#include "core/capacity/supply.h"
#include "core/record/record_event.h"
#include "core/record/unlogged.h"
#include "foresight.h"
#include "retold.h"
#include "told_ranges.h"

enum { WORD_SIZE = 64, COOKIE_BITS = 12 };

/* What the core has to tell of a record. */
static const enum fact_kind facts[RECORD_TYPE_COUNT] = {
	[RECORD_NETNS_CREATED] = FACT_NETNS_CREATED, [RECORD_NETNS_FREED] = FACT_NETNS_FREED,
	[RECORD_LINK_CREATED] = FACT_LINK_CREATED,   [RECORD_LINK_MOVED] = FACT_LINK_MOVED,
	[RECORD_LINK_RENAMED] = FACT_LINK_RENAMED,   [RECORD_LINK_DELETED] = FACT_LINK_DELETED,
	[RECORD_IP_ASSIGNED] = FACT_IP_ASSIGNED,     [RECORD_IP_RELEASED] = FACT_IP_RELEASED,
};

struct replay {
	const char *wanted_node; /* NULL: the first one's */
	struct state *state;
	struct account *account;
	struct foresight *foresight;
	struct retold *retold;
	struct told_ranges ranges;
	struct {
		uint32_t inum;
		uint64_t cookie;
	} cookies[1 << COOKIE_BITS]; /* of namespaces, by inode: a move names that alone */
	uint32_t dated; /* inode of a namespace whose creation was told; 0 none */
	bool has_started; /* agent.started was in the log: what there is was told */
	bool is_initial; /* and is being told */
	bool is_forecasting; /* what is in use is observed */
	bool is_after_gap; /* agent.gap comes before agent.started, and is the new agent's */
	/* of the record at hand */
	const struct record *record;
	uint32_t told; /* facts */
	enum fact_kind fact;
	struct account_note note;
	int64_t offset_ns; /* what the monotonic clock lacks to the time since the epoch */
	/* of the agent */
	char backend[WORD_SIZE], version[WORD_SIZE], revision[WORD_SIZE];
	uint64_t written; /* records */
	uint64_t refused; /* events that a full table could not take */
	uint64_t seq;
	struct supply supply; /* of the last measure */
	struct replay_stats stats;
};

/* ---- facts ---- */

static void on_fact(const struct fact *fact, void *ctx)
{
	struct replay *replay = ctx;
	char pod[POD_FULL_NAME_SIZE];

	replay->told++;
	replay->fact = fact->kind;
	replay->note = (struct account_note){ .range = RANGE_NONE };
	if (fact->kind == FACT_IP_ASSIGNED) {
		if (account_assigned(replay->account, fact, &replay->note))
			return;
	} else if (fact->kind == FACT_IP_RELEASED) {
		account_released(replay->account, fact, record_pod(replay->record, pod),
				 &replay->note);
	} else {
		return;
	}
	foresight_changed(replay->foresight, replay->note.range,
			  (int64_t)fact->time_ns + replay->offset_ns);
}

/* 0 is how a note says that it is not known. */
static bool says(uint64_t number, uint64_t noted)
{
	return noted ? number == noted : number == RECORD_ABSENT;
}

static bool is_as_told(const struct replay *replay, const struct record *record)
{
	const struct account_note *note = &replay->note;

	if (replay->told != 1 || replay->fact != facts[record->type])
		return false;
	if (!record->ip || record->used == RECORD_ABSENT)
		return true;
	return note->usage && note->usage->used == record->used &&
	       says(record->reuse_ns, note->reuse_ns) && says(record->latency_ns, note->latency_ns);
}

/* Of what was there before a log's begin nothing is known. */
static void compare(struct replay *replay, const struct record *record)
{
	if (replay->has_started && !is_as_told(replay, record) && !replay->stats.differing++)
		replay->stats.first_differing = record->seq;
}

/* ---- events ---- */

static void apply(struct replay *replay, const struct event *event)
{
	if (state_apply(replay->state, event))
		replay->refused++;
}

static uint32_t slot_of(uint32_t inum)
{
	return (inum * 2654435761U) >> (32 - COOKIE_BITS);
}

static struct netns *find_inode(struct replay *replay, uint32_t inum)
{
	const struct inventory *inventory = state_inventory_const(replay->state);
	uint32_t slot = slot_of(inum);
	struct netns *netns = NULL;

	if (replay->cookies[slot].inum == inum)
		netns = inventory_find_netns(inventory, replay->cookies[slot].cookie, inum);
	if (netns)
		return netns;
	netns = inventory->netns;
	while (netns && netns->key.inum != inum)
		netns = netns->hh.next;
	return netns;
}

/* The log tells of an arrival alone. A device keeps its index where that is free, or else its name.
 */
static void leave(struct replay *replay, const struct event *arrival)
{
	struct netns *from = find_inode(replay, arrival->from_inum);
	struct event event = { .kind = EVENT_LINK_LEAVE, .time_ns = arrival->time_ns };
	const struct link *link = NULL;

	if (!from)
		return;
	for (const struct link *at = from->links; at && !link; at = at->next)
		if (!strncmp(at->name, arrival->ifname, sizeof(arrival->ifname)))
			link = at;
	if (!link)
		link = inventory_find_link(state_inventory_const(replay->state), from,
					   arrival->ifindex);
	if (!link)
		return;
	event.netns_cookie = from->key.cookie;
	event.netns_inum = from->key.inum;
	event.ifindex = link->key.ifindex;
	apply(replay, &event);
}

/* The node's own namespace has links and no netns.created. */
static void find_host(struct replay *replay, const struct event *event)
{
	if (!replay->has_started || state_host(replay->state) ||
	    inventory_find_netns(state_inventory_const(replay->state), event->netns_cookie,
				 event->netns_inum))
		return;
	state_set_host(replay->state, event->netns_inum, false);
}

/* When the namespace was created only the latency of its addresses tells; it is told once. */
static void date(struct replay *replay, const struct record *record, const struct event *assigned)
{
	struct event creation;

	if (record->latency_ns >= assigned->time_ns || assigned->netns_inum == replay->dated)
		return;
	replay->dated = assigned->netns_inum;
	creation = record_creation(record, assigned);
	apply(replay, &creation);
}

static int take_event(struct replay *replay, const struct record *record)
{
	struct event event;
	int err = record_event(record, &event);

	if (err)
		return err;
	if (event.kind == EVENT_LINK_ADD)
		find_host(replay, &event);
	if (event.from_inum)
		leave(replay, &event);
	if (event.kind == EVENT_NETNS_ADD) {
		replay->dated = 0;
		replay->cookies[slot_of(event.netns_inum)].inum = event.netns_inum;
		replay->cookies[slot_of(event.netns_inum)].cookie = event.netns_cookie;
	}
	if (event.kind == EVENT_ADDR_ADD)
		date(replay, record, &event);
	replay->told = 0;
	apply(replay, &event);
	compare(replay, record);
	return 0;
}

/* All that an agent learned of at once. Before it has any it may still be asking: forecasts keep
 * what they are made of until then. */
static void settle_ranges(struct replay *replay)
{
	struct range_table *table;

	if (!told_ranges_are_new(&replay->ranges))
		return;
	if (told_ranges_settle(&replay->ranges, &table) ||
	    account_set_ranges(replay->account, table))
		replay->refused++;
	else if (replay->ranges.count || replay->is_forecasting)
		foresight_ranges(replay->foresight);
}

/* What was there before the agent comes first, and is no change. */
static void begin_forecasts(struct replay *replay, int64_t wall_ns)
{
	if (replay->is_forecasting || replay->is_initial || !replay->ranges.count)
		return;
	replay->is_forecasting = true;
	foresight_start(replay->foresight, wall_ns);
}

/* ---- the agent's life ---- */

static int restart(struct replay *replay, const struct record *record)
{
	const char *message = record->message ? record->message : "";
	cleanup_state struct state *state = NULL;
	cleanup_account struct account *account = NULL;
	cleanup_retold struct retold *retold = NULL;
	int err = state_new(inventory_limits, on_fact, replay, &state);

	if (!err)
		err = account_new(&account);
	if (!err)
		err = retold_new(&retold);
	if (err)
		return err;
	foresight_restart(replay->foresight, account, replay->stats.last_ns);
	state_free(replay->state);
	account_free(replay->account);
	retold_free(replay->retold);
	replay->state = take_ptr(state);
	replay->account = take_ptr(account);
	replay->retold = take_ptr(retold);
	told_ranges_reset(&replay->ranges);
	replay->refused = 0;
	replay->dated = 0;
	replay->is_forecasting = false;
	replay->written = replay->is_after_gap;
	replay->has_started = replay->is_initial = true;
	text_copy(replay->backend, sizeof(replay->backend), record->backend ? record->backend : "");
	replay->version[0] = replay->revision[0] = '\0';
	sscanf(message, "%63s %63s", replay->version, replay->revision);
	replay->stats.starts++;
	return 0;
}

/* ---- what comes in ---- */

static int take_record(struct replay *replay, const struct record *record)
{
	if (told_ranges_has(record->type))
		return told_ranges_record(&replay->ranges, record);
	settle_ranges(replay);
	if (record->coalesced) {
		replay->stats.coalesced += record->count != RECORD_ABSENT ? record->count : 0;
		return 0;
	}
	replay->is_initial = replay->is_initial && record->initial;
	begin_forecasts(replay, record->wall_ns);
	if (record_is_event(record->type))
		return take_event(replay, record);
	return retold_record(replay->retold, record);
}

/* 0: it is of the node; 1: of another, which is left out. */
static int check_node(struct replay *replay, const struct record *record)
{
	const char *node = record->node ? record->node : "";

	if (!replay->stats.records) {
		const char *wanted = replay->wanted_node ? replay->wanted_node : node;

		text_copy(replay->stats.node, sizeof(replay->stats.node), wanted);
	}
	if (!strncmp(replay->stats.node, node, sizeof(replay->stats.node) - 1))
		return 0;
	return replay->wanted_node ? 1 : -EXDEV;
}

static void count(struct replay *replay, const struct record *record)
{
	struct replay_stats *stats = &replay->stats;

	if (!stats->records++)
		stats->first_ns = record->wall_ns;
	else if (record->seq > replay->seq + 1)
		stats->missing += record->seq - replay->seq - 1;
	stats->types[record->type]++;
	replay->seq = record->seq;
	replay->written++;
	if (record->mono_ns != RECORD_ABSENT)
		replay->offset_ns = record->wall_ns - (int64_t)record->mono_ns;
}

int replay_record(struct replay *replay, const struct record *record)
{
	int err = check_node(replay, record);

	if (err)
		return err < 0 ? err : 0;
	if (record->type == RECORD_AGENT_STARTED)
		err = restart(replay, record);
	if (err)
		return err;
	count(replay, record);
	replay->record = record;
	if (record->type != RECORD_AGENT_STARTED && take_record(replay, record))
		replay->stats.incomplete++;
	replay->record = NULL;
	replay->is_after_gap = record->type == RECORD_AGENT_GAP;
	replay->stats.last_ns = record->wall_ns;
	return 0;
}

void replay_measure(struct replay *replay, int64_t wall_ns, struct metrics_input *out)
{
	struct metrics_input input = { .backend = replay->backend,
				       .version = replay->version,
				       .revision = replay->revision,
				       .left_out = unlogged_metrics,
				       .log.written = replay->written,
				       .supply = &replay->supply };
	int64_t mono_ns = wall_ns - replay->offset_ns;

	settle_ranges(replay);
	replay->is_initial = false;
	begin_forecasts(replay, replay->stats.last_ns);
	replay->supply.max_pods = told_ranges_max_pods(&replay->ranges);
	input.state = replay->state;
	input.account = replay->account;
	collect_add_loss(&input, "table_full", replay->refused);
	retold_measure(replay->retold, replay->account, mono_ns > 0 ? (uint64_t)mono_ns : 0,
		       &input);
	foresight_measure(replay->foresight, wall_ns, &input);
	*out = input;
}

const struct replay_stats *replay_stats(const struct replay *replay)
{
	return &replay->stats;
}

/* ---- life ---- */

int replay_new(const char *node, struct replay **out)
{
	cleanup_replay struct replay *replay = calloc(1, sizeof(*replay));
	int err;

	if (!replay)
		return -ENOMEM;
	replay->wanted_node = node;
	err = state_new(inventory_limits, on_fact, replay, &replay->state);
	if (!err)
		err = account_new(&replay->account);
	if (!err)
		err = retold_new(&replay->retold);
	if (!err)
		err = foresight_open(&(struct foresight_config){ .account = replay->account },
				     &replay->foresight);
	if (err)
		return err;
	*out = take_ptr(replay);
	return 0;
}

void replay_free(struct replay *replay)
{
	if (!replay)
		return;
	foresight_close(replay->foresight);
	retold_free(replay->retold);
	account_free(replay->account);
	state_free(replay->state);
	told_ranges_clear(&replay->ranges);
	free(replay);
}

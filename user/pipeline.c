// SPDX-License-Identifier: Apache-2.0
#include "pipeline.h"

#include "foresight.h"
#include "log.h"
#include "pods.h"

/* ---- facts ---- */

static void on_fact(const struct fact *fact, void *ctx)
{
	struct pipeline *pipeline = ctx;
	struct account_note note = { .range = RANGE_NONE };
	bool has_note = fact->address;
	char pod[POD_FULL_NAME_SIZE];
	struct identity identity;
	struct journal_setting setting = { .identity = &identity,
					   .is_initial = pipeline->phase == WATCH_INITIAL };

	pods_find(pipeline->pods, fact, &identity);
	if (fact->kind == FACT_IP_ASSIGNED)
		has_note = !account_assigned(pipeline->account, fact, &note);
	else if (fact->kind == FACT_IP_RELEASED)
		account_released(pipeline->account, fact, pod_full_name(&identity.pod, pod), &note);
	setting.note = has_note ? &note : NULL;
	setting.ranges = account_ranges(pipeline->account);
	if (has_note)
		foresight_changed(pipeline->foresight, note.range,
				  (int64_t)fact->time_ns + pipeline->journal->wall_offset_ns);
	journal_fact(pipeline->journal, fact, &setting);
	pods_told(pipeline->pods, fact);
	pipeline->corrected += pipeline->phase == WATCH_CORRECTION;
}

/* ---- what comes in ---- */

void pipeline_event(const struct event *event, enum watch_phase phase, void *ctx)
{
	struct pipeline *pipeline = ctx;

	pipeline->phase = phase;
	if (state_apply(pipeline->state, event))
		pipeline->refused++;
}

void pipeline_call(const struct probe_record *record, void *ctx)
{
	struct pipeline *pipeline = ctx;

	pods_record(pipeline->pods, record);
}

void pipeline_lost(const char *cause, uint64_t count, void *ctx)
{
	struct pipeline *pipeline = ctx;
	struct record record = record_init(RECORD_EVENTS_LOST);

	record.reason = cause;
	if (count)
		record.count = count;
	journal_put(pipeline->journal, &record);
}

void pipeline_end_turn(struct pipeline *pipeline)
{
	struct record record = record_init(RECORD_RECONCILE_CORRECTED);

	if (!pipeline->corrected)
		return;
	record.count = pipeline->corrected;
	journal_put(pipeline->journal, &record);
	pipeline->corrected = 0;
}

void pipeline_set_ranges(struct pipeline *pipeline, struct range_table *ranges)
{
	const struct range_table *before = account_ranges(pipeline->account);

	if (range_table_is_equal(before, ranges)) {
		range_table_free(ranges);
		return;
	}
	journal_ranges(pipeline->journal, before, ranges);
	if (account_set_ranges(pipeline->account, ranges))
		log_warn("no memory for other ranges, ignoring");
	else
		foresight_ranges(pipeline->foresight);
}

/* ---- life ---- */

int pipeline_init(struct pipeline *pipeline)
{
	int err;

	*pipeline = (struct pipeline){ 0 };
	err = state_new(inventory_limits, on_fact, pipeline, &pipeline->state);
	return err ? err : account_new(&pipeline->account);
}

void pipeline_clear(struct pipeline *pipeline)
{
	account_free(pipeline->account);
	state_free(pipeline->state);
}

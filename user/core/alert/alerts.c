// SPDX-License-Identifier: Apache-2.0
#include "core/alert/alerts.h"

#include <errno.h>
#include <string.h>

#include "core/alert/alert_judge.h"
#include "core/alert/alert_text.h"
#include "core/alert/alert_window.h"
#include "core/base/text.h"

/* One (alert, range). */
struct cell {
	enum alert_level level;
	bool is_clear; /* while firing: since clear_ns */
	uint64_t clear_ns;
	uint64_t since_ns;
	double value;
};

struct watch {
	char name[RANGE_NAME_SIZE];
	char cidr[PREFIX_TEXT_SIZE];
	struct cell cells[ALERT_OF_RANGE_COUNT];
	struct window_low leaked;
	uint64_t leaked_first_ns; /* when somebody first looked */
	bool is_seen; /* in the view at hand */
};

struct alerts {
	struct alert_rules rules;
	struct watch *watches;
	size_t count, room;
	struct cell cells[ALERT_KIND_COUNT - ALERT_OF_RANGE_COUNT]; /* of the node */
	struct window_sum failed[REASON_COUNT];
	struct window_sum lost;
	bool is_wanted; /* as of the last evaluation */
	uint64_t refused;
};

/* An evaluation under way. */
struct evaluation {
	struct alerts *alerts;
	struct watch *watch; /* of facts.range; NULL: of the node */
	struct alert_facts facts;
	uint64_t now_ns;
	alert_fn fn;
	void *ctx;
};

int alerts_new(const struct alert_rules *rules, struct alerts **out)
{
	struct alerts *alerts = calloc(1, sizeof(*alerts));

	if (!alerts)
		return -ENOMEM;
	alerts->rules = *rules;
	*out = alerts;
	return 0;
}

void alerts_free(struct alerts *alerts)
{
	if (!alerts)
		return;
	free(alerts->watches);
	free(alerts);
}

void alerts_set_rules(struct alerts *alerts, const struct alert_rules *rules)
{
	alerts->rules = *rules;
}

/* ---- what it remembers of the numbers ---- */

static double grow(struct watch *watch, double leaked, uint64_t now_ns)
{
	if (!(leaked >= 0)) {
		watch->leaked = (struct window_low){ 0 };
		return -1;
	}
	if (!watch->leaked.has_begun)
		watch->leaked_first_ns = now_ns;
	/* What is found at first was there before. */
	if (now_ns - watch->leaked_first_ns < ALERT_LEAK_SETTLE_NS)
		watch->leaked = (struct window_low){ 0 };
	window_low_see(&watch->leaked, ALERT_LEAK_WINDOW_NS, leaked, now_ns);
	return leaked - window_low_lowest(&watch->leaked);
}

static void remember(struct evaluation *at)
{
	struct alerts *alerts = at->alerts;
	const struct alerts_view *view = at->facts.view;

	for (enum reason i = 0; i < REASON_COUNT; i++) {
		window_sum_see(&alerts->failed[i], ALERT_FAILING_WINDOW_NS, view->failures[i],
			       at->now_ns);
		at->facts.failed[i] = window_sum_total(&alerts->failed[i]);
	}
	window_sum_see(&alerts->lost, ALERT_LOST_WINDOW_NS, view->events_lost, at->now_ns);
	at->facts.lost = window_sum_total(&alerts->lost);
	alerts->is_wanted = alert_is_wanted(&alerts->rules, &at->facts);
}

/* ---- states ---- */

static struct alert describe(const struct alerts *alerts, const struct watch *watch,
			     enum alert_kind kind)
{
	const struct cell *cell = watch ? &watch->cells[kind]
					: &alerts->cells[kind - ALERT_OF_RANGE_COUNT];

	return (struct alert){ .kind = kind,
			       .severity = alerts->rules.of[kind].severity,
			       .range = watch ? watch->name : "",
			       .cidr = watch ? watch->cidr : "",
			       .level = cell->level,
			       .value = cell->value,
			       .threshold = alerts->rules.of[kind].threshold,
			       .since_ns = cell->since_ns,
			       .message = "" };
}

static void tell(const struct evaluation *at, enum alert_kind kind, const char *message)
{
	struct alert alert = describe(at->alerts, at->watch, kind);

	alert.message = message;
	at->fn(&alert, at->ctx);
}

/* Has a firing one been clear for long enough? */
static bool is_over(struct cell *cell, const struct alert_rule *rule, bool is_clear,
		    uint64_t now_ns)
{
	if (is_clear && !cell->is_clear)
		cell->clear_ns = now_ns;
	cell->is_clear = is_clear;
	return is_clear && now_ns - cell->clear_ns >= rule->keep_ns;
}

/* The level that it has from now on. */
static enum alert_level step(struct cell *cell, const struct alert_rule *rule,
			     const struct alert_verdict *verdict, uint64_t now_ns)
{
	if (!rule->is_enabled)
		return ALERT_OK;
	if (cell->level == ALERT_FIRING)
		return is_over(cell, rule, verdict->is_clear, now_ns) ? ALERT_OK : ALERT_FIRING;
	if (!verdict->is_raised)
		return ALERT_OK;
	if (cell->level == ALERT_OK)
		cell->since_ns = now_ns;
	return now_ns - cell->since_ns >= rule->for_ns ? ALERT_FIRING : ALERT_PENDING;
}

static void judge(struct evaluation *at, enum alert_kind kind, struct cell *cell)
{
	const struct alert_rules *rules = &at->alerts->rules;
	struct alert_verdict verdict = alert_judge(rules, kind, &at->facts);
	bool was_firing = cell->level == ALERT_FIRING;
	char message[ALERT_MESSAGE_SIZE];

	cell->value = verdict.value;
	cell->level = step(cell, &rules->of[kind], &verdict, at->now_ns);
	if (was_firing == (cell->level == ALERT_FIRING))
		return;

	cell->is_clear = false;
	at->facts.value = cell->value;
	alert_text_message(kind, &at->facts, message);
	tell(at, kind, message);
}

/* ---- ranges come and go ---- */

/* For as many as the view has, as far as the bound allows. */
static int make_room(struct alerts *alerts, size_t count)
{
	size_t room = count < ALERTS_RANGES_MAX ? count : ALERTS_RANGES_MAX;
	struct watch *larger;

	if (room <= alerts->room)
		return 0;
	larger = reallocarray(alerts->watches, room, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	alerts->watches = larger;
	alerts->room = room;
	return 0;
}

/* NULL: there is no place. */
static struct watch *add_watch(struct alerts *alerts, const struct alerts_range *range)
{
	struct watch *watch;

	if (alerts->count == alerts->room) {
		alerts->refused++;
		return NULL;
	}
	watch = &alerts->watches[alerts->count++];
	*watch = (struct watch){ .is_seen = true };
	text_copy(watch->name, sizeof(watch->name), range->name);
	text_copy(watch->cidr, sizeof(watch->cidr), range->cidr);
	return watch;
}

/* The names of a view mostly come in the order of the one before: the search begins at *cursor,
 * which is then behind what was found. */
static struct watch *find_watch(const struct alerts *alerts, const struct alerts_range *range,
				size_t *cursor)
{
	for (size_t i = 0; i < alerts->count; i++) {
		size_t index = (*cursor + i) % alerts->count;
		struct watch *watch = &alerts->watches[index];

		/* They were cut to fit. */
		if (!strncmp(watch->cidr, range->cidr, sizeof(watch->cidr) - 1) &&
		    !strncmp(watch->name, range->name, sizeof(watch->name) - 1)) {
			*cursor = index + 1;
			return watch;
		}
	}
	return NULL;
}

static void end_watch(struct evaluation *at, struct watch *watch)
{
	char message[ALERT_MESSAGE_SIZE];

	at->watch = watch;
	alert_text_gone(watch->name, watch->cidr, message);
	for (enum alert_kind i = 0; i < ALERT_OF_RANGE_COUNT; i++) {
		bool was_firing = watch->cells[i].level == ALERT_FIRING;

		watch->cells[i].level = ALERT_OK;
		if (was_firing)
			tell(at, i, message);
	}
}

/* Before others come: the places are theirs. */
static void end_unseen(struct evaluation *at)
{
	struct alerts *alerts = at->alerts;
	size_t kept = 0;

	for (size_t i = 0; i < alerts->count; i++) {
		struct watch *watch = &alerts->watches[i];

		if (watch->is_seen)
			alerts->watches[kept++] = *watch;
		else
			end_watch(at, watch);
	}
	alerts->count = kept;
}

static void mark_seen(struct alerts *alerts, const struct alerts_view *view)
{
	size_t cursor = 0;

	for (size_t i = 0; i < alerts->count; i++)
		alerts->watches[i].is_seen = false;
	for (size_t i = 0; i < view->range_count; i++) {
		struct watch *watch = find_watch(alerts, &view->ranges[i], &cursor);

		if (watch)
			watch->is_seen = true;
	}
}

/* ---- evaluation ---- */

static void judge_range(struct evaluation *at, const struct alerts_range *range,
			struct watch *watch)
{
	at->watch = watch;
	at->facts.range = range;
	at->facts.leak_growth = grow(watch, range->leaked, at->now_ns);
	for (enum alert_kind i = 0; i < ALERT_OF_RANGE_COUNT; i++)
		judge(at, i, &watch->cells[i]);
}

static void judge_ranges(struct evaluation *at)
{
	const struct alerts_view *view = at->facts.view;
	struct alerts *alerts = at->alerts;
	size_t cursor = 0;

	for (size_t i = 0; i < view->range_count; i++) {
		struct watch *watch = find_watch(alerts, &view->ranges[i], &cursor);

		if (!watch)
			watch = add_watch(alerts, &view->ranges[i]);
		if (watch)
			judge_range(at, &view->ranges[i], watch);
	}
}

int alerts_evaluate(struct alerts *alerts, const struct alerts_view *view, uint64_t now_ns,
		    alert_fn fn, void *ctx)
{
	struct evaluation at = {
		.alerts = alerts, .facts.view = view, .now_ns = now_ns, .fn = fn, .ctx = ctx
	};
	int err = make_room(alerts, view->range_count);

	remember(&at);
	mark_seen(alerts, view);
	end_unseen(&at);
	judge_ranges(&at);

	at.watch = NULL;
	at.facts.range = NULL;
	for (enum alert_kind i = ALERT_OF_RANGE_COUNT; i < ALERT_KIND_COUNT; i++)
		judge(&at, i, &alerts->cells[i - ALERT_OF_RANGE_COUNT]);
	return err;
}

int alerts_put(struct alerts *alerts, const struct alert *alert)
{
	const struct alerts_range range = { .name = alert->range, .cidr = alert->cidr };
	struct cell cell = { .level = alert->level, .since_ns = alert->since_ns };
	struct watch *watch;
	size_t cursor = 0;

	if (alert->kind >= ALERT_OF_RANGE_COUNT) {
		alerts->cells[alert->kind - ALERT_OF_RANGE_COUNT] = cell;
		return 0;
	}
	watch = find_watch(alerts, &range, &cursor);
	if (!watch && make_room(alerts, alerts->count + 1))
		return -ENOMEM;
	if (!watch)
		watch = add_watch(alerts, &range);
	if (!watch)
		return -ENOSPC;
	watch->cells[alert->kind] = cell;
	return 0;
}

/* ---- looking ---- */

void alerts_each(const struct alerts *alerts, alert_fn fn, void *ctx)
{
	for (enum alert_kind kind = 0; kind < ALERT_KIND_COUNT; kind++) {
		size_t count = kind < ALERT_OF_RANGE_COUNT ? alerts->count : 1;

		for (size_t i = 0; alerts->rules.of[kind].is_enabled && i < count; i++) {
			struct alert alert = describe(
				alerts, kind < ALERT_OF_RANGE_COUNT ? &alerts->watches[i] : NULL,
				kind);

			fn(&alert, ctx);
		}
	}
}

enum alert_level alerts_level(const struct alerts *alerts, enum alert_kind kind, const char *range)
{
	enum alert_level highest = ALERT_OK;

	if (kind >= ALERT_OF_RANGE_COUNT)
		return alerts->cells[kind - ALERT_OF_RANGE_COUNT].level;
	for (size_t i = 0; i < alerts->count; i++) {
		const struct watch *watch = &alerts->watches[i];

		if (watch->cells[kind].level > highest && !strcmp(watch->name, range))
			highest = watch->cells[kind].level;
	}
	return highest;
}

bool alerts_is_wanted(const struct alerts *alerts)
{
	return alerts->is_wanted;
}

size_t alerts_watched(const struct alerts *alerts)
{
	return alerts->count;
}

uint64_t alerts_refused(const struct alerts *alerts)
{
	return alerts->refused;
}

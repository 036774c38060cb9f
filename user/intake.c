// SPDX-License-Identifier: Apache-2.0
/*
 * With fentry and kprobe the ring has everything, in kernel order. With the
 * tracepoint backend rtnetlink and walks tell the same things, each at its time:
 * core/state/merge.c makes one order of the two, and state_apply() is idempotent.
 */
#include "intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "core/state/merge.h"
#include "log.h"
#include "loop.h"
#include "source/base/proc.h"
#include "source/kernel/netlink.h"
#include "source/kernel/probe.h"
#include "source/kernel/walker.h"

bool intake_is_walking(const struct intake *intake)
{
	return intake->config.backend == BACKEND_TRACEPOINT;
}

static void pass(struct intake *intake, const struct event *event)
{
	if (event->kind == EVENT_NETNS_DEL)
		hints_gone(&intake->hints, event->netns_cookie);
	intake->config.on_event(event, intake->phase, intake->config.ctx);
}

static void report_lost(struct intake *intake, const char *cause, uint64_t count)
{
	intake->config.on_lost(cause, count, intake->config.ctx);
}

/* ---- walks ---- */

int intake_compare(struct intake *intake, bool is_creation_known, struct diff *diff)
{
	uint64_t start_ns = loop_now_ns();
	int err = feed_diff(&intake->feed, intake->config.state, is_creation_known, start_ns, diff);

	intake->walked_at_ns = loop_now_ns();
	intake->walk_took_ns = intake->walked_at_ns - start_ns;
	return err;
}

void intake_apply(struct intake *intake, struct diff *diff, enum watch_phase phase)
{
	intake->phase = phase;
	for (size_t i = 0; i < diff->count; i++)
		pass(intake, &diff->events[i]);
	intake->phase = WATCH_LIVE;
	diff_reset(diff);
}

static void pass_or_defer(struct intake *intake, const struct event *event)
{
	if (event->kind != EVENT_NETNS_DEL || diff_push(&intake->ends, event))
		pass(intake, event);
}

/* Whom no message tells of can be told of to the end at once. */
static void pass_hint(const struct event *event, void *ctx)
{
	pass(ctx, event);
}

static void replay_held(struct intake *intake)
{
	for (size_t i = 0; i < intake->held.count; i++)
		if (!hints_is_gone(&intake->hints, intake->held.events[i].netns_cookie))
			pass(intake, &intake->held.events[i]);
	diff_reset(&intake->held);
}

/* A namespace that the walk found gone has sent its last message before: take in all there is by
 * now, and tell in order of time what came and went, what the walk saw, what the messages say, and
 * at last who is gone. After that anything more about them is stale. */
int intake_walk(struct intake *intake, struct diff *diff)
{
	int err = intake_compare(intake, true, diff);

	if (err)
		return err;
	intake->is_holding = true;
	if (intake_ring(intake) < 0 || intake_messages(intake) < 0)
		err = -EIO;
	intake->is_holding = false;
	if (err)
		return err;

	intake->hints.walked_ns = intake->walked_at_ns - intake->walk_took_ns;
	if (merge_walk(diff, &intake->held))
		report_lost(intake, "memory", 1);
	hints_resolve(&intake->hints, state_inventory_const(intake->config.state), diff, pass_hint,
		      intake);
	for (size_t i = 0; i < diff->count; i++) {
		hints_precede(&intake->hints, &diff->events[i], pass_hint, intake);
		pass_or_defer(intake, &diff->events[i]);
	}
	diff_reset(diff);
	replay_held(intake);
	for (size_t i = 0; i < intake->ends.count; i++)
		pass(intake, &intake->ends.events[i]);
	diff_reset(&intake->ends);
	return 0;
}

/* ---- what comes in ---- */

/* Every record has a number of its CPU's, so that a gap shows what the ring had no room for. */
static void note_seq(struct intake *intake, uint16_t cpu, uint32_t seq)
{
	uint32_t *last = cpu < intake->cpu_count ? &intake->last_seq[cpu] : NULL;

	if (last && seq > *last + 1) {
		intake->lost += seq - *last - 1;
		report_lost(intake, "ring_full", seq - *last - 1);
	}
	if (last && seq > *last)
		*last = seq;
}

static void on_hook_record(const struct probe_record *record, void *ctx)
{
	struct intake *intake = ctx;

	if (record->exec)
		note_seq(intake, record->exec->cpu, record->exec->seq);
	else if (record->output)
		note_seq(intake, record->output->cpu, record->output->seq);
	else if (record->exit)
		note_seq(intake, record->exit->cpu, record->exit->seq);
	else
		note_seq(intake, record->event->cpu, record->event->seq);

	if (!record->event)
		intake->config.on_call(record, intake->config.ctx);
	else if (intake_is_walking(intake))
		hints_add(&intake->hints, record->event);
	else
		pass(intake, record->event);
}

/* Messages do not say what a link is called or which kind it has: a walk does. Never walk between
 * two messages: what it saw would be ahead of those that still wait, by more than one. */
static void on_netlink_event(const struct event *event, void *ctx)
{
	struct intake *intake = ctx;
	const struct inventory *inventory = state_inventory_const(intake->config.state);
	const struct netns *netns =
		inventory_find_netns(inventory, event->netns_cookie, event->netns_inum);

	if (hints_is_gone(&intake->hints, event->netns_cookie))
		return;
	hints_heard(&intake->hints, event->netns_cookie);
	if (!intake->is_holding && netns && inventory_find_link(inventory, netns, event->ifindex))
		pass(intake, event);
	else if (diff_push(&intake->held, event))
		report_lost(intake, "memory", 1);
}

static int find_nsid(int nsid, uint64_t *out_cookie, uint32_t *out_inum, void *ctx)
{
	struct intake *intake = ctx;

	return walker_find_nsid(intake->feed.walker, nsid, out_cookie, out_inum);
}

int intake_messages(struct intake *intake)
{
	struct netlink_stats stats;
	int count;

	if (!intake->netlink)
		return 0;
	count = netlink_drain(intake->netlink, INTAKE_BATCH, loop_now_ns());
	stats = netlink_stats(intake->netlink);
	if (stats.overflows != intake->netlink_overflows) {
		intake->netlink_overflows = stats.overflows;
		report_lost(intake, "netlink_overflow", 0);
	}
	return count;
}

int intake_ring(struct intake *intake)
{
	return probe_drain(intake->probe);
}

/* Losses that no later event of the same CPU has shown by its number. */
void intake_losses(struct intake *intake)
{
	struct probe_stats stats = probe_stats(intake->probe);
	uint64_t lost = 0;

	for (size_t i = 0; i < LOSS_COUNT; i++)
		lost += stats.lost[i];
	if (lost <= intake->lost)
		return;
	report_lost(intake, "ring_full", lost - intake->lost);
	intake->lost = lost;
}

bool intake_waits(const struct intake *intake)
{
	return intake->held.count || intake->hints.seen.count;
}

/* ---- life ---- */

static void open_netlink(struct intake *intake)
{
	cleanup_close int netns =
		proc_open_host_netns(intake->config.proc_dir, intake->feed.host_inum);
	const struct netlink_config config = { .host_netns = netns,
					       .find_nsid = find_nsid,
					       .on_event = on_netlink_event,
					       .ctx = intake };
	int err = netns < 0 ? netns : netlink_open(&config, &intake->netlink);

	if (err)
		log_warn(
			"no rtnetlink of all namespaces: %s, ignoring: addresses that live under a "
			"millisecond can be missed",
			strerror(-err));
}

static int open_sources(struct intake *intake)
{
	int err = feed_open(&intake->feed, intake->config.kernel, intake->config.backend,
			    intake->config.proc_dir, intake->config.state);

	if (err)
		return err;
	if (intake_is_walking(intake))
		open_netlink(intake);
	return probe_open(intake->feed.object, on_hook_record, intake, &intake->probe);
}

int intake_open(struct intake *intake, const struct intake_config *config)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	*intake = (struct intake){ .config = *config, .cpu_count = cpus > 0 ? (int)cpus : 1 };
	intake->last_seq = calloc((size_t)intake->cpu_count, sizeof(*intake->last_seq));
	return intake->last_seq ? open_sources(intake) : -ENOMEM;
}

void intake_close(struct intake *intake)
{
	probe_close(intake->probe);
	netlink_close(intake->netlink);
	feed_close(&intake->feed);
	hints_clear(&intake->hints);
	diff_clear(&intake->held);
	diff_clear(&intake->ends);
	free(intake->last_seq);
}

void intake_measure(const struct intake *intake, struct metrics_input *out)
{
	static const char *const programs[PROGRAM_COUNT] = {
		[EVENT_NETNS_ADD] = "netns_created", [EVENT_NETNS_DEL] = "netns_freed",
		[EVENT_LINK_ADD] = "link_listed",    [EVENT_LINK_DEL] = "link_unlisted",
		[EVENT_LINK_LEAVE] = "link_leaving", [EVENT_LINK_NAME] = "link_renamed",
		[EVENT_ADDR_ADD] = "address_added",  [EVENT_ADDR_DEL] = "address_removed",
		[PROGRAM_TRIGGER] = "trigger",	     [PROGRAM_EXEC] = "exec",
		[PROGRAM_CALL] = "cni_call",
	};
	static const char *const losses[] = { [LOSS_NETNS] = "ring_full_netns",
					      [LOSS_LINK] = "ring_full_link",
					      [LOSS_ADDR] = "ring_full_address",
					      [LOSS_CALL] = "ring_full_call" };
	struct probe_stats probe = probe_stats(intake->probe);
	struct walker_stats walker = walker_stats(intake->feed.walker);

	for (size_t i = 0; i < LOSS_COUNT; i++)
		collect_add_loss(out, losses[i], probe.lost[i]);
	collect_add_loss(out, "malformed", probe.malformed);
	collect_add_loss(out, "environment_unsearched", probe.unsearched);
	collect_add_loss(out, "plugin_untracked", probe.untracked);
	collect_add_loss(out, "netlink_overflow", intake->netlink_overflows);
	collect_add_loss(out, "walk_incomplete", walker.incomplete);
	for (size_t i = 0; i < PROGRAM_COUNT; i++)
		if (programs[i])
			collect_add_program(out, programs[i], probe.programs[i].runs,
					    probe.programs[i].time_ns);
	collect_add_program(out, "walk", walker.runs, walker.time_ns);
}

// SPDX-License-Identifier: Apache-2.0
/*
 * Rhythm. The kernel wakes us once per arming (bpf/events.h). From then on we look
 * every millisecond for as long as there is something, and arm again when a look
 * found nothing: no wake-up per event under load, none at all when idle.
 *
 * With fentry and kprobe a look drains the ring. With the tracepoint backend it
 * drains rtnetlink and walks; a message and a walk may tell the same thing, in
 * either order, and state_apply() is idempotent: for each address the messages
 * alternate, so a walk that is ahead of them only says the first of them early.
 * Triggers fire shortly before their change is visible, hence one more walk when
 * it is quiet.
 *
 * A reconcile with live hooks compares twice: a change on its way through the ring
 * differs once, one that was missed differs again.
 */
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/hints.h"
#include "core/reconcile.h"
#include "feed.h"
#include "log.h"
#include "loop.h"
#include "source/netlink.h"
#include "source/probe.h"
#include "source/proc.h"
#include "source/walker.h"

#define MS 1000000ULL

static const uint64_t look_ns = 1 * MS; /* between two looks while there is something */
static const uint64_t settle_ns = 3 * MS; /* after the last trigger, for the last walk */
static const uint64_t poll_ns = 100 * MS; /* between walks where nothing triggers them */
static const uint64_t confirm_ns = 50 * MS; /* between the two walks of a reconcile */
static const uint64_t walk_share = 4; /* a walk may take a fifth of the time at most */
static const unsigned int netlink_batch = 4096; /* datagrams in one look */

static const size_t diff_kept = 1024; /* events: memory beyond is given back */

struct watch {
	struct watch_config config;
	struct feed feed;
	struct netlink *netlink; /* tracepoint backend only, and where it is allowed */
	struct probe *probe;
	int look_timer, reconcile_timer;
	enum watch_phase phase;
	struct reconcile reconcile;
	struct hints hints; /* tracepoint backend */
	struct diff held; /* rtnetlink events of links that only the next walk can name */
	bool has_settled; /* walked since the last trigger, and once more */
	uint64_t triggers_seen;
	uint64_t walked_at_ns, walk_took_ns;
	uint64_t netlink_overflows;
	uint32_t *last_seq; /* per CPU */
	int cpu_count;
	uint64_t gaps; /* events whose sequence number was skipped */
	double reconcile_at_s, reconcile_took_s;
};

static bool is_walking(const struct watch *watch)
{
	return watch->config.backend == BACKEND_TRACEPOINT;
}

static void pass(struct watch *watch, const struct event *event)
{
	if (event->kind == EVENT_NETNS_DEL)
		hints_gone(&watch->hints, event->netns_cookie);
	watch->config.on_event(event, watch->phase, watch->config.ctx);
}

static void report_lost(struct watch *watch, const char *cause, uint64_t count)
{
	watch->config.on_lost(cause, count, watch->config.ctx);
	reconcile_reset(&watch->reconcile);
	loop_timer_set(watch->reconcile_timer, look_ns);
}

/* ---- walks ---- */

static int take_diff(struct watch *watch, bool is_creation_known)
{
	uint64_t start_ns = loop_now_ns();
	int err = feed_diff(&watch->feed, watch->config.state, is_creation_known, start_ns,
			    &watch->reconcile.diff);

	watch->walked_at_ns = loop_now_ns();
	watch->walk_took_ns = watch->walked_at_ns - start_ns;
	return err;
}

static void apply_diff(struct watch *watch, enum watch_phase phase)
{
	watch->phase = phase;
	for (size_t i = 0; i < watch->reconcile.diff.count; i++)
		pass(watch, &watch->reconcile.diff.events[i]);
	watch->phase = WATCH_LIVE;
	if (watch->reconcile.diff.capacity > diff_kept)
		diff_clear(&watch->reconcile.diff);
}

static void pass_hint(const struct event *event, void *ctx)
{
	pass(ctx, event);
}

/* What came and went comes first, then what the walk saw, then what waited for it. */
static int walk_live(struct watch *watch)
{
	int err = take_diff(watch, true);

	if (err)
		return err;
	hints_resolve(&watch->hints, state_inventory_const(watch->config.state),
		      &watch->reconcile.diff, pass_hint, watch);
	apply_diff(watch, WATCH_LIVE);
	for (size_t i = 0; i < watch->held.count; i++)
		pass(watch, &watch->held.events[i]);
	watch->held.count = 0;
	return 0;
}

/* ---- what comes in ---- */

static void on_hook_event(const struct event *event, void *ctx)
{
	struct watch *watch = ctx;
	uint32_t *last = event->cpu < watch->cpu_count ? &watch->last_seq[event->cpu] : NULL;

	if (last && event->seq > *last + 1) {
		watch->gaps += event->seq - *last - 1;
		report_lost(watch, "ring_full", event->seq - *last - 1);
	}
	if (last && event->seq > *last)
		*last = event->seq;
	if (is_walking(watch))
		hints_add(&watch->hints, event);
	else
		pass(watch, event);
}

/* Messages do not say what a link is called or which kind it has: a walk does. Never walk between
 * two messages: what it saw would be ahead of those that still wait, by more than one. */
static void on_netlink_event(const struct event *event, void *ctx)
{
	struct watch *watch = ctx;
	const struct inventory *inventory = state_inventory_const(watch->config.state);
	const struct netns *netns =
		inventory_find_netns(inventory, event->netns_cookie, event->netns_inum);

	hints_void(&watch->hints, event);
	if (netns && inventory_find_link(inventory, netns, event->ifindex))
		pass(watch, event);
	else if (diff_push(&watch->held, event))
		report_lost(watch, "memory", 1);
}

static int find_nsid(int nsid, uint64_t *out_cookie, uint32_t *out_inum, void *ctx)
{
	struct watch *watch = ctx;

	return walker_find_nsid(watch->feed.walker, nsid, out_cookie, out_inum);
}

static int drain_netlink(struct watch *watch)
{
	struct netlink_stats stats;
	int count;

	if (!watch->netlink)
		return 0;
	count = netlink_drain(watch->netlink, netlink_batch, loop_now_ns());
	stats = netlink_stats(watch->netlink);
	if (stats.overflows != watch->netlink_overflows) {
		watch->netlink_overflows = stats.overflows;
		report_lost(watch, "netlink_overflow", 0);
	}
	return count;
}

/* ---- looks: how many things one found, or -errno ---- */

static int look_at_ring(struct watch *watch)
{
	return probe_drain(watch->probe);
}

static int look_by_walking(struct watch *watch)
{
	uint64_t triggers = probe_triggers(watch->probe);
	int count, err;

	if (probe_drain(watch->probe) < 0)
		return -EIO;
	count = drain_netlink(watch);
	if (count < 0)
		return count;
	if (count == (int)netlink_batch)
		return count; /* more waits: a walk now would be ahead of it */
	if (triggers == watch->triggers_seen && !count &&
	    (watch->has_settled || loop_now_ns() - watch->walked_at_ns < settle_ns))
		return 0;

	watch->has_settled = triggers == watch->triggers_seen && !count;
	watch->triggers_seen = triggers;
	err = walk_live(watch);
	return err ? err : 1;
}

static int look(struct watch *watch)
{
	return is_walking(watch) ? look_by_walking(watch) : look_at_ring(watch);
}

static uint64_t next_look_ns(const struct watch *watch)
{
	uint64_t rest_ns = watch->walk_took_ns * walk_share;

	return is_walking(watch) && rest_ns > look_ns ? rest_ns : look_ns;
}

/* Look; while there is something, again soon; when there is nothing, arm and look for the last
 * time. */
static int look_on(struct watch *watch)
{
	int found = look(watch);
	bool is_waiting = is_walking(watch) && !watch->has_settled;

	if (found < 0)
		return found;
	if (!found && !is_waiting) {
		probe_arm(watch->probe);
		found = look(watch);
		if (found < 0)
			return found;
		if (!found)
			return 0;
	}
	return loop_timer_set(watch->look_timer, next_look_ns(watch));
}

static int on_wake(void *ctx)
{
	return look_on(ctx);
}

static int on_look_timer(void *ctx)
{
	struct watch *watch = ctx;

	loop_timer_read(watch->look_timer);
	return look_on(watch);
}

/* Without triggers: every tenth of a second, and at once when rtnetlink has something. */
static int on_poll_timer(void *ctx)
{
	struct watch *watch = ctx;
	int err;

	loop_timer_read(watch->look_timer);
	if (drain_netlink(watch) < 0)
		return -EIO;
	err = walk_live(watch);
	return err ? err : loop_timer_set(watch->look_timer, poll_ns);
}

static int on_netlink(void *ctx)
{
	return drain_netlink(ctx) < 0 ? -EIO : 0;
}

/* ---- reconcile ---- */

static double wall_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* With the tracepoint backend a difference is a correction only where nothing announced it. */
static bool is_announced(const struct watch *watch)
{
	return !probe_has_triggers(watch->probe) ||
	       probe_triggers(watch->probe) != watch->triggers_seen || watch->held.count ||
	       watch->hints.seen.count;
}

static int compare(struct watch *watch)
{
	uint64_t start_ns = loop_now_ns();
	int result;

	if (is_walking(watch) && is_announced(watch))
		return walk_live(watch);
	result = take_diff(watch, is_walking(watch));
	watch->reconcile_took_s = (double)(loop_now_ns() - start_ns) / 1e9;
	if (!result)
		result = reconcile_judge(&watch->reconcile, true);
	if (result == RECONCILE_APPLY)
		apply_diff(watch, WATCH_CORRECTION);
	return result;
}

static int reconcile(struct watch *watch)
{
	int result = probe_drain(watch->probe);

	if (result >= 0)
		result = drain_netlink(watch);
	if (result == (int)netlink_batch)
		return loop_timer_set(watch->reconcile_timer, look_ns);
	if (result >= 0)
		result = compare(watch);
	if (result < 0)
		return result;
	watch->reconcile_at_s = wall_s();
	return loop_timer_set(watch->reconcile_timer, result == RECONCILE_CONFIRM
							      ? confirm_ns
							      : watch->config.reconcile_ns);
}

static int on_reconcile_timer(void *ctx)
{
	struct watch *watch = ctx;

	loop_timer_read(watch->reconcile_timer);
	return reconcile(watch);
}

/* ---- life ---- */

static void open_netlink(struct watch *watch)
{
	cleanup_close int netns =
		proc_open_host_netns(watch->config.proc_dir, watch->feed.host_inum);
	const struct netlink_config config = { .host_netns = netns,
					       .find_nsid = find_nsid,
					       .on_event = on_netlink_event,
					       .ctx = watch };
	int err = netns < 0 ? netns : netlink_open(&config, &watch->netlink);

	if (err)
		log_warn(
			"no rtnetlink of all namespaces: %s, ignoring: addresses that live under a "
			"millisecond can be missed",
			strerror(-err));
}

static int open_sources(struct watch *watch)
{
	int err = feed_open(&watch->feed, watch->config.kernel, watch->config.backend,
			    watch->config.proc_dir, watch->config.state);

	if (err)
		return err;
	if (is_walking(watch))
		open_netlink(watch);
	return probe_open(watch->feed.object, on_hook_event, watch, &watch->probe);
}

static int register_with(struct watch *watch, struct loop *loop)
{
	bool is_polling = is_walking(watch) && !probe_has_triggers(watch->probe);
	int err;

	watch->look_timer = loop_timer_open();
	watch->reconcile_timer = loop_timer_open();
	if (watch->look_timer < 0 || watch->reconcile_timer < 0)
		return -EMFILE;
	err = loop_add(loop, watch->look_timer, is_polling ? on_poll_timer : on_look_timer, watch);
	if (!err)
		err = loop_add(loop, watch->reconcile_timer, on_reconcile_timer, watch);
	if (!err && is_polling && watch->netlink)
		err = loop_add_edge(loop, netlink_fd(watch->netlink), on_netlink, watch);
	if (!err && !is_polling)
		err = loop_add_edge(loop, probe_fd(watch->probe), on_wake, watch);
	if (!err)
		err = loop_timer_set(watch->reconcile_timer, watch->config.reconcile_ns);
	return err ? err : loop_timer_set(watch->look_timer, look_ns);
}

int watch_open(const struct watch_config *config, struct loop *loop, struct watch **out)
{
	cleanup_watch struct watch *watch = calloc(1, sizeof(*watch));
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	int err;

	if (!watch)
		return -ENOMEM;
	watch->config = *config;
	watch->look_timer = -1;
	watch->reconcile_timer = -1;
	watch->cpu_count = cpus > 0 ? (int)cpus : 1;
	watch->last_seq = calloc((size_t)watch->cpu_count, sizeof(*watch->last_seq));
	if (!watch->last_seq)
		return -ENOMEM;

	err = open_sources(watch);
	if (!err)
		err = register_with(watch, loop);
	if (!err)
		err = take_diff(watch, false);
	if (err)
		return err;
	apply_diff(watch, WATCH_INITIAL);
	watch->reconcile_at_s = wall_s();
	*out = take_ptr(watch);
	return 0;
}

void watch_close(struct watch *watch)
{
	if (!watch)
		return;
	probe_close(watch->probe);
	netlink_close(watch->netlink);
	feed_close(&watch->feed);
	close_fd(watch->look_timer);
	close_fd(watch->reconcile_timer);
	reconcile_clear(&watch->reconcile);
	hints_clear(&watch->hints);
	diff_clear(&watch->held);
	free(watch->last_seq);
	free(watch);
}

enum backend watch_backend(const struct watch *watch)
{
	return watch->config.backend;
}

static void add_loss(struct metrics_input *out, const char *cause, uint64_t count)
{
	if (out->loss_count < METRICS_LOSS_MAX) {
		out->losses[out->loss_count].cause = cause;
		out->losses[out->loss_count++].count = count;
	}
}

static void add_program(struct metrics_input *out, const char *program, uint64_t runs,
			uint64_t time_ns)
{
	if (out->program_count < METRICS_PROGRAM_MAX) {
		out->programs[out->program_count].program = program;
		out->programs[out->program_count].runs = runs;
		out->programs[out->program_count++].time_ns = time_ns;
	}
}

void watch_measure(const struct watch *watch, struct metrics_input *out)
{
	static const char *const programs[PROGRAM_COUNT] = {
		[EVENT_NETNS_ADD] = "netns_created", [EVENT_NETNS_DEL] = "netns_freed",
		[EVENT_LINK_ADD] = "link_listed",    [EVENT_LINK_DEL] = "link_unlisted",
		[EVENT_LINK_LEAVE] = "link_leaving", [EVENT_LINK_NAME] = "link_renamed",
		[EVENT_ADDR_ADD] = "address_added",  [EVENT_ADDR_DEL] = "address_removed",
		[PROGRAM_TRIGGER] = "trigger",
	};
	static const char *const losses[] = { [LOSS_NETNS] = "ring_full_netns",
					      [LOSS_LINK] = "ring_full_link",
					      [LOSS_ADDR] = "ring_full_address" };
	struct probe_stats probe = probe_stats(watch->probe);
	struct walker_stats walker = walker_stats(watch->feed.walker);

	for (size_t i = 0; i < LOSS_COUNT; i++)
		add_loss(out, losses[i], probe.lost[i]);
	add_loss(out, "malformed", probe.malformed);
	add_loss(out, "netlink_overflow", watch->netlink_overflows);
	add_loss(out, "walk_incomplete", walker.incomplete);
	for (size_t i = 0; i < PROGRAM_COUNT; i++)
		if (programs[i])
			add_program(out, programs[i], probe.programs[i].runs,
				    probe.programs[i].time_ns);
	add_program(out, "walk", walker.runs, walker.time_ns);
	memcpy(out->corrections, watch->reconcile.corrections, sizeof(out->corrections));
	out->reconcile_at_s = watch->reconcile_at_s;
	out->reconcile_took_s = watch->reconcile_took_s;
}

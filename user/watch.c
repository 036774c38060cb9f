// SPDX-License-Identifier: Apache-2.0
/*
 * Rhythm. The kernel wakes us once per arming (bpf/events.h). From then on we look
 * every millisecond for as long as there is something, and arm again when a look
 * found nothing: no wake-up per event under load, none at all when idle.
 *
 * With fentry and kprobe a look takes what the ring has; it can wait, so looks that
 * go on finding something come less and less often. With the tracepoint
 * backend it takes what rtnetlink has, and walks. Triggers fire shortly before their
 * change is visible, hence one more walk when it is quiet. A hint may come long after
 * its trigger, and needs a walk, too.
 *
 * A reconcile compares twice: a change on its way to us differs once, one that was
 * missed differs again.
 */
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/state/reconcile.h"
#include "loop.h"
#include "source/kernel/netlink.h"
#include "source/kernel/probe.h"

#define MS 1000000ULL

static const uint64_t look_ns = 1 * MS; /* between two looks while there is something */
static const uint64_t look_max_ns = 32 * MS; /* the same, when there always is */
static const uint64_t settle_ns = 3 * MS; /* after the last trigger, for the last walk */
static const uint64_t poll_ns = 100 * MS; /* between walks where nothing triggers them */
static const uint64_t confirm_ns = 50 * MS; /* between two walks of a reconcile */
static const uint64_t again_ns = 1000 * MS; /* between the further ones */
/* A busy kernel takes seconds from unlisting a netns to netdev_exit(), which we hear; only where
 * events were lost it may be that we shall not. */
static const uint64_t patience_ns = 60000 * MS;
static const uint64_t patience_after_loss_ns = 3000 * MS;
static const uint64_t walk_share = 4; /* a walk may take a fifth of the time at most */

static const int drain_looks = 16; /* a flood that goes on must not keep us from stopping */

struct watch {
	struct watch_config config;
	struct intake intake;
	int look_timer, reconcile_timer;
	struct reconcile reconcile;
	bool has_lost; /* events, since the last reconcile that came to an end */
	uint64_t pace_ns; /* to the next look */
	bool has_settled; /* walked since the last trigger, and once more */
	uint64_t triggers_seen;
	double reconcile_at_s, reconcile_took_s;
};

static bool is_walking(const struct watch *watch)
{
	return intake_is_walking(&watch->intake);
}

/* What was lost is found soon, not at the next period. */
static void on_lost(const char *cause, uint64_t count, void *ctx)
{
	struct watch *watch = ctx;

	watch->config.intake.on_lost(cause, count, watch->config.intake.ctx);
	watch->has_lost = true;
	reconcile_reset(&watch->reconcile);
	loop_timer_set(watch->reconcile_timer, look_ns);
}

static void on_event(const struct event *event, enum watch_phase phase, void *ctx)
{
	struct watch *watch = ctx;

	watch->config.intake.on_event(event, phase, watch->config.intake.ctx);
}

static void on_call(const struct probe_record *record, void *ctx)
{
	struct watch *watch = ctx;

	watch->config.intake.on_call(record, watch->config.intake.ctx);
}

/* ---- looks: how many things one found, or -errno ---- */

static int look_at_ring(struct watch *watch)
{
	return intake_ring(&watch->intake);
}

static int look_by_walking(struct watch *watch)
{
	uint64_t triggers = probe_triggers(watch->intake.probe);
	bool is_quiet;
	int count, err;

	if (intake_ring(&watch->intake) < 0)
		return -EIO;
	count = intake_messages(&watch->intake);
	if (count < 0)
		return count;
	if (count == INTAKE_BATCH)
		return count; /* more waits: a walk now would be ahead of it */
	is_quiet = triggers == watch->triggers_seen && !count && !intake_waits(&watch->intake);
	if (is_quiet &&
	    (watch->has_settled || loop_now_ns() - watch->intake.walked_at_ns < settle_ns))
		return 0;

	watch->has_settled = is_quiet;
	watch->triggers_seen = triggers;
	err = intake_walk(&watch->intake, &watch->reconcile.diff);
	return err ? err : 1;
}

static int look(struct watch *watch)
{
	return is_walking(watch) ? look_by_walking(watch) : look_at_ring(watch);
}

static uint64_t next_look_ns(struct watch *watch, bool found)
{
	uint64_t rest_ns = watch->intake.walk_took_ns * walk_share;

	if (is_walking(watch))
		return rest_ns > look_ns ? rest_ns : look_ns;
	watch->pace_ns = found ? watch->pace_ns * 2 : look_ns;
	if (watch->pace_ns < look_ns)
		watch->pace_ns = look_ns;
	if (watch->pace_ns > look_max_ns)
		watch->pace_ns = look_max_ns;
	return watch->pace_ns;
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
		intake_losses(&watch->intake);
		probe_arm(watch->intake.probe);
		found = look(watch);
		if (found < 0)
			return found;
		if (!found && probe_is_armed(watch->intake.probe)) {
			watch->pace_ns = 0;
			return 0;
		}
	}
	return loop_timer_set(watch->look_timer, next_look_ns(watch, found > 0));
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
	if (intake_messages(&watch->intake) < 0)
		return -EIO;
	err = intake_walk(&watch->intake, &watch->reconcile.diff);
	return err ? err : loop_timer_set(watch->look_timer, poll_ns);
}

static int on_netlink(void *ctx)
{
	struct watch *watch = ctx;

	return intake_messages(&watch->intake) < 0 ? -EIO : 0;
}

/* ---- reconcile ---- */

static double wall_s(void)
{
	return (double)loop_wall_ns() / 1e9;
}

/* With the tracepoint backend a difference is a correction only where nothing announced it. */
static bool is_announced(const struct watch *watch)
{
	return !probe_has_triggers(watch->intake.probe) ||
	       probe_triggers(watch->intake.probe) != watch->triggers_seen ||
	       intake_waits(&watch->intake);
}

static uint64_t patience(const struct watch *watch)
{
	if (is_walking(watch))
		return 0;
	return watch->has_lost ? patience_after_loss_ns : patience_ns;
}

static int compare(struct watch *watch)
{
	uint64_t start_ns = loop_now_ns();
	int result;

	if (is_walking(watch) && is_announced(watch))
		return intake_walk(&watch->intake, &watch->reconcile.diff);
	result = intake_compare(&watch->intake, is_walking(watch), &watch->reconcile.diff);
	watch->reconcile_took_s = (double)(loop_now_ns() - start_ns) / 1e9;
	if (!result)
		result = reconcile_judge(&watch->reconcile, patience(watch));
	if (result >= 0)
		intake_apply(&watch->intake, &watch->reconcile.diff, WATCH_CORRECTION);
	return result;
}

static int reconcile(struct watch *watch)
{
	bool was_confirming = watch->reconcile.is_confirming;
	int result = intake_ring(&watch->intake);

	if (result >= 0)
		result = intake_messages(&watch->intake);
	if (result == INTAKE_BATCH)
		return loop_timer_set(watch->reconcile_timer, look_ns);
	if (result >= 0)
		result = compare(watch);
	if (result < 0)
		return result;
	watch->reconcile_at_s = wall_s();
	if (result == RECONCILE_CONFIRM)
		return loop_timer_set(watch->reconcile_timer,
				      was_confirming ? again_ns : confirm_ns);
	watch->has_lost = false;
	return loop_timer_set(watch->reconcile_timer, watch->config.reconcile_ns);
}

static int on_reconcile_timer(void *ctx)
{
	struct watch *watch = ctx;

	loop_timer_read(watch->reconcile_timer);
	return reconcile(watch);
}

/* ---- life ---- */

static int register_with(struct watch *watch, struct loop *loop)
{
	bool is_polling = is_walking(watch) && !probe_has_triggers(watch->intake.probe);
	int err;

	watch->look_timer = loop_timer_open();
	watch->reconcile_timer = loop_timer_open();
	if (watch->look_timer < 0 || watch->reconcile_timer < 0)
		return -EMFILE;
	err = loop_add(loop, watch->look_timer, is_polling ? on_poll_timer : on_look_timer, watch);
	if (!err)
		err = loop_add(loop, watch->reconcile_timer, on_reconcile_timer, watch);
	if (!err && is_polling && watch->intake.netlink)
		err = loop_add_edge(loop, netlink_fd(watch->intake.netlink), on_netlink, watch);
	if (!err && !is_polling)
		err = loop_add_edge(loop, probe_fd(watch->intake.probe), on_wake, watch);
	if (!err)
		err = loop_timer_set(watch->reconcile_timer, watch->config.reconcile_ns);
	return err ? err : loop_timer_set(watch->look_timer, look_ns);
}

int watch_open(const struct watch_config *config, struct loop *loop, struct watch **out)
{
	cleanup_watch struct watch *watch = calloc(1, sizeof(*watch));
	struct intake_config intake = config->intake;
	int err;

	if (!watch)
		return -ENOMEM;
	watch->config = *config;
	watch->look_timer = -1;
	watch->reconcile_timer = -1;
	intake.on_event = on_event;
	intake.on_call = on_call;
	intake.on_lost = on_lost;
	intake.ctx = watch;

	err = intake_open(&watch->intake, &intake);
	if (!err)
		err = register_with(watch, loop);
	if (!err)
		err = intake_compare(&watch->intake, false, &watch->reconcile.diff);
	if (err)
		return err;
	intake_apply(&watch->intake, &watch->reconcile.diff, WATCH_INITIAL);
	watch->reconcile_at_s = wall_s();
	*out = take_ptr(watch);
	return 0;
}

int watch_drain(struct watch *watch)
{
	int found = INTAKE_BATCH;

	watch->has_settled = false;
	for (int i = 0; i < drain_looks && found == INTAKE_BATCH; i++)
		found = look(watch);
	return found < 0 ? found : 0;
}

void watch_close(struct watch *watch)
{
	if (!watch)
		return;
	intake_close(&watch->intake);
	close_fd(watch->look_timer);
	close_fd(watch->reconcile_timer);
	reconcile_clear(&watch->reconcile);
	free(watch);
}

const struct object *watch_object(const struct watch *watch)
{
	return watch->intake.feed.object;
}

enum backend watch_backend(const struct watch *watch)
{
	return watch->config.intake.backend;
}

void watch_measure(const struct watch *watch, struct metrics_input *out)
{
	intake_measure(&watch->intake, out);
	memcpy(out->corrections, watch->reconcile.corrections, sizeof(out->corrections));
	out->reconcile_at_s = watch->reconcile_at_s;
	out->reconcile_took_s = watch->reconcile_took_s;
}

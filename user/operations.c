// SPDX-License-Identifier: Apache-2.0
/*
 *	record -> calls -> (begins) identity of its namespace, incident
 *	                -> (ends)   counts, incident, journal
 *
 * The kubelet tries a failing pod again every 11 to 16 s: all of it is counted, but
 * only what is news goes into the event log.
 */
#include "operations.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/pod/call_counts.h"
#include "core/pod/incidents.h"
#include "log.h"
#include "loop.h"
#include "source/base/nsfs.h"
#include "source/kernel/capture.h"
#include "source/kernel/probe.h"

struct operations {
	struct operations_config config;
	struct calls *calls;
	struct incidents *adding; /* pods that wait for their address */
	struct incidents *others; /* pods for which DEL or CHECK fails */
	struct call_counts counts;
	struct capture_hook *capture; /* NULL: runs of plugins are not heard */
	int quiet_timer; /* fires when no plugin has run for a while */
	bool has_complained; /* of a value that did not fit */
};

/* ---- a call begins ---- */

static uint32_t netns_of(const struct operations *operations, const struct call *call)
{
	uint32_t inum;

	if (!*call->netns || nsfs_inode(operations->config.host_root, call->netns, &inum))
		return 0;
	return inum;
}

/* Inodes are used again at once, and the end of the namespace that had this one may not have been
 * told yet: what is known of another sandbox is not of this one. */
static void forget_last(struct operations *operations, uint32_t netns, const struct call *call)
{
	const struct pod *last =
		identities_claimed(operations->config.identities, netns, IDENTITY_CNI_ARGS);

	if (!last)
		last = identities_claimed(operations->config.identities, netns, IDENTITY_CNI_CACHE);
	if (last && *last->container_id && strcmp(last->container_id, call->pod.container_id) != 0)
		identities_forget(operations->config.identities, netns);
}

static void complain(struct operations *operations, const struct call *call)
{
	if (!operations->has_complained)
		log_warn(
			"the environment of plugin '%s' for container '%s' has a value that does not "
			"fit, ignoring that value; further ones are counted only",
			call->plugin, call->pod.container_id);
	operations->has_complained = true;
}

static void begin(struct operations *operations, const struct call *call)
{
	uint32_t netns = netns_of(operations, call);

	if (netns && call->command == CALL_ADD)
		forget_last(operations, netns, call);
	if (netns &&
	    !identities_claim(operations->config.identities, netns, IDENTITY_CNI_ARGS, &call->pod))
		identities_set_start(operations->config.identities, netns, call->start_ns);
	if (call->is_cut)
		complain(operations, call);
	if (call->command != CALL_ADD)
		return;
	incidents_begin(operations->adding, call);
	if (netns)
		operations->config.on_sandbox(netns, call->start_ns, operations->config.ctx);
}

/* ---- a call ends ---- */

static const struct range *range_at(const struct operations *operations, int index)
{
	if (index == RANGE_NONE)
		return NULL;
	return range_table_at(account_ranges(operations->config.account), (size_t)index);
}

/* Plugins name the range, or an address of it. */
static const struct range *range_of(const struct operations *operations, const char *message)
{
	struct ip ip;

	if (!failure_address(message, &ip))
		return NULL;
	return range_at(operations,
			range_table_find(account_ranges(operations->config.account), &ip));
}

/* A range that this node's IPAM gives addresses out of, and has none left in. */
static const struct range *full_range(const struct operations *operations)
{
	const struct account *account = operations->config.account;
	const struct range_table *ranges = account_ranges(account);

	for (size_t i = 0; i < range_table_count(ranges); i++) {
		const struct range *range = range_table_at(ranges, i);

		if (range->scope == RANGE_SCOPE_NODE &&
		    (double)account_usage(account, i)->used >= range_usable(range))
			return range;
	}
	return NULL;
}

/* What it was, from the plugin's words where they were heard, else from how it ended and what is
 * full. */
static void explain(const struct operations *operations, struct journal_call *ended,
		    struct failure *failure)
{
	const struct call *call = ended->call;

	failure_read(call->text, call->text_size, call->is_text_cut, failure);
	ended->failure = failure;
	if (*failure->message) {
		ended->reason = reason_of(&operations->config.rules, failure->message);
		ended->range = range_of(operations, failure->message);
	} else if (call->result == CALL_KILLED) {
		ended->reason = REASON_TIMEOUT;
		snprintf(failure->message, sizeof(failure->message),
			 "killed by signal %d, its words were not heard", call->status);
	} else {
		ended->range = call->command == CALL_ADD ? full_range(operations) : NULL;
		ended->reason = ended->range ? REASON_EXHAUSTED : REASON_OTHER;
		snprintf(failure->message, sizeof(failure->message),
			 "exit status %d, its words were not heard", call->status);
	}
}

static void fail(struct operations *operations, struct journal_call *ended)
{
	struct incidents *incidents = ended->call->command == CALL_ADD ? operations->adding
								       : operations->others;
	struct failure failure;
	int news;

	explain(operations, ended, &failure);
	call_counts_failure(&operations->counts, ended->call->command, ended->reason);
	news = incidents_failed(incidents, ended->call, ended->reason, &ended->incident);
	if (news == INCIDENT_NEW)
		call_counts_incident(&operations->counts, ended->range ? ended->range->name : NULL,
				     ended->reason);
	if (news != INCIDENT_QUIET)
		journal_call(operations->config.journal, ended);
	ended->failure = NULL;
}

/* What the tries of a failing pod do and undo in between is no news. */
static void succeed(struct operations *operations, struct journal_call *ended)
{
	const struct call *call = ended->call;
	struct incidents *incidents = call->command == CALL_ADD ? operations->adding
								: operations->others;
	struct incident incident;

	if (incidents_succeeded(incidents, call, &incident))
		ended->incident = &incident;
	if ((call->command == CALL_ADD || call->command == CALL_DEL) &&
	    !incidents_is_failing(operations->adding, call))
		journal_call(operations->config.journal, ended);
	ended->incident = NULL;
}

static void end(struct operations *operations, const struct call *call)
{
	struct journal_call ended = { .call = call, .netns = netns_of(operations, call) };

	call_counts_add(&operations->counts, call);
	if (call->result == CALL_SUCCESS)
		succeed(operations, &ended);
	else
		fail(operations, &ended);
}

/* ---- what comes in ---- */

void operations_record(struct operations *operations, const struct probe_record *record)
{
	const struct call *call = NULL;

	if (record->exec) {
		if (operations->capture)
			capture_hold(operations->capture, loop_now_ns());
		loop_timer_set(operations->quiet_timer, operations->config.hold_ns);
		call = calls_exec(operations->calls, record->exec);
		if (call)
			begin(operations, call);
	} else if (record->output) {
		calls_output(operations->calls, record->output);
	} else {
		call = calls_exit(operations->calls, record->exit);
		if (call)
			end(operations, call);
	}
}

static int on_quiet(void *ctx)
{
	struct operations *operations = ctx;

	loop_timer_read(operations->quiet_timer);
	/* A slow one's words matter most; calls_expire() ends what never ends. */
	if (calls_stats(operations->calls).under_way)
		return loop_timer_set(operations->quiet_timer, operations->config.hold_ns);
	if (operations->capture)
		capture_release(operations->capture);
	return 0;
}

void operations_expire(struct operations *operations, uint64_t now_ns)
{
	calls_expire(operations->calls, now_ns, INCIDENT_CALL_MAX_NS);
	incidents_expire(operations->adding, now_ns);
	incidents_expire(operations->others, now_ns);
}

/* ---- numbers ---- */

/* A lack of capabilities that explains it is told beside it. */
static void measure_trouble(const struct operations *operations, struct metrics_input *out)
{
	const char *why =
		operations->capture
			? capture_trouble(operations->capture)
			: "no run of a CNI plugin is heard: pods are known by files alone";

	collect_add_degradation(out, &(struct metrics_degradation){
					     .what = "capture", .why = why, .is_degraded = why });
}

void operations_set_reasons(struct operations *operations, const struct reason_rules *rules)
{
	operations->config.rules = *rules;
}

void operations_measure(const struct operations *operations, struct metrics_input *out)
{
	struct calls_stats calls = calls_stats(operations->calls);
	struct incidents_stats adding = incidents_stats(operations->adding);
	struct incidents_stats others = incidents_stats(operations->others);

	out->call_counts = &operations->counts;
	out->capture = operations->capture ? capture_name(capture_way(operations->capture))
					   : "none";
	out->is_capturing = operations->capture && capture_is_on(operations->capture);
	measure_trouble(operations, out);
	out->waiting = adding.waiting;
	out->oldest_wait_s = adding.oldest_ns ? (double)(loop_now_ns() - adding.oldest_ns) / 1e9
					      : 0;
	collect_add_table(out, "calls", calls.under_way, CALLS_MAX);
	collect_add_table(out, "incidents", adding.waiting + others.waiting, 2.0 * INCIDENTS_MAX);
	collect_add_loss(out, "calls_full", calls.refused);
	collect_add_loss(out, "call_end_missed", calls.forgotten);
	collect_add_loss(out, "incidents_full", adding.refused + others.refused);
	collect_add_loss(out, "call_kinds_full", operations->counts.left_out);
	collect_add_source(out, "cni-args", operations->capture != NULL, calls.under_way,
			   calls.cut);
}

/* ---- life ---- */

int operations_open(const struct operations_config *config, struct loop *loop,
		    struct operations **out)
{
	cleanup_operations struct operations *operations = calloc(1, sizeof(*operations));
	int err;

	if (!operations)
		return -ENOMEM;
	operations->config = *config;
	operations->quiet_timer = loop_timer_open();
	err = operations->quiet_timer < 0 ? operations->quiet_timer : calls_new(&operations->calls);
	if (!err)
		err = incidents_new(&operations->adding);
	if (!err)
		err = incidents_new(&operations->others);
	if (!err)
		err = loop_add(loop, operations->quiet_timer, on_quiet, operations);
	if (err)
		return err;
	*out = take_ptr(operations);
	return 0;
}

int operations_listen(struct operations *operations, const struct object *object)
{
	return capture_open(object, &operations->capture);
}

void operations_check(struct operations *operations)
{
	if (operations->capture)
		capture_check(operations->capture);
}

void operations_close(struct operations *operations)
{
	if (!operations)
		return;
	capture_close(operations->capture);
	calls_free(operations->calls);
	incidents_free(operations->adding);
	incidents_free(operations->others);
	close_fd(operations->quiet_timer);
	free(operations);
}

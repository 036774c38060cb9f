// SPDX-License-Identifier: Apache-2.0
#include "pods.h"

#include <errno.h>
#include <stdlib.h>

#include "attribution.h"
#include "audit.h"
#include "chronicle.h"
#include "log.h"
#include "loop.h"
#include "operations.h"
#include "source/kernel/capture.h"
#include "source/kernel/object.h"

struct pods {
	struct pods_config config;
	struct attribution *attribution;
	struct operations *operations;
	struct audit *audit;
	int audit_timer;
	int64_t now_ns; /* since the epoch, of the audit under way */
};

#define MS 1000000ULL

/* A leak that is over is told within half of the grace period. */
static const uint64_t audit_min_ns = 500 * MS;
static const uint64_t audit_max_ns = 30000 * MS;

/* ---- files ---- */

static void own_sandboxes(struct pods *pods)
{
	size_t count;
	const uint32_t *inums = cni_sandboxes(attribution_cni(pods->attribution), &count);

	for (size_t i = 0; i < count; i++)
		pods->config.on_sandbox(inums[i], loop_now_ns(), pods->config.ctx);
}

static int on_files(void *ctx)
{
	struct pods *pods = ctx;
	int changed = attribution_refresh(pods->attribution);

	if (changed < 0) {
		log_err(changed, "cannot read the CNI files anew, ignoring");
		return 0;
	}
	if (changed & CNI_RANGES_CHANGED)
		pods->config.on_ranges(pods->config.ctx);
	if (changed & CNI_SANDBOXES_CHANGED)
		own_sandboxes(pods);
	return 0;
}

/* ---- books ---- */

static void on_leak(const struct leak *leak, bool is_over, void *ctx)
{
	const struct pods *pods = ctx;
	const struct range_table *ranges = account_ranges(pods->config.account);
	int index = range_table_find(ranges, &leak->ip);

	journal_leak(pods->config.journal, leak, is_over,
		     index == RANGE_NONE ? NULL : range_table_at(ranges, (size_t)index),
		     pods->now_ns);
}

static void audit(struct pods *pods)
{
	struct journal *journal = pods->config.journal;
	uint64_t period_ns = pods->config.leak_grace_ns / 2;

	chronicle_read_clocks(journal);
	pods->now_ns = (int64_t)journal->now_ns + journal->wall_offset_ns;
	audit_look(pods->audit, pods->now_ns);
	if (period_ns < audit_min_ns)
		period_ns = audit_min_ns;
	loop_timer_set(pods->audit_timer, period_ns < audit_max_ns ? period_ns : audit_max_ns);
}

static int on_audit_timer(void *ctx)
{
	struct pods *pods = ctx;

	loop_timer_read(pods->audit_timer);
	operations_expire(pods->operations, loop_now_ns());
	attribution_survey(pods->attribution);
	audit(pods);
	return 0;
}

/* ---- life ---- */

static int open_attribution(struct pods *pods, struct loop *loop)
{
	const struct attribution_config config = { .proc_dir = pods->config.proc_dir,
						   .host_root = pods->config.host_root,
						   .cni_conf_dir = pods->config.cni_conf_dir,
						   .cni_cache_dir = pods->config.cni_cache_dir,
						   .cni_state_dir = pods->config.cni_state_dir,
						   .ipam_file = pods->config.ipam_file,
						   .state = pods->config.state };
	int err = attribution_open(&config, &pods->attribution);

	return err ? err : loop_add(loop, attribution_fd(pods->attribution), on_files, pods);
}

static int open_operations(struct pods *pods, struct loop *loop)
{
	const struct operations_config config = {
		.host_root = pods->config.host_root,
		.rules = pods->config.rules,
		.identities = attribution_identities(pods->attribution),
		.account = pods->config.account,
		.journal = pods->config.journal,
		.hold_ns = CAPTURE_HOLD_NS,
		.on_sandbox = pods->config.on_sandbox,
		.ctx = pods->config.ctx,
	};
	int err = operations_open(&config, loop, &pods->operations);

	return err ? log_err(err, "cannot follow CNI plugins") : 0;
}

static int open_audit(struct pods *pods, struct loop *loop)
{
	const struct audit_config config = { .cni_state_dir = pods->config.cni_state_dir,
					     .grace_ns = pods->config.leak_grace_ns,
					     .attribution = pods->attribution,
					     .state = pods->config.state,
					     .account = pods->config.account,
					     .on_leak = on_leak,
					     .ctx = pods };
	int err = audit_open(&config, &pods->audit);

	pods->audit_timer = loop_timer_open();
	if (!err && pods->audit_timer < 0)
		err = log_err(pods->audit_timer, "cannot open a timer");
	return err ? err : loop_add(loop, pods->audit_timer, on_audit_timer, pods);
}

int pods_open(const struct pods_config *config, struct loop *loop, struct pods **out)
{
	cleanup_pods struct pods *pods = calloc(1, sizeof(*pods));
	int err;

	if (!pods)
		return -ENOMEM;
	pods->config = *config;
	pods->audit_timer = -1;
	err = open_attribution(pods, loop);
	if (!err)
		err = open_operations(pods, loop);
	if (!err)
		err = open_audit(pods, loop);
	if (err)
		return err;
	*out = take_ptr(pods);
	return 0;
}

void pods_close(struct pods *pods)
{
	if (!pods)
		return;
	audit_close(pods->audit);
	operations_close(pods->operations);
	attribution_close(pods->attribution);
	close_fd(pods->audit_timer);
	free(pods);
}

int pods_start(struct pods *pods, const struct object *object)
{
	int err = object->has_calls ? operations_listen(pods->operations, object) : 0;

	if (err)
		return err;
	own_sandboxes(pods);
	audit(pods);
	return 0;
}

/* ---- what the parts do ---- */

void pods_check(struct pods *pods)
{
	operations_check(pods->operations);
}

void pods_record(struct pods *pods, const struct probe_record *record)
{
	operations_record(pods->operations, record);
}

void pods_set_reasons(struct pods *pods, const struct reason_rules *rules)
{
	operations_set_reasons(pods->operations, rules);
}

const struct attribution *pods_attribution(const struct pods *pods)
{
	return pods->attribution;
}

const struct identities *pods_identities(const struct pods *pods)
{
	return attribution_identities(pods->attribution);
}

const struct audit *pods_audit(const struct pods *pods)
{
	return pods->audit;
}

void pods_find(struct pods *pods, const struct fact *fact, struct identity *out)
{
	attribution_find(pods->attribution, fact, out);
}

void pods_told(struct pods *pods, const struct fact *fact)
{
	attribution_told(pods->attribution, fact);
}

void pods_measure(const struct pods *pods, struct metrics_input *out)
{
	attribution_measure(pods->attribution, out);
	operations_measure(pods->operations, out);
	audit_measure(pods->audit, out);
}

// SPDX-License-Identifier: Apache-2.0
#include "alerting.h"

#include <errno.h>
#include <stdlib.h>

#include "chronicle.h"
#include "core/alert/alerts.h"
#include "core/metrics/alert_view.h"
#include "core/record/journal.h"
#include "log.h"
#include "loop.h"
#include "requests.h"
#include "sink/push/alertmanager.h"
#include "sink/push/node_events.h"
#include "source/base/token.h"
#include "source/supplier/supplier.h"

struct alerting {
	struct alerting_config config;
	struct alerts *alerts;
	struct alert_scene scene;
	struct alertmanager *alertmanager; /* NULL: none */
	struct node_events *events; /* NULL: none */
	int timer; /* of the judgement */
	int receivers_timer;
	double start_s; /* since the epoch */
};

static struct outbox_clocks read_clocks(void)
{
	return (struct outbox_clocks){ .mono_ns = loop_now_ns(), .wall_ns = loop_wall_ns() };
}

/* ---- those who are told ---- */

static int turn_receivers(void *ctx)
{
	struct alerting *alerting = ctx;
	const struct outbox_clocks now = read_clocks();
	uint64_t next_ns = OUTBOX_NEVER, due_ns;

	if (alerting->alertmanager)
		next_ns = alertmanager_turn(alerting->alertmanager, &now);
	if (alerting->events) {
		due_ns = node_events_turn(alerting->events, now.mono_ns, now.wall_ns);
		next_ns = due_ns < next_ns ? due_ns : next_ns;
	}
	if (next_ns == OUTBOX_NEVER)
		return loop_timer_set(alerting->receivers_timer, 0);
	return loop_timer_set(alerting->receivers_timer,
			      next_ns > now.mono_ns ? next_ns - now.mono_ns : 1);
}

static int on_receivers_timer(void *ctx)
{
	struct alerting *alerting = ctx;

	loop_timer_read(alerting->receivers_timer);
	return turn_receivers(alerting);
}

/* ---- judgement ---- */

static void on_alert(const struct alert *alert, void *ctx)
{
	struct alerting *alerting = ctx;
	const struct outbox_clocks now = read_clocks();

	journal_alert(alerting->config.journal, alert);
	if (alerting->alertmanager && alertmanager_tell(alerting->alertmanager, alert, &now))
		log_warn("no room to tell Alertmanager of '%s', ignoring", alert_name(alert->kind));
	if (alerting->events)
		node_events_tell(alerting->events, alert, now.wall_ns);
}

static int judge(struct alerting *alerting)
{
	const struct outbox_clocks now = read_clocks();
	const struct alert_clock clock = {
		.now_s = (double)now.wall_ns / 1e9,
		.start_s = alerting->start_s,
		.period_s = (double)alerting->config.reconcile_ns / 1e9,
	};
	struct metrics_input input;
	int err;

	alerting->config.measure(&input, alerting->config.ctx);
	err = alert_scene_fill(&alerting->scene, &input, &clock);
	if (!err)
		err = alerts_evaluate(alerting->alerts, &alerting->scene.view, now.mono_ns,
				      on_alert, alerting);
	if (err)
		log_err(err, "cannot judge the alerts, ignoring");
	return turn_receivers(alerting);
}

static int on_timer(void *ctx)
{
	struct alerting *alerting = ctx;
	int err;

	loop_timer_read(alerting->timer);
	chronicle_read_clocks(alerting->config.journal);
	err = judge(alerting);
	return err ? err : loop_timer_set(alerting->timer, alerting->config.period_ns);
}

/* ---- life ---- */

static int authorize_alertmanager(void *ctx, char **out)
{
	const struct alerting *alerting = ctx;

	return token_header(alerting->config.receivers.alertmanager_token_file, out);
}

static int authorize_events(void *ctx, char **out)
{
	const struct alerting *alerting = ctx;

	return token_header(alerting->config.settings->kubernetes_token_file, out);
}

static const char *given(const char *text)
{
	return text && *text ? text : NULL;
}

static int open_alertmanager(struct alerting *alerting, struct fetcher *fetcher)
{
	const struct alerting_receivers *receivers = &alerting->config.receivers;
	const struct alertmanager_config config = {
		.url = receivers->alertmanager_url,
		.ca_file = given(receivers->alertmanager_ca_file),
		.authorize = authorize_alertmanager,
		.authorize_ctx = alerting,
		.text = { .node = alerting->config.settings->node,
			  .runbook_url = receivers->runbook_url },
		.interval_ns = ALERTMANAGER_INTERVAL_NS,
		.fetcher = fetcher,
	};

	return alertmanager_open(&config, &alerting->alertmanager);
}

/* kubectl looks for a Node's events by its name in the place of the uid, as the kubelet writes
 * them. */
static int open_events(struct alerting *alerting, struct fetcher *fetcher)
{
	const struct supplier_settings *settings = alerting->config.settings;
	const struct node_events_config config = {
		.url = settings->kubernetes_url,
		.ca_file = given(settings->kubernetes_ca_file),
		.authorize = authorize_events,
		.authorize_ctx = alerting,
		.node = settings->node,
		.node_uid = settings->node,
		.fetcher = fetcher,
	};

	return node_events_open(&config, &alerting->events);
}

static int open_receivers(struct alerting *alerting)
{
	bool has_alertmanager = given(alerting->config.receivers.alertmanager_url);
	bool has_events = alerting->config.receivers.has_node_events &&
			  given(alerting->config.settings->kubernetes_url);
	struct fetcher *fetcher = NULL;
	int err = 0;

	if (has_alertmanager || has_events)
		fetcher = requests_use(alerting->config.requests, turn_receivers, alerting);
	if (!fetcher)
		return 0;
	if (has_alertmanager)
		err = open_alertmanager(alerting, fetcher);
	if (!err && has_events)
		err = open_events(alerting, fetcher);
	return err;
}

int alerting_open(const struct alerting_config *config, struct loop *loop, struct alerting **out)
{
	cleanup_alerting struct alerting *alerting = calloc(1, sizeof(*alerting));
	int err;

	if (!alerting)
		return -ENOMEM;
	alerting->config = *config;
	alerting->start_s = (double)loop_wall_ns() / 1e9;
	alerting->timer = loop_timer_open();
	alerting->receivers_timer = loop_timer_open();
	err = alerts_new(&config->rules, &alerting->alerts);
	if (!err)
		err = loop_add(loop, alerting->timer, on_timer, alerting);
	if (!err)
		err = loop_add(loop, alerting->receivers_timer, on_receivers_timer, alerting);
	if (!err)
		err = open_receivers(alerting);
	if (!err)
		err = loop_timer_set(alerting->timer, config->period_ns);
	if (err)
		return log_err(err, "cannot set up the alerts");
	*out = take_ptr(alerting);
	return 0;
}

void alerting_close(struct alerting *alerting)
{
	if (!alerting)
		return;
	alertmanager_close(alerting->alertmanager);
	node_events_close(alerting->events);
	alert_scene_clear(&alerting->scene);
	alerts_free(alerting->alerts);
	close_fd(alerting->timer);
	close_fd(alerting->receivers_timer);
	free(alerting);
}

/* ---- numbers ---- */

void alerting_set_rules(struct alerting *alerting, const struct alert_rules *rules)
{
	alerts_set_rules(alerting->alerts, rules);
}

void alerting_measure(const struct alerting *alerting, struct metrics_input *out)
{
	out->alerts = alerting->alerts;
	out->alert_scene = &alerting->scene;
	collect_add_table(out, "alert_ranges", (double)alerts_watched(alerting->alerts),
			  ALERTS_RANGES_MAX);
	collect_add_loss(out, "alert_ranges_full", alerts_refused(alerting->alerts));
	if (alerting->alertmanager) {
		struct alertmanager_stats stats = alertmanager_stats(alerting->alertmanager);

		collect_add_table(out, "alertmanager_outbox", (double)(stats.firing + stats.over),
				  OUTBOX_MAX);
		collect_add_receiver(out,
				     &(struct metrics_receiver){ "alertmanager", stats.sent,
								 stats.failed, stats.refused });
	}
	if (alerting->events) {
		struct node_events_stats stats = node_events_stats(alerting->events);

		collect_add_table(out, "node_events", (double)stats.waiting, NODE_EVENTS_MAX);
		collect_add_receiver(out,
				     &(struct metrics_receiver){ "node-events", stats.sent,
								 stats.failed, stats.dropped });
	}
}

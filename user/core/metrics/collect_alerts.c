// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/collect_alerts.h"

#include <string.h>

#include "core/alert/alerts.h"

struct writing {
	struct exposition *out;
	const struct alerts *alerts;
	enum alert_kind kind; /* of the names */
	const char *names[ALERTS_RANGES_MAX]; /* ranges told of it */
	size_t count;
};

/* Two families of one network have one name: the higher state of both stands for it, once. */
static bool is_told(struct writing *writing, const struct alert *alert)
{
	if (alert->kind != writing->kind)
		writing->count = 0;
	writing->kind = alert->kind;
	for (size_t i = 0; i < writing->count; i++)
		if (!strcmp(writing->names[i], alert->range))
			return true;
	if (writing->count < ALERTS_RANGES_MAX)
		writing->names[writing->count++] = alert->range;
	return false;
}

static void put_state(const struct alert *alert, void *ctx)
{
	struct writing *writing = ctx;

	if (!is_told(writing, alert))
		exposition_sample(writing->out,
				  alerts_level(writing->alerts, alert->kind, alert->range),
				  alert_name(alert->kind), alert->range);
}

void metric_alert_state(struct exposition *out, const struct metrics_input *input)
{
	struct writing writing = { .out = out, .alerts = input->alerts };

	if (input->alerts)
		alerts_each(input->alerts, put_state, &writing);
}

void metric_notifications(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < input->receiver_count; i++) {
		const struct metrics_receiver *receiver = &input->receivers[i];

		exposition_sample(out, (double)receiver->sent, receiver->receiver, "sent");
		exposition_sample(out, (double)receiver->failed, receiver->receiver, "failed");
		exposition_sample(out, (double)receiver->dropped, receiver->receiver, "dropped");
	}
}

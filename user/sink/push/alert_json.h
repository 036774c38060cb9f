/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts as Alertmanager's API v2 takes them, with labels and annotations in the manner
 * of the mixins: alertname, severity, node, range, cidr; summary, description,
 * runbook_url. Pure. Source: Alertmanager's api/v2/openapi.yaml, postableAlerts.
 */
#pragma once

#include "sink/push/outbox.h"

/* Texts may be NULL or "": left out. Bytes that are not UTF-8 are replaced. */
struct alert_json_config {
	const char *node;
	const char *runbook_url; /* without the alert's name */
	const char *generator_url; /* where the numbers are to be seen */
};

/* The batch as an array. What fires ends at firing_ends_ns, since the epoch, if it is not sent
 * again until then. NULL: no memory. The caller frees it. */
char *alert_json(const struct alert_json_config *config, const struct outbox *outbox,
		 const struct outbox_batch *batch, int64_t firing_ends_ns);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerting: judges the alerts now and then, writes into the event log which of
 * them fires and which is over, and tells an Alertmanager and the node's Events where
 * they are asked for.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/alert/alert_rules.h"
#include "core/metrics/collect.h"

struct alerting;
struct journal;
struct loop;
struct requests;
struct supplier_settings;

/* Where else alerts are told. Texts are "" where they are not. */
struct alerting_receivers {
	const char *alertmanager_url, *alertmanager_token_file, *alertmanager_ca_file;
	const char *runbook_url; /* base of the alerts' runbooks */
	bool has_node_events; /* of the API server in settings */
};

/* Everything is borrowed for the alerting's life. */
struct alerting_config {
	struct alert_rules rules;
	uint64_t period_ns; /* between two judgements */
	struct alerting_receivers receivers;
	const struct supplier_settings *settings; /* who the node is, where its API server */
	uint64_t reconcile_ns; /* its period */
	struct requests *requests;
	struct journal *journal;
	void (*measure)(struct metrics_input *out, void *ctx); /* what /metrics would say now */
	void *ctx;
};

/* Says why in the log when it fails. The caller owns *out. */
int alerting_open(const struct alerting_config *config, struct loop *loop, struct alerting **out);
void alerting_close(struct alerting *alerting);
DEFINE_CLEANUP(alerting, struct alerting *, alerting_close)
#define cleanup_alerting cleanup(cleanup_alerting_fn)

/* Rules of the next judgement. */
void alerting_set_rules(struct alerting *alerting, const struct alert_rules *rules);
/* Fills in what is borrowed until the next judgement. */
void alerting_measure(const struct alerting *alerting, struct metrics_input *out);

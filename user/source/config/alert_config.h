/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts in podip.yaml: under `alerts`, beside settings, what differs from the default
 * rules, by the name of the alert:
 *
 *	alerts:
 *	  runbook-url: https://podip.example/runbooks
 *	  PodipRangeFilling:
 *	    enabled: true
 *	    severity: warning       # info | warning | critical
 *	    for: 10m                # raised so long before it fires
 *	    keep_firing_for: 5m     # clear so long before it is over
 *	    threshold: 80%          # or 0.8; a duration; a number: by what it looks at
 *	    clear: 75%              # in proportion to threshold if not set
 */
#pragma once

#include <stdbool.h>

#include "core/alert/alert_rules.h"
#include "source/config/yamlfile.h"

#define ALERT_CONFIG_TIME_MAX_NS (24ULL * 3600 * 1000000000) /* of for and keep_firing_for */

struct alert_config {
	struct alert_rules rules;
	unsigned int lines[ALERT_KIND_COUNT]; /* where the file speaks of it; 0 it does not */
};

/* The default rules. */
struct alert_config alert_config_default(void);

/* Is this the place of an alert, known or not: "alerts.PodipRangeFilling"? Settings under `alerts`
 * begin with a small letter. */
bool alert_config_owns(const char *key);
/* Reads the node of one that alert_config_owns(). -EINVAL with a sentence in file->error, *out
 * untouched. */
int alert_config_read(struct yamlfile *file, const char *key, const yaml_node_t *node,
		      struct alert_config *out);

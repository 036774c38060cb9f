/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How bad it is: the worst state of the node, and why. Pure.
 *
 * critical	a range of this node has no address left and somebody wants one ("wanted"
 *		of core/alert/alert_rules.h); an alert of that severity fires
 * warning	an alert of that severity fires; no walk for three periods; a source is
 *		down that was up; the event log cannot be written; the backend is limited
 *
 * The first that holds is the reason.
 */
#pragma once

#include <stdint.h>

#include "core/alert/alert_rules.h"
#include "core/metrics/collect.h"

enum { STATUS_WHY_SIZE = 256 };

/* ALERT_SEVERITY_INFO: all is well, and *why is "". */
enum alert_severity status_judge(const struct metrics_input *input, int64_t wall_ns,
				 char why[static STATUS_WHY_SIZE]);

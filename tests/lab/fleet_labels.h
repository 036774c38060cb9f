/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What labels of the agent's metrics can be, those of ranges and ENIs aside. Lists end
 * with NULL. tests/prom fails when an agent has one that is not here.
 */
#pragma once

/* NULL where it is not known. */
const char *const *fleet_labels_of(const char *label);

/* Where the same label is another thing. */
extern const char *const fleet_range_alerts[];
extern const char *const fleet_node_alerts[];
extern const char *const fleet_corrections[];
extern const char *const fleet_reloads[];
extern const char *const fleet_refused[];
extern const char *const fleet_ended[];
extern const char *const fleet_notified[];

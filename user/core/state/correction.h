/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Corrections: what a reconcile can find that events did not tell. Pure.
 */
#pragma once

#include "core/state/state.h"

enum correction {
	CORRECTION_NETNS_ADDED,
	CORRECTION_NETNS_REMOVED,
	CORRECTION_LINK_ADDED,
	CORRECTION_LINK_REMOVED,
	CORRECTION_LINK_RENAMED,
	CORRECTION_ADDRESS_ADDED,
	CORRECTION_ADDRESS_REMOVED,
	CORRECTION_COUNT,
};

/* "netns_added", ...: the value of the label `kind`. */
const char *correction_name(enum correction correction);
/* Which correction an event of a reconcile is; CORRECTION_COUNT for none. */
enum correction correction_of(const struct event *event);

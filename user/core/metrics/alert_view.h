/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alert view: what alerts look at, taken from the numbers that the metrics are made
 * of, so that both always say the same. Pure.
 */
#pragma once

#include "core/alert/alert_rules.h"
#include "core/metrics/collect.h"

/* Zero at first; goes on from one filling to the next. */
struct alert_scene {
	struct alerts_view view; /* points into what follows, and into the input */
	struct alerts_range *ranges; /* owned */
	char (*cidrs)[PREFIX_TEXT_SIZE]; /* owned */
	/* Sources that were up at some time: only those can be down. Literals. */
	const char *up[METRICS_SOURCE_MAX];
	size_t up_count;
};

/* now_s is since the epoch, period_s that of the reconcile, start_s when the agent started. -ENOMEM
 * leaves *scene as it was. The view is good as long as what the input points to. */
struct alert_clock {
	double now_s, start_s, period_s;
};
int alert_scene_fill(struct alert_scene *scene, const struct metrics_input *input,
		     const struct alert_clock *clock);
/* Was this source up at some time, as far as the scene was filled? */
bool alert_scene_was_up(const struct alert_scene *scene, const char *source);
void alert_scene_clear(struct alert_scene *scene);

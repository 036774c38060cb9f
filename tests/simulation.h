/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node second by second: deployments follow the count they should have, pods are
 * replaced now and then, jobs start by a clock and end, some addresses are never given
 * back. Ends when no address is left.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct trace;

/* Counts are of addresses, rates per second. */
struct plan {
	double base; /* pods of deployments at the start */
	double replace_rate; /* of a pod: another comes in its place, before or after */
	double start_rate; /* as fast as pods of deployments start, and go */
	double rise_from_s, rise_to_s, rise; /* deployments grow by that, in a line */
	double step_s; /* in such steps; 0: with every pod */
	double wave, wave_growth,
		wave_phase_s; /* from trough to peak, and by how much more a day */
	double drain_s, drained_for_s; /* 0 never */
	double leak_from_s, leak_every_s, leak_chance; /* each time */
	double jobs, jobs_every_s, jobs_last_s; /* at a time, about; 0 none */
	double away_every_s, away_for_s; /* of the agent; 0 never */
	double end_s;
	bool is_capped; /* the scheduler sends no more pods than fit */
};

/* Moves the state on, which is not 0: xorshift64*. */
double random_between(uint64_t *random, double low, double high);

/* Adds to the trace, whose bound and cooldown_s are set; sets exhausted_s and end_s. -ENOMEM. */
int simulate(const struct plan *plan, uint64_t random, struct trace *out);

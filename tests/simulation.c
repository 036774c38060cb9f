// SPDX-License-Identifier: Apache-2.0
#include "simulation.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "cleanup.h"
#include "trace.h"

#define DAY_S 86400.0

enum { LATER_MAX = 4096 };

struct later {
	double at_s;
	int delta;
};

struct simulation {
	const struct plan *plan;
	struct trace *trace;
	uint64_t random;
	double now_s;
	int deployed, used, told;
	double next_jobs_s, next_away_s, back_s;
	struct later later[LATER_MAX]; /* pods that come and go */
	size_t later_count;
	double released_s[LATER_MAX];
	size_t released; /* ever */
	int err;
};

double random_between(uint64_t *random, double low, double high)
{
	*random ^= *random >> 12;
	*random ^= *random << 25;
	*random ^= *random >> 27;
	return low + (high - low) * (double)((*random * 0x2545F4914F6CDD1DULL) >> 11) / 0x1p53;
}

static double draw(struct simulation *sim, double low, double high)
{
	return random_between(&sim->random, low, high);
}

static bool happens(struct simulation *sim, double chance)
{
	return draw(sim, 0, 1) < chance;
}

static void tell(struct simulation *sim)
{
	bool is_away = sim->now_s < sim->back_s;

	if (is_away || sim->used == sim->told)
		return;
	if (trace_add(sim->trace, sim->now_s, (uint32_t)sim->used))
		sim->err = -ENOMEM;
	sim->told = sim->used;
}

static size_t count_cooling(const struct simulation *sim)
{
	size_t count = 0;

	while (count < sim->released && count < LATER_MAX &&
	       sim->now_s - sim->released_s[(sim->released - 1 - count) % LATER_MAX] <
		       sim->trace->cooldown_s)
		count++;
	return count;
}

/* One address is given, where there is one, or released. */
static bool change(struct simulation *sim, int delta)
{
	if (delta > 0 && sim->used + (double)count_cooling(sim) >= sim->trace->bound)
		return false;
	sim->used += delta;
	if (delta < 0)
		sim->released_s[sim->released++ % LATER_MAX] = sim->now_s;
	tell(sim);
	return true;
}

static void do_later(struct simulation *sim, double in_s, int delta)
{
	if (sim->later_count < LATER_MAX)
		sim->later[sim->later_count++] =
			(struct later){ .at_s = sim->now_s + in_s, .delta = delta };
}

static void do_what_is_due(struct simulation *sim)
{
	for (size_t i = 0; i < sim->later_count;) {
		struct later due = sim->later[i];

		if (due.at_s > sim->now_s) {
			i++;
			continue;
		}
		sim->later[i] = sim->later[--sim->later_count];
		change(sim, due.delta);
	}
}

static double find_wanted(const struct simulation *sim)
{
	const struct plan *plan = sim->plan;
	double days = (sim->now_s - plan->wave_phase_s) / DAY_S, at_s = sim->now_s, part;
	double wanted = plan->base + plan->wave * (1 + plan->wave_growth * fmax(days, 0)) *
					     (1 - cos(2 * M_PI * days)) / 2;

	if (plan->step_s > 0)
		at_s = floor(at_s / plan->step_s) * plan->step_s;
	part = (at_s - plan->rise_from_s) / (plan->rise_to_s - plan->rise_from_s);
	if (plan->rise > 0)
		wanted += plan->rise * fmax(fmin(part, 1), 0);
	if (plan->drain_s > 0 && sim->now_s >= plan->drain_s &&
	    sim->now_s < plan->drain_s + plan->drained_for_s)
		wanted = 2; /* daemon sets stay */
	return plan->is_capped ? fmin(wanted, sim->trace->bound) : wanted;
}

static void deploy(struct simulation *sim)
{
	int wanted = (int)lround(find_wanted(sim));
	double chance = sim->plan->start_rate;

	for (; chance > 0 && sim->deployed != wanted; chance--) {
		int delta = sim->deployed < wanted ? 1 : -1;

		if (!happens(sim, chance) || !change(sim, delta))
			return;
		sim->deployed += delta;
	}
}

static void replace(struct simulation *sim)
{
	if (!happens(sim, sim->plan->replace_rate * sim->deployed))
		return;
	/* A rolling update has one more for a while, an eviction one fewer. */
	if (happens(sim, 0.5)) {
		if (change(sim, 1))
			do_later(sim, draw(sim, 5, 40), -1);
	} else {
		change(sim, -1);
		do_later(sim, draw(sim, 3, 30), 1);
	}
}

static void start_jobs(struct simulation *sim)
{
	const struct plan *plan = sim->plan;
	int count = (int)lround(plan->jobs * draw(sim, 0.7, 1.3));

	if (plan->jobs <= 0 || sim->now_s < sim->next_jobs_s)
		return;
	sim->next_jobs_s = sim->now_s + plan->jobs_every_s * draw(sim, 0.95, 1.05);
	for (int i = 0; i < count; i++) {
		double start_s = draw(sim, 0, 20);

		do_later(sim, start_s, 1);
		do_later(sim, start_s + plan->jobs_last_s * draw(sim, 0.6, 1.4), -1);
	}
}

static void leak(struct simulation *sim)
{
	const struct plan *plan = sim->plan;

	if (plan->leak_every_s > 0 && sim->now_s >= plan->leak_from_s &&
	    fmod(sim->now_s, plan->leak_every_s) < 1 && happens(sim, plan->leak_chance))
		change(sim, 1);
}

static void be_away(struct simulation *sim)
{
	if (sim->plan->away_every_s <= 0 || sim->now_s < sim->next_away_s)
		return;
	sim->next_away_s = sim->now_s + sim->plan->away_every_s * draw(sim, 0.7, 1.3);
	sim->back_s = sim->now_s + sim->plan->away_for_s * draw(sim, 0.2, 1.8);
	sim->told = -1;
	if (trace_add(sim->trace, sim->now_s, TRACE_AWAY))
		sim->err = -ENOMEM;
}

int simulate(const struct plan *plan, uint64_t random, struct trace *out)
{
	cleanup_free struct simulation *sim = calloc(1, sizeof(*sim));

	if (!sim)
		return -ENOMEM;
	sim->plan = plan;
	sim->trace = out;
	sim->random = random;
	out->exhausted_s = -1;
	out->end_s = plan->end_s;
	sim->told = -1;
	sim->next_away_s = plan->away_every_s;
	sim->next_jobs_s = draw(sim, 0, 60);
	sim->deployed = sim->used = (int)lround(find_wanted(sim));
	for (sim->now_s = 0; sim->now_s < plan->end_s && !sim->err; sim->now_s++) {
		be_away(sim);
		tell(sim);
		do_what_is_due(sim);
		start_jobs(sim);
		deploy(sim);
		replace(sim);
		leak(sim);
		if (!plan->is_capped && sim->used + (double)count_cooling(sim) >= out->bound) {
			out->exhausted_s = out->end_s = sim->now_s;
			break;
		}
	}
	return sim->err;
}

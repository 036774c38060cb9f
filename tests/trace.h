/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces of how many addresses of a range one node has in use, to judge forecasts by.
 * As text, a line about the trace and then a line whenever `used` changes:
 *
 *	# name=burst bound=110 cooldown_s=0 from_s=7200 exhausted_s=7353 end_s=7400
 *	0,34
 *	211,35
 *	3600,-
 *
 * '-': from then on nobody looked. Of an agent's event log it is the ip.assigned and
 * ip.released of one range: ts less the first one's, `used`, and '-' for agent.stopped.
 * Further lines that begin with '#' are for readers.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cleanup.h"

#define TRACE_AWAY UINT32_MAX

enum { TRACE_NAME_SIZE = 32 };

struct trace_point {
	double at_s;
	uint32_t used; /* TRACE_AWAY: not known */
};

struct trace {
	char name[TRACE_NAME_SIZE];
	double bound;
	double cooldown_s; /* how long a released address rests */
	double from_s; /* where the rise to the bound began */
	double exhausted_s; /* nothing was left from then on; -1: never */
	double end_s;
	struct trace_point *points;
	size_t count, room;
};

/* -ENOMEM. */
int trace_add(struct trace *trace, double at_s, uint32_t used);
/* -EINVAL: not a trace, or times that go back. The caller owns *out and clears it. */
int trace_read(FILE *in, struct trace *out);
/* note: how it was made, for readers; one line. */
void trace_write(FILE *out, const struct trace *trace, const char *note);
void trace_clear(struct trace *trace);

static inline void cleanup_trace_fn(struct trace *trace)
{
	trace_clear(trace);
}
#define cleanup_trace cleanup(cleanup_trace_fn)

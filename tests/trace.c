// SPDX-License-Identifier: Apache-2.0
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_SIZE = 256, ROOM_AT_FIRST = 256 };

int trace_add(struct trace *trace, double at_s, uint32_t used)
{
	if (trace->count == trace->room) {
		size_t room = trace->room ? 2 * trace->room : ROOM_AT_FIRST;
		struct trace_point *points = realloc(trace->points, room * sizeof(*points));

		if (!points)
			return -ENOMEM;
		trace->points = points;
		trace->room = room;
	}
	trace->points[trace->count++] = (struct trace_point){ .at_s = at_s, .used = used };
	return 0;
}

static int parse_point(const char *line, struct trace_point *out)
{
	struct trace_point point = { .used = TRACE_AWAY };
	char *end;

	errno = 0;
	point.at_s = strtod(line, &end);
	if (errno || end == line || *end++ != ',')
		return -EINVAL;
	if (strcmp(end, "-\n") != 0) {
		if (*end < '0' || *end > '9')
			return -EINVAL;
		point.used = (uint32_t)strtoul(end, &end, 10);
		if (errno || strcmp(end, "\n") != 0)
			return -EINVAL;
	}
	*out = point;
	return 0;
}

int trace_read(FILE *in, struct trace *out)
{
	cleanup_trace struct trace trace = { 0 };
	char line[LINE_MAX_SIZE];
	struct trace_point point;

	if (!fgets(line, sizeof(line), in) ||
	    sscanf(line,
		   "# name=%31s bound=%lf cooldown_s=%lf from_s=%lf exhausted_s=%lf end_s=%lf",
		   trace.name, &trace.bound, &trace.cooldown_s, &trace.from_s, &trace.exhausted_s,
		   &trace.end_s) != 6)
		return -EINVAL;
	while (fgets(line, sizeof(line), in)) {
		if (*line == '#')
			continue;
		if (parse_point(line, &point) ||
		    (trace.count && point.at_s < trace.points[trace.count - 1].at_s))
			return -EINVAL;
		if (trace_add(&trace, point.at_s, point.used))
			return -ENOMEM;
	}
	*out = trace;
	trace.points = NULL;
	return 0;
}

void trace_write(FILE *out, const struct trace *trace, const char *note)
{
	fprintf(out,
		"# name=%s bound=%g cooldown_s=%g from_s=%.10g exhausted_s=%.10g end_s=%.10g\n",
		trace->name, trace->bound, trace->cooldown_s, trace->from_s, trace->exhausted_s,
		trace->end_s);
	fprintf(out, "# %s\n", note);
	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_point *point = &trace->points[i];

		if (point->used == TRACE_AWAY)
			fprintf(out, "%.10g,-\n", point->at_s);
		else
			fprintf(out, "%.10g,%u\n", point->at_s, point->used);
	}
}

void trace_clear(struct trace *trace)
{
	free(trace->points);
	*trace = (struct trace){ 0 };
}

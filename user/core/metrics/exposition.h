/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prometheus exposition: rows of metrics[] and values in, text out. Knows the two
 * formats and nothing of what is measured. Pure.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "core/base/histogram.h"

enum { METRIC_LABEL_MAX = 6 };

enum exposition_format {
	EXPOSITION_TEXT, /* text/plain; version=0.0.4; charset=utf-8 */
	EXPOSITION_OPENMETRICS, /* application/openmetrics-text; version=1.0.0; charset=utf-8 */
};

enum metric_type { METRIC_GAUGE, METRIC_COUNTER, METRIC_HISTOGRAM, METRIC_INFO };

/* One row is one family. `name` is the name of its series in the text format: counters end in
 * _total and info metrics in _info, which OpenMetrics drops from the family's name. */
struct metric {
	const char *name;
	enum metric_type type;
	const char *unit; /* "seconds", "addresses", ...: a suffix of the family's name; or NULL */
	const char *help;
	const char *labels[METRIC_LABEL_MAX + 1]; /* ends with NULL */
	const struct histogram_bounds *bounds; /* histograms only */
};

struct exposition {
	FILE *out; /* borrowed */
	enum exposition_format format;
	const struct metric *family; /* whose samples are being written */
};

/* Which format a client takes, from its Accept header (NULL or "" gives text): the highest q wins,
 * OpenMetrics 1.0.0 wins a tie as Prometheus' own exporters do. */
enum exposition_format exposition_negotiate(const char *accept);
const char *exposition_content_type(enum exposition_format format);

/* Start a family: # HELP, # TYPE and, in OpenMetrics where it has one, # UNIT. */
void exposition_family(struct exposition *exposition, const struct metric *metric);
/* One sample of the current family; as many label values (const char *) follow as it has labels.
 * Values are written with all their digits and read back as the same double. Label values are
 * escaped; NULL is "". */
void exposition_sample(struct exposition *exposition, double value, ...);
void exposition_histogram(struct exposition *exposition, const struct histogram *histogram, ...);
/* # EOF where the format wants it. */
void exposition_end(struct exposition *exposition);

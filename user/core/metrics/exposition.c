// SPDX-License-Identifier: Apache-2.0
/*
 * Sources: Prometheus "Exposition formats", version 0.0.4; OpenMetrics 1.0.0.
 * Both are one line a sample; they differ in the family's name, in what HELP
 * escapes, in how a bucket's bound is spelled and in the end.
 */
#include "core/metrics/exposition.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
#include "core/base/text.h"

enum {
	NUMBER_SIZE = 32,
	DIGITS_SURE = 15, /* any number of so few digits survives a double */
	DIGITS_ENOUGH = 17, /* any double survives so many */
};

#define INTEGER_MAX 9007199254740992.0 /* 2^53: below it a double counts by ones */
#define INTEGER_PLAIN_MAX 1e6 /* from here OpenMetrics spells a bound with an exponent */

/* What a type is called, and the ending of the series that OpenMetrics' family does without. */
static const struct type_row {
	const char *text, *openmetrics, *ending;
} types[] = {
	[METRIC_GAUGE] = { "gauge", "gauge", "" },
	[METRIC_COUNTER] = { "counter", "counter", "_total" },
	[METRIC_HISTOGRAM] = { "histogram", "histogram", "" },
	[METRIC_INFO] = { "gauge", "info", "_info" },
};

static const char *const content_types[] = {
	[EXPOSITION_TEXT] = "text/plain; version=0.0.4; charset=utf-8",
	[EXPOSITION_OPENMETRICS] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

const char *exposition_content_type(enum exposition_format format)
{
	return content_types[format];
}

static bool ends_with(const char *text, size_t size, const char *ending)
{
	size_t ending_size = strlen(ending);

	return size >= ending_size && !memcmp(text + size - ending_size, ending, ending_size);
}

static void put_escaped(const char *text, const char *special, FILE *out)
{
	while (*text) {
		size_t size = text_char_size(text);

		if (*text == '\n')
			fputs_unlocked("\\n", out);
		else if (!size || text_is_control(text)) /* the formats have no escape for it */
			fputs_unlocked(TEXT_REPLACEMENT, out);
		else if (strchr(special, *text))
			fprintf(out, "\\%c", *text);
		else
			fwrite_unlocked(text, 1, size, out);
		text += size ? size : 1;
	}
}

void exposition_family(struct exposition *exposition, const struct metric *metric)
{
	bool openmetrics = exposition->format == EXPOSITION_OPENMETRICS;
	const struct type_row *type = &types[metric->type];
	size_t size = strlen(metric->name);
	FILE *out = exposition->out;

	assert(ends_with(metric->name, size, type->ending));
	if (openmetrics)
		size -= strlen(type->ending);
	assert(!openmetrics || !metric->unit || ends_with(metric->name, size, metric->unit));

	fprintf(out, "# HELP %.*s ", (int)size, metric->name);
	put_escaped(metric->help, openmetrics ? "\\\"" : "\\", out);
	fprintf(out, "\n# TYPE %.*s %s\n", (int)size, metric->name,
		openmetrics ? type->openmetrics : type->text);
	if (openmetrics && metric->unit)
		fprintf(out, "# UNIT %.*s %s\n", (int)size, metric->name, metric->unit);

	exposition->family = metric;
}

/* The fewest digits, from `least` up, that read back as the same double. */
static void format_shortest(double value, int least, char out[static NUMBER_SIZE])
{
	for (int digits = least; digits <= DIGITS_ENOUGH; digits++) {
		snprintf(out, NUMBER_SIZE, "%.*g", digits, value);
		if (strtod(out, NULL) == value)
			return;
	}
}

static bool is_integer(double value, double below)
{
	return value > -below && value < below && (double)(int64_t)value == value;
}

static void format_value(double value, char out[static NUMBER_SIZE])
{
	if (isnan(value))
		snprintf(out, NUMBER_SIZE, "NaN");
	else if (isinf(value))
		snprintf(out, NUMBER_SIZE, value > 0 ? "+Inf" : "-Inf");
	else if (is_integer(value, INTEGER_MAX))
		snprintf(out, NUMBER_SIZE, "%.0f", value);
	else
		format_shortest(value, DIGITS_SURE, out);
}

/* Bounds are labels, so they are compared as text: both formats have one spelling for each, the
 * one that Go's strconv gives. OpenMetrics wants to see that it is a float. */
static void format_bound(double value, bool openmetrics, char out[static NUMBER_SIZE])
{
	if (is_integer(value, INTEGER_PLAIN_MAX))
		snprintf(out, NUMBER_SIZE, openmetrics ? "%.1f" : "%.0f", value);
	else
		format_shortest(value, 1, out);
}

static void take_values(const struct metric *metric, va_list args,
			const char *out[static METRIC_LABEL_MAX])
{
	for (size_t i = 0; metric->labels[i]; i++) {
		const char *value = va_arg(args, const char *);

		out[i] = value ? value : "";
	}
}

/* NAME SUFFIX {LABELS,le="BOUND"} and a blank; no bound when NULL. */
static void put_series(const struct exposition *exposition, const char *suffix,
		       const char *const *values, const char *bound)
{
	const struct metric *metric = exposition->family;
	const char *before = "{";
	FILE *out = exposition->out;

	fputs_unlocked(metric->name, out);
	fputs_unlocked(suffix, out);
	for (size_t i = 0; metric->labels[i]; i++) {
		fprintf(out, "%s%s=\"", before, metric->labels[i]);
		put_escaped(values[i], "\\\"", out);
		putc_unlocked('"', out);
		before = ",";
	}
	if (bound) {
		fprintf(out, "%sle=\"%s\"", before, bound);
		before = ",";
	}
	fputs_unlocked(*before == ',' ? "} " : " ", out);
}

void exposition_sample(struct exposition *exposition, double value, ...)
{
	const char *values[METRIC_LABEL_MAX];
	char number[NUMBER_SIZE];
	va_list args;

	va_start(args, value);
	take_values(exposition->family, args, values);
	va_end(args);

	format_value(value, number);
	put_series(exposition, "", values, NULL);
	fprintf(exposition->out, "%s\n", number);
}

void exposition_histogram(struct exposition *exposition, const struct histogram *histogram, ...)
{
	const struct histogram_bounds *bounds = exposition->family->bounds;
	bool openmetrics = exposition->format == EXPOSITION_OPENMETRICS;
	const char *values[METRIC_LABEL_MAX];
	char number[NUMBER_SIZE];
	uint64_t below = 0;
	va_list args;

	va_start(args, histogram);
	take_values(exposition->family, args, values);
	va_end(args);

	for (size_t i = 0; i < bounds->count; i++) {
		below += histogram->buckets[i];
		format_bound(bounds->upper[i], openmetrics, number);
		put_series(exposition, "_bucket", values, number);
		fprintf(exposition->out, "%" PRIu64 "\n", below);
	}
	put_series(exposition, "_bucket", values, "+Inf");
	fprintf(exposition->out, "%" PRIu64 "\n", histogram->count);

	format_value(histogram->sum, number);
	put_series(exposition, "_sum", values, NULL);
	fprintf(exposition->out, "%s\n", number);
	put_series(exposition, "_count", values, NULL);
	fprintf(exposition->out, "%" PRIu64 "\n", histogram->count);
}

void exposition_end(struct exposition *exposition)
{
	if (exposition->format == EXPOSITION_OPENMETRICS)
		fputs("# EOF\n", exposition->out);
}

/* A piece of the Accept header. */
struct span {
	const char *at;
	size_t size;
};

static struct span trim(struct span span)
{
	while (span.size && strchr(" \t\"", span.at[0])) {
		span.at++;
		span.size--;
	}
	while (span.size && strchr(" \t\"", span.at[span.size - 1]))
		span.size--;
	return span;
}

/* Cut what is before the next `delimiter`, or all there is, off the front of rest. */
static struct span cut(struct span *rest, char delimiter)
{
	const char *end = memchr(rest->at, delimiter, rest->size);
	size_t size = end ? (size_t)(end - rest->at) : rest->size;
	struct span first = { rest->at, size };

	rest->at += end ? size + 1 : size;
	rest->size -= end ? size + 1 : size;
	return trim(first);
}

static bool span_is(struct span span, const char *text)
{
	return span.size == strlen(text) && !strncasecmp(span.at, text, span.size);
}

/* "0.5" in thousandths; what is not a weight weighs nothing. Source: RFC 9110, 12.4.2. */
static unsigned int parse_weight(struct span span)
{
	unsigned int weight = 0, unit = 1000;

	for (size_t i = 0; i < span.size; i++) {
		if (i == 1 ? span.at[i] != '.' : span.at[i] < '0' || span.at[i] > '9')
			return 0;
		if (i == 1)
			continue;
		weight += unit * (unsigned int)(span.at[i] - '0');
		unit /= 10;
	}
	return weight > 1000 ? 0 : weight;
}

/* What a client may name. A wildcard asks for the plain text that every client can read, and counts
 * where text/plain itself is not named: the higher rank speaks for the format. */
static const struct media_row {
	const char *name, *version;
	enum exposition_format format;
	unsigned int rank;
} media[] = {
	{ "application/openmetrics-text", "1.0.0", EXPOSITION_OPENMETRICS, 3 },
	{ "text/plain", "0.0.4", EXPOSITION_TEXT, 3 },
	{ "text/*", NULL, EXPOSITION_TEXT, 2 },
	{ "*/*", NULL, EXPOSITION_TEXT, 1 },
};

struct offer {
	unsigned int rank, weight;
};

static const struct media_row *find_media(struct span name)
{
	for (size_t i = 0; i < array_size(media); i++) {
		if (span_is(name, media[i].name))
			return &media[i];
	}
	return NULL;
}

/* One media range with its parameters. */
static void take_range(struct span range, struct offer offers[static 2])
{
	const struct media_row *row = find_media(cut(&range, ';'));
	unsigned int weight = 1000;
	struct offer *offer;

	if (!row)
		return;

	while (range.size) {
		struct span value = cut(&range, ';');
		struct span name = cut(&value, '=');

		value = trim(value);
		if (span_is(name, "q"))
			weight = parse_weight(value);
		if (span_is(name, "version") && row->version && !span_is(value, row->version))
			return;
	}

	offer = &offers[row->format];
	if (row->rank > offer->rank || (row->rank == offer->rank && weight > offer->weight))
		*offer = (struct offer){ row->rank, weight };
}

enum exposition_format exposition_negotiate(const char *accept)
{
	struct offer offers[array_size(content_types)] = { 0 };
	struct span rest = { accept, accept ? strlen(accept) : 0 };
	unsigned int openmetrics;

	while (rest.size)
		take_range(cut(&rest, ','), offers);

	openmetrics = offers[EXPOSITION_OPENMETRICS].weight;
	return openmetrics && openmetrics >= offers[EXPOSITION_TEXT].weight ? EXPOSITION_OPENMETRICS
									    : EXPOSITION_TEXT;
}

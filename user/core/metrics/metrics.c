// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/metrics.h"

#include <string.h>

#include "core/metrics/collect_ranges.h"
#include "core/metrics/metric_rows.h"

static bool is_left_out(const struct metrics_input *input, const char *name)
{
	for (const char *const *at = input->left_out; at && *at; at++)
		if (!strcmp(*at, name))
			return true;
	return false;
}

void metrics_write(const struct metrics_input *input, enum exposition_format format, FILE *out)
{
	struct exposition exposition = { .out = out, .format = format };
	const struct metric_row *row;

	for (size_t i = 0; (row = metric_row_at(i)); i++) {
		if (is_left_out(input, row->metric.name))
			continue;
		exposition_family(&exposition, &row->metric);
		if (row->by.of_range)
			metric_each_range(&exposition, input, &row->by);
		else if (row->by.of_agent)
			exposition_sample(&exposition, row->by.of_agent(input));
		else
			row->by.collect(&exposition, input);
	}
	exposition_end(&exposition);
}

void metrics_describe(FILE *out)
{
	static const char *const types[] = { "gauge", "counter", "histogram", "info" };
	const struct metric_row *row;

	fputs("| name | type | labels | help |\n|---|---|---|---|\n", out);
	for (size_t i = 0; (row = metric_row_at(i)); i++) {
		const struct metric *metric = &row->metric;

		fprintf(out, "| %s | %s |", metric->name, types[metric->type]);
		for (const char *const *label = metric->labels; *label; label++)
			fprintf(out, " %s", *label);
		fprintf(out, " | %s |\n", metric->help);
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "core/metrics.h"

#include "core/collect_ranges.h"
#include "core/metric_rows.h"

void metrics_write(const struct metrics_input *input, enum exposition_format format, FILE *out)
{
	struct exposition exposition = { .out = out, .format = format };

	for (size_t i = 0; i < metric_row_count; i++) {
		const struct metric_row *row = &metric_rows[i];

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

	fputs("| name | type | labels | help |\n|---|---|---|---|\n", out);
	for (size_t i = 0; i < metric_row_count; i++) {
		const struct metric *metric = &metric_rows[i].metric;

		fprintf(out, "| %s | %s |", metric->name, types[metric->type]);
		for (const char *const *label = metric->labels; *label; label++)
			fprintf(out, " %s", *label);
		fprintf(out, " | %s |\n", metric->help);
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "cli/plan/cluster_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/output.h"
#include "cli/plan/plan_print.h"
#include "core/base/duration.h"
#include "core/base/text.h"
#include "core/plan/cluster_view.h"

enum { CELL_SIZE = CLUSTER_NAME_SIZE * 2, COLUMNS = 10 };

static const char *const heads[COLUMNS] = { "CLUSTER", "RANGE", "CIDR",	 "SCOPE", "USED",
					    "USABLE",  "USE%",	"NODES", "LEFT",  "FULL-IN" };
/* Numbers stand at the right. */
static const bool is_number[COLUMNS] = {
	[4] = true, [5] = true, [6] = true, [7] = true, [8] = true
};

static void put_count(double count, char out[static CELL_SIZE])
{
	char text[PLAN_COUNT_SIZE];

	text_copy(out, CELL_SIZE, isnan(count) ? "-" : plan_count(count, text));
}

static void put_time(double time_s, char out[static CELL_SIZE])
{
	char text[DURATION_TEXT_SIZE];

	if (isnan(time_s)) {
		text_copy(out, CELL_SIZE, "-");
	} else if (time_s <= 0) {
		text_copy(out, CELL_SIZE, "full");
	} else {
		/* In whole seconds. */
		duration_format((uint64_t)ceil(time_s) * 1000000000, text);
		text_copy(out, CELL_SIZE, text);
	}
}

static void put_cells(const struct cluster_row *row, char out[static COLUMNS][CELL_SIZE])
{
	text_to_line(*row->cluster ? row->cluster : "-", out[0], CELL_SIZE);
	text_to_line(row->range, out[1], CELL_SIZE);
	text_to_line(*row->cidr ? row->cidr : "-", out[2], CELL_SIZE);
	text_copy(out[3], CELL_SIZE, range_scope_name(row->scope));
	put_count(row->values[CLUSTER_VALUE_USED], out[4]);
	put_count(row->values[CLUSTER_VALUE_USABLE], out[5]);
	if (isnan(row->use))
		text_copy(out[6], CELL_SIZE, "-");
	else
		snprintf(out[6], CELL_SIZE, "%.0f%%", floor(row->use * 100));
	put_count(row->values[CLUSTER_VALUE_NODES], out[7]);
	put_count(row->left, out[8]);
	put_time(row->time_s, out[9]);
}

static void print_line(char cells[static COLUMNS][CELL_SIZE], const int *widths)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		if (!widths[i])
			continue;
		if (i == COLUMNS - 1)
			printf("%s\n", cells[i]);
		else if (is_number[i])
			printf("%*s ", widths[i], cells[i]);
		else
			printf("%-*s ", widths[i], cells[i]);
	}
}

static void widen(char cells[static COLUMNS][CELL_SIZE], int *widths)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		int width = (int)strlen(cells[i]);

		widths[i] = width > widths[i] ? width : widths[i];
	}
}

/* The column of clusters is there only where one has a name. */
static bool has_names(const struct cluster_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		if (*view->rows[i].cluster)
			return true;
	}
	return false;
}

static void print_rows(const struct cluster_view *view)
{
	char cells[COLUMNS][CELL_SIZE], names[COLUMNS][CELL_SIZE];
	int widths[COLUMNS] = { 0 };

	for (size_t i = 0; i < COLUMNS; i++)
		text_copy(names[i], CELL_SIZE, heads[i]);
	widen(names, widths);
	for (size_t i = 0; i < view->count; i++) {
		put_cells(&view->rows[i], cells);
		widen(cells, widths);
	}
	if (!has_names(view))
		widths[0] = 0;
	print_line(names, widths);
	for (size_t i = 0; i < view->count; i++) {
		put_cells(&view->rows[i], cells);
		print_line(cells, widths);
	}
}

int cluster_print_table(const struct cluster_view *view)
{
	if (view->count)
		print_rows(view);
	printf("%zu range%s\n", view->count, plan_plural((double)view->count));
	if (view->dropped)
		printf("%zu more are not shown; --selector picks\n", view->dropped);
	return 0;
}

/* ---- JSON ---- */

static void add_number(json_t *object, const char *key, double value)
{
	if (isfinite(value))
		json_object_set_new(object, key, json_real(value));
}

static void add_count(json_t *object, const char *key, double count)
{
	if (isfinite(count))
		json_object_set_new(object, key, plan_count_json(count));
}

static void add_text(json_t *object, const char *key, const char *text)
{
	if (*text)
		json_object_set_new(object, key, text_to_json(text));
}

static json_t *row_to_json(const struct cluster_row *row)
{
	json_t *object = json_object();

	add_text(object, "cluster", row->cluster);
	add_text(object, "range", row->range);
	add_text(object, "cidr", row->cidr);
	add_text(object, "family", row->family);
	add_text(object, "scope", range_scope_name(row->scope));
	add_count(object, "used", row->values[CLUSTER_VALUE_USED]);
	add_count(object, "usable", row->values[CLUSTER_VALUE_USABLE]);
	add_number(object, "use_ratio", row->use);
	add_number(object, "fullness_ratio", row->fullness);
	add_count(object, "nodes", row->values[CLUSTER_VALUE_NODES]);
	add_count(object, "nodes_full", row->values[CLUSTER_VALUE_FULL_NODES]);
	add_count(object, "nodes_left", row->left);
	add_count(object, "blocks_used", row->values[CLUSTER_VALUE_BLOCKS]);
	add_count(object, "blocks_capacity", row->values[CLUSTER_VALUE_BLOCKS_CAPACITY]);
	add_number(object, "time_to_exhaustion_s", row->time_s);
	return object;
}

json_t *cluster_print_json(const struct cluster_view *view)
{
	json_t *ranges = json_array();

	for (size_t i = 0; i < view->count; i++)
		json_array_append_new(ranges, row_to_json(&view->rows[i]));
	return json_pack("{s:i, s:o, s:I, s:I}", "v", 1, "ranges", ranges, "dropped",
			 (json_int_t)view->dropped, "refused", (json_int_t)view->refused);
}

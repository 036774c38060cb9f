// SPDX-License-Identifier: Apache-2.0
#include "core/plan/cluster_view.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

static bool fits(const char *text, size_t size)
{
	return strlen(text) < size;
}

static bool is_good(const struct cluster_sample *sample)
{
	return fits(sample->cluster, CLUSTER_NAME_SIZE) && fits(sample->range, RANGE_NAME_SIZE) &&
	       *sample->range && fits(sample->cidr, PREFIX_TEXT_SIZE) &&
	       fits(sample->family, CLUSTER_FAMILY_SIZE);
}

static bool is_of(const struct cluster_row *row, const struct cluster_sample *sample)
{
	return !strcmp(row->range, sample->range) && !strcmp(row->cluster, sample->cluster) &&
	       !strcmp(row->family, sample->family) &&
	       (row->scope == RANGE_SCOPE_NODE || !*sample->cidr ||
		!strcmp(row->cidr, sample->cidr));
}

static double known(double value)
{
	return isfinite(value) ? value : NAN;
}

static int add_row(struct cluster_view *view, enum range_scope scope,
		   const struct cluster_sample *sample)
{
	struct cluster_row *row;

	if (view->count == CLUSTER_ROWS_MAX) {
		view->dropped++;
		return 0;
	}
	if (!view->rows)
		view->rows = calloc(CLUSTER_ROWS_MAX, sizeof(*view->rows));
	if (!view->rows)
		return -ENOMEM;
	row = &view->rows[view->count++];
	text_copy(row->cluster, sizeof(row->cluster), sample->cluster);
	text_copy(row->range, sizeof(row->range), sample->range);
	text_copy(row->cidr, sizeof(row->cidr), sample->cidr);
	text_copy(row->family, sizeof(row->family), sample->family);
	row->scope = scope;
	for (size_t i = 0; i < CLUSTER_VALUE_COUNT; i++)
		row->values[i] = NAN;
	row->values[CLUSTER_VALUE_NODES] = known(sample->value);
	return 0;
}

int cluster_view_add(struct cluster_view *view, enum cluster_value value, bool is_of_nodes,
		     const struct cluster_sample *sample)
{
	enum range_scope scope;

	if (!is_good(sample)) {
		view->refused++;
		return 0;
	}
	if (value == CLUSTER_VALUE_NODES) {
		if (!range_scope_parse(sample->scope, &scope) &&
		    is_of_nodes == (scope == RANGE_SCOPE_NODE))
			return add_row(view, scope, sample);
		view->refused++;
		return 0;
	}
	for (size_t i = 0; i < view->count; i++) {
		struct cluster_row *row = &view->rows[i];

		if (is_of_nodes != (row->scope == RANGE_SCOPE_NODE) || !is_of(row, sample))
			continue;
		row->values[value] = known(sample->value);
		/* Of node ranges: the fullest one's. */
		if (*sample->cidr)
			text_copy(row->cidr, sizeof(row->cidr), sample->cidr);
	}
	return 0;
}

/* NAN with an operand that is not known. */
static double share(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

static double time_to(double left, double growth)
{
	if (left <= 0)
		return 0;
	return growth > 0 && left / growth <= CLUSTER_TIME_MAX_S ? left / growth : NAN;
}

static void finish_shared(struct cluster_row *row)
{
	const double *values = row->values;
	double capacity = values[CLUSTER_VALUE_BLOCKS_CAPACITY];

	row->left = NAN;
	row->fullness = row->use;
	row->time_s = time_to(values[CLUSTER_VALUE_USABLE] - values[CLUSTER_VALUE_USED],
			      values[CLUSTER_VALUE_USED_GROWTH]);
	if (!isnan(capacity)) {
		double blocks = values[CLUSTER_VALUE_BLOCKS];

		/* No node tells of a block before the first has one. */
		blocks = isnan(blocks) ? 0 : blocks;
		row->left = fmax(capacity - blocks, 0);
		row->fullness = fmax(row->use, share(blocks, capacity));
		row->time_s = time_to(row->left, values[CLUSTER_VALUE_BLOCKS_GROWTH]);
	}
}

static void finish_own(struct cluster_row *row)
{
	double full = row->values[CLUSTER_VALUE_FULL_NODES];
	double time_s = row->values[CLUSTER_VALUE_TIME];

	/* count() of none is no sample. */
	full = isnan(full) ? 0 : full;
	row->values[CLUSTER_VALUE_FULL_NODES] = full;
	row->left = row->values[CLUSTER_VALUE_NODES] - full;
	row->fullness = row->use;
	row->time_s = full > 0 ? 0 : time_s >= 0 && time_s <= CLUSTER_TIME_MAX_S ? time_s : NAN;
}

/* The greater one first, what is not known last. */
static int compare_down(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (a < b) - (a > b);
}

static int compare_up(double a, double b)
{
	return compare_down(-a, -b);
}

static int compare(const void *left, const void *right)
{
	const struct cluster_row *a = left, *b = right;
	int order = compare_down(a->fullness, b->fullness);

	order = order ? order : compare_up(a->time_s, b->time_s);
	order = order ? order : strcmp(a->cluster, b->cluster);
	order = order ? order : strcmp(a->range, b->range);
	order = order ? order : strcmp(a->cidr, b->cidr);
	return order ? order : strcmp(a->family, b->family);
}

void cluster_view_finish(struct cluster_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		struct cluster_row *row = &view->rows[i];

		row->use =
			share(row->values[CLUSTER_VALUE_USED], row->values[CLUSTER_VALUE_USABLE]);
		if (row->scope == RANGE_SCOPE_NODE)
			finish_own(row);
		else
			finish_shared(row);
	}
	if (view->count)
		qsort(view->rows, view->count, sizeof(*view->rows), compare);
}

void cluster_view_clear(struct cluster_view *view)
{
	free(view->rows);
	*view = (struct cluster_view){ 0 };
}

// SPDX-License-Identifier: Apache-2.0
#include "core/page/range_map.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "core/capacity/span.h"

enum {
	IP_BITS = 128,
	WHOLE_BITS = 16, /* of IPv6: a range of more addresses is not drawn whole */
	SMALL_BITS = 8, /* a range of no more is drawn by addresses, whatever nodes take */
	WIDEN_BITS = 4,
	BLOCKS_LESS_BITS = 2, /* of cells that are blocks there are fewer: large ranges are empty */
};

/* ---- marks ---- */

static int compare_marks(const void *a, const void *b)
{
	const struct range_mark *left = a, *right = b;
	int order = ip_compare(&left->ip, &right->ip);

	return order ? order : (int)left->kind - (int)right->kind;
}

static int compare_prefixes(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

void range_marks_sort(struct range_marks *marks)
{
	size_t count = 0, own_count = 0;

	if (marks->count)
		qsort(marks->marks, marks->count, sizeof(*marks->marks), compare_marks);
	for (size_t i = 0; i < marks->count; i++) {
		if (count && !ip_compare(&marks->marks[count - 1].ip, &marks->marks[i].ip))
			count--;
		marks->marks[count++] = marks->marks[i];
	}
	if (marks->own_count)
		qsort(marks->own, marks->own_count, sizeof(*marks->own), compare_prefixes);
	for (size_t i = 0; i < marks->own_count; i++)
		if (!own_count || !prefix_holds(&marks->own[own_count - 1], &marks->own[i]))
			marks->own[own_count++] = marks->own[i];
	marks->count = count;
	marks->own_count = own_count;
}

/* The first mark that is not before ip. */
static size_t find_mark(const struct range_marks *marks, const struct ip *ip)
{
	size_t low = 0, high = marks->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ip_compare(&marks->marks[middle].ip, ip) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_own(const struct range_marks *marks, const struct ip *ip)
{
	struct prefix narrowest = prefix_of(ip, IP_BITS);
	size_t low = 0, high = marks->own_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (prefix_compare(&marks->own[middle], &narrowest) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && prefix_holds_ip(&marks->own[low - 1], ip);
}

/* ---- cells ---- */

struct drawing {
	struct range_map *map;
	const struct range_marks *marks;
	struct spans reserved;
	struct span all;
	size_t first, last; /* marks inside; the last is not */
};

static number cell_size(const struct range_map *map)
{
	return (number)1 << (IP_BITS - map->cell_len);
}

static struct span cell_span(const struct range_map *map, const struct range_map_cell *cell)
{
	number first = span_number(&cell->base);

	return (struct span){ first, first + (cell_size(map) - 1) };
}

static void add_counts(double *counts, const double *more)
{
	for (size_t i = 0; i < RANGE_MAP_KIND_COUNT; i++)
		counts[i] += more[i];
}

static bool is_mark_own(const struct drawing *drawing, const struct range_mark *mark)
{
	return drawing->map->is_shared && is_own(drawing->marks, &mark->ip);
}

/* A mark takes its address from what else it would be. */
static void put_mark(const struct drawing *drawing, const struct range_mark *mark, double *counts)
{
	counts[mark->kind]++;
	if (spans_hold(&drawing->reserved, span_number(&mark->ip)))
		counts[RANGE_MAP_RESERVED]--;
	else if (is_mark_own(drawing, mark))
		counts[RANGE_MAP_OWN]--;
}

static double count_own(const struct drawing *drawing, const struct prefix *own, struct span part)
{
	struct span span = span_of_prefix(own);
	double sum = span_overlap(span, part);

	if (ip_is_v4(&own->base) != ip_is_v4(&drawing->map->cidr.base))
		return 0;
	for (size_t i = 0; i < drawing->reserved.count; i++) {
		struct span both;

		if (span_clip(drawing->reserved.all[i], part, &both))
			sum -= span_overlap(span, both);
	}
	return sum;
}

static void finish_free(double *counts, double size)
{
	double taken = 0;

	counts[RANGE_MAP_FREE] = 0;
	for (size_t i = 0; i < RANGE_MAP_KIND_COUNT; i++)
		taken += counts[i];
	counts[RANGE_MAP_FREE] = size > taken ? size - taken : 0;
}

/* Own prefixes do not span_overlap: each cell is met once for each that is inside, or once. */
static void put_own(const struct drawing *drawing, const struct prefix *own)
{
	struct range_map *map = drawing->map;
	struct span span = span_of_prefix(own);
	number first, last;

	if (ip_is_v4(&own->base) != ip_is_v4(&map->cidr.base) ||
	    span_overlap(span, drawing->all) <= 0)
		return;
	first = span.first > drawing->all.first ? span.first - drawing->all.first : 0;
	last = (span.last < drawing->all.last ? span.last : drawing->all.last) - drawing->all.first;
	for (size_t i = (size_t)(first / cell_size(map)); i <= (size_t)(last / cell_size(map)); i++)
		map->cells[i].counts[RANGE_MAP_OWN] +=
			count_own(drawing, own, cell_span(map, &map->cells[i]));
}

static void draw_whole(const struct drawing *drawing)
{
	struct range_map *map = drawing->map;

	for (size_t i = 0; i < map->count; i++) {
		struct range_map_cell *cell = &map->cells[i];

		cell->base = span_ip(drawing->all.first + i * cell_size(map));
		cell->counts[RANGE_MAP_RESERVED] =
			spans_overlap(&drawing->reserved, cell_span(map, cell));
	}
	for (size_t i = 0; map->is_shared && i < drawing->marks->own_count; i++)
		put_own(drawing, &drawing->marks->own[i]);
	for (size_t i = drawing->first; i < drawing->last; i++) {
		number at = span_number(&drawing->marks->marks[i].ip) - drawing->all.first;

		put_mark(drawing, &drawing->marks->marks[i],
			 map->cells[(size_t)(at / cell_size(map))].counts);
	}
	for (size_t i = 0; i < map->count; i++) {
		finish_free(map->cells[i].counts, (double)cell_size(map));
		add_counts(map->counts, map->cells[i].counts);
	}
}

/* Opens a cell where the block is another one than before. */
static struct range_map_cell *next_cell(const struct drawing *drawing, size_t at)
{
	struct range_map *map = drawing->map;
	const struct range_mark *mark = &drawing->marks->marks[at];
	struct ip base = prefix_of(&mark->ip, map->cell_len).base;
	struct range_map_cell *cell;
	struct span span;

	if (map->count && !ip_compare(&map->cells[map->count - 1].base, &base))
		return &map->cells[map->count - 1];
	assert(map->count < RANGE_MAP_BLOCKS_MAX); /* block_len() saw to it */
	cell = &map->cells[map->count++];
	cell->base = base;
	span = cell_span(map, cell);
	cell->counts[RANGE_MAP_RESERVED] = spans_overlap(&drawing->reserved, span);
	for (size_t i = 0; map->is_shared && i < drawing->marks->own_count; i++)
		cell->counts[RANGE_MAP_OWN] += count_own(drawing, &drawing->marks->own[i], span);
	return cell;
}

static void draw_blocks(const struct drawing *drawing)
{
	struct range_map *map = drawing->map;

	map->counts[RANGE_MAP_RESERVED] = spans_overlap(&drawing->reserved, drawing->all);
	for (size_t i = 0; map->is_shared && i < drawing->marks->own_count; i++)
		map->counts[RANGE_MAP_OWN] +=
			count_own(drawing, &drawing->marks->own[i], drawing->all);
	for (size_t i = drawing->first; i < drawing->last; i++) {
		const struct range_mark *mark = &drawing->marks->marks[i];
		struct range_map_cell *cell;

		/* ::/64 holds the mapped form of IPv4. */
		if (ip_is_v4(&mark->ip))
			continue;
		cell = next_cell(drawing, i);
		put_mark(drawing, mark, map->counts);
		put_mark(drawing, mark, cell->counts);
	}
	for (size_t i = 0; i < map->count; i++)
		finish_free(map->cells[i].counts, (double)cell_size(map));
	finish_free(map->counts, prefix_size(&map->cidr));
}

/* ---- which picture ---- */

static size_t count_blocks(const struct drawing *drawing, uint8_t len)
{
	const struct range_mark *marks = drawing->marks->marks;
	struct ip before = { 0 };
	size_t count = 0;

	for (size_t i = drawing->first; i < drawing->last; i++) {
		struct ip base = prefix_of(&marks[i].ip, len).base;

		count += i == drawing->first || ip_compare(&base, &before) != 0;
		before = base;
	}
	return count;
}

static uint8_t block_len(const struct drawing *drawing, const struct prefix *cidr)
{
	unsigned int len = IP_BITS - RANGE_MAP_BLOCK_BITS;

	while (len > (unsigned int)cidr->len + WIDEN_BITS &&
	       count_blocks(drawing, (uint8_t)len) > RANGE_MAP_BLOCKS_MAX)
		len -= WIDEN_BITS;
	return (uint8_t)len;
}

static uint8_t whole_len(const struct range *range, size_t cells_max, bool *out_is_node_blocks)
{
	unsigned int bits = IP_BITS - range->cidr.len, most = 0;
	unsigned int node = range->node_prefix;

	if (node && ip_is_v4(&range->cidr.base))
		node += IP_V4_BITS;
	while (((size_t)2 << most) <= cells_max || most < BLOCKS_LESS_BITS)
		most++;
	*out_is_node_blocks = bits > SMALL_BITS && node > range->cidr.len && node < IP_BITS &&
			      node - range->cidr.len <= most;
	if (*out_is_node_blocks)
		return (uint8_t)node;
	return (uint8_t)(range->cidr.len + (bits <= most ? bits : most - BLOCKS_LESS_BITS));
}

int range_map_new(const struct range *range, const struct range_marks *marks, size_t cells_max,
		  struct range_map **out)
{
	struct drawing drawing = { .marks = marks, .all = span_of_prefix(&range->cidr) };
	struct range_map map = { .cidr = range->cidr,
				 .is_shared = range->scope != RANGE_SCOPE_NODE };
	struct ip last = span_ip(drawing.all.last);

	spans_reserved(range, &drawing.reserved, &map.unplaced);
	drawing.first = find_mark(marks, &range->cidr.base);
	drawing.last = find_mark(marks, &last);
	if (drawing.last < marks->count && !ip_compare(&marks->marks[drawing.last].ip, &last))
		drawing.last++;
	map.cell_len = whole_len(range, cells_max, &map.is_node_blocks);
	map.is_whole = ip_is_v4(&range->cidr.base) || map.is_node_blocks ||
		       IP_BITS - range->cidr.len <= WHOLE_BITS;
	if (!map.is_whole)
		map.cell_len = block_len(&drawing, &range->cidr);

	map.count = map.is_whole ? (size_t)1 << (map.cell_len - range->cidr.len)
				 : RANGE_MAP_BLOCKS_MAX;
	drawing.map = calloc(1, sizeof(map) + map.count * sizeof(drawing.map->cells[0]));
	if (!drawing.map)
		return -ENOMEM;
	*drawing.map = map;
	drawing.map->count = map.is_whole ? map.count : 0;
	if (map.is_whole)
		draw_whole(&drawing);
	else
		draw_blocks(&drawing);
	*out = drawing.map;
	return 0;
}

enum range_map_kind range_map_cell_kind(const struct range_map *map,
					const struct range_map_cell *cell)
{
	for (enum range_map_kind kind = RANGE_MAP_LEAKED; kind >= RANGE_MAP_COOLDOWN; kind--)
		if (cell->counts[kind] > 0)
			return kind;
	if (cell->counts[RANGE_MAP_OWN] > 0)
		return RANGE_MAP_OWN;
	return cell->counts[RANGE_MAP_RESERVED] >= (double)cell_size(map) ? RANGE_MAP_RESERVED
									  : RANGE_MAP_FREE;
}

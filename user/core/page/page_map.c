// SPDX-License-Identifier: Apache-2.0
/*
 * Runs are stroked: "m5 0h3" is six bytes where a rectangle of its own has fifty, and
 * a /20 has 4,096 addresses. What is free is the ground that they are drawn on.
 */
#include "core/page/page_map.h"

#include <errno.h>
#include <string.h>

#include "core/capacity/span.h"
#include "core/page/html.h"

enum {
	GRID_MAX = 256, /* cells with a text each */
	GRID_COLUMNS = 16,
	RUN_COLUMNS = 64,
	GRIDS_MAX = 4, /* of a map that is not whole */
	LEVELS = 4, /* of how much of a block is used */
	BYTE_BITS = 8,
	IP_BITS = 128,
};

/* A look is a kind, and of a used block how much of it. */
enum look {
	LOOK_FREE,
	LOOK_OWN,
	LOOK_RESERVED,
	LOOK_COOLDOWN,
	LOOK_USED_1,
	LOOK_USED_2,
	LOOK_USED_3,
	LOOK_USED,
	LOOK_LEAKED,
	LOOK_COUNT,
};

static const struct {
	const char *class, *stroke; /* stroke: of what is hatched */
} looks[LOOK_COUNT] = {
	[LOOK_FREE] = { "f", "" },
	[LOOK_OWN] = { "o", "" },
	[LOOK_RESERVED] = { "r", " stroke=\"url(#hatch-r)\"" },
	[LOOK_COOLDOWN] = { "c", " stroke=\"url(#hatch-c)\"" },
	[LOOK_USED_1] = { "u u1", "" },
	[LOOK_USED_2] = { "u u2", "" },
	[LOOK_USED_3] = { "u u3", "" },
	[LOOK_USED] = { "u", "" },
	[LOOK_LEAKED] = { "l", " stroke=\"url(#hatch-l)\"" },
};

static bool is_address(const struct range_map *map)
{
	return map->cell_len == IP_BITS;
}

static enum look look_of(const struct range_map *map, const struct range_map_cell *cell)
{
	static const enum look of_kind[RANGE_MAP_KIND_COUNT] = {
		[RANGE_MAP_FREE] = LOOK_FREE,	      [RANGE_MAP_OWN] = LOOK_OWN,
		[RANGE_MAP_RESERVED] = LOOK_RESERVED, [RANGE_MAP_COOLDOWN] = LOOK_COOLDOWN,
		[RANGE_MAP_USED] = LOOK_USED,	      [RANGE_MAP_LEAKED] = LOOK_LEAKED,
	};
	enum range_map_kind kind = range_map_cell_kind(map, cell);
	double size = 0;

	if (kind != RANGE_MAP_USED || is_address(map))
		return of_kind[kind];
	for (size_t i = 0; i < RANGE_MAP_KIND_COUNT; i++)
		size += cell->counts[i];
	for (int level = 1; level < LEVELS; level++)
		if (cell->counts[RANGE_MAP_USED] * LEVELS <= size * level)
			return (enum look)(LOOK_USED_1 + level - 1);
	return LOOK_USED;
}

/* ---- words ---- */

static const char *word_of(const struct range_map *map, enum range_map_kind kind)
{
	static const char *const words[RANGE_MAP_KIND_COUNT] = {
		[RANGE_MAP_FREE] = "free",	   [RANGE_MAP_OWN] = "free for this node",
		[RANGE_MAP_RESERVED] = "reserved", [RANGE_MAP_COOLDOWN] = "in cooldown",
		[RANGE_MAP_USED] = "used",	   [RANGE_MAP_LEAKED] = "leaked",
	};

	return kind == RANGE_MAP_FREE && map->is_shared ? "not this node's" : words[kind];
}

static void write_cidr(FILE *out, const struct ip *base, uint8_t len)
{
	const struct prefix prefix = { *base, len };
	char text[PREFIX_TEXT_SIZE];

	if (len == IP_BITS)
		ip_format(base, text);
	else
		prefix_format(&prefix, text);
	fputs(text, out);
}

/* The words of a legend, for those who do not see the picture. */
static void write_label(const struct range_map *map, FILE *out)
{
	const char *comma = ": ";

	fputs(" role=\"img\" aria-label=\"Map of ", out);
	write_cidr(out, &map->cidr.base, map->cidr.len);
	for (enum range_map_kind kind = RANGE_MAP_KIND_COUNT; kind-- > 0;) {
		if (map->counts[kind] <= 0)
			continue;
		fputs(comma, out);
		html_count(out, map->counts[kind]);
		fprintf(out, " %s", word_of(map, kind));
		comma = ", ";
	}
	fputc('"', out);
}

/* What the script needs to name the cell under the pointer. */
static void write_data(const struct range_map *map, FILE *out)
{
	fputs(" data-base=\"", out);
	for (size_t i = 0; i < sizeof(map->cidr.base.bytes); i++)
		fprintf(out, "%02x", map->cidr.base.bytes[i]);
	fprintf(out, "\" data-len=\"%u\"", map->cell_len);
	if (map->is_shared)
		fputs(" data-shared", out);
}

static void write_swatch(const struct range_map *map, enum range_map_kind kind, FILE *out)
{
	static const char letters[] = "forcul";

	fprintf(out, "<li><i class=\"%c\"></i><b>", letters[kind]);
	html_count(out, map->counts[kind]);
	fprintf(out, "</b> %s</li>", word_of(map, kind));
}

static void write_legend(const struct range_map *map, FILE *out)
{
	fputs("<ul class=\"legend\">", out);
	for (enum range_map_kind kind = RANGE_MAP_KIND_COUNT; kind-- > 0;)
		if (map->counts[kind] > 0)
			write_swatch(map, kind, out);
	if (map->unplaced > 0) {
		fputs("<li><b>", out);
		html_count(out, map->unplaced);
		fputs("</b> of them reserved, it is not known which</li>", out);
	}
	fputs("</ul>\n", out);
}

static void write_scale(const struct range_map *map, size_t columns, FILE *out)
{
	char base[IP_TEXT_SIZE];
	double size = prefix_size(&(struct prefix){ map->cidr.base, map->cell_len });

	ip_format(&map->cidr.base, base);
	fputs("<p class=\"scale\">One cell is ", out);
	if (is_address(map)) {
		fputs("an address", out);
	} else {
		fputs(map->is_node_blocks ? "the block of a node, " : "a block of ", out);
		html_count(out, size);
		fputs(" addresses", out);
	}
	fprintf(out, ", %zu a row, from %s", columns, base);
	fputs(is_address(map) ? ".</p>\n"
			      : "; the darker, the more of it are used by this node.</p>\n",
	      out);
}

/* ---- cells as elements ---- */

/* The last part of an address, where a cell has one of its own. */
static void write_part(const struct range_map *map, const struct ip *base, FILE *out)
{
	unsigned int at = map->cell_len / BYTE_BITS;

	if (map->cell_len % BYTE_BITS || !at)
		return;
	if (ip_is_v4(base))
		fprintf(out, "%u", base->bytes[at - 1]);
	else
		fprintf(out, "%x", base->bytes[at - 1]);
}

static void write_grid(const struct range_map *map, FILE *out)
{
	size_t columns = map->count < GRID_COLUMNS ? map->count : GRID_COLUMNS;

	fprintf(out, "<div class=\"map grid g%zu\"", columns);
	write_label(map, out);
	write_data(map, out);
	fputc('>', out);
	for (size_t i = 0; i < map->count; i++) {
		fprintf(out, "<i class=\"%s\">", looks[look_of(map, &map->cells[i])].class);
		write_part(map, &map->cells[i].base, out);
		fputs("</i>", out);
	}
	fputs("</div>\n", out);
}

/* ---- cells as runs ---- */

struct pen {
	size_t x, y;
	bool is_down; /* a path is open */
};

static void write_run(struct pen *pen, enum look look, const size_t run[static 3], FILE *out)
{
	size_t row = run[0], from = run[1], to = run[2];

	if (!pen->is_down)
		fprintf(out, "<path class=\"%s\"%s d=\"M%zu %zu", looks[look].class,
			looks[look].stroke, from, row);
	else if (row == pen->y)
		fprintf(out, "m%zu 0", from - pen->x);
	else
		fprintf(out, "M%zu %zu", from, row);
	fprintf(out, "h%zu", to - from);
	*pen = (struct pen){ to, row, true };
}

static void write_look(const struct range_map *map, enum look look, FILE *out)
{
	struct pen pen = { 0 };

	for (size_t i = 0; i < map->count;) {
		size_t row = i / RUN_COLUMNS, start = i;

		while (i < map->count && i / RUN_COLUMNS == row &&
		       look_of(map, &map->cells[i]) == look)
			i++;
		if (i > start)
			write_run(&pen, look,
				  (size_t[]){ row, start % RUN_COLUMNS,
					      start % RUN_COLUMNS + i - start },
				  out);
		else
			i++;
	}
	if (pen.is_down)
		fputs("\"/>", out);
}

static void write_runs(const struct range_map *map, FILE *out)
{
	size_t rows = map->count / RUN_COLUMNS;

	fprintf(out, "<svg class=\"map runs\" viewBox=\"0 0 %d %zu\"", RUN_COLUMNS, rows);
	write_label(map, out);
	write_data(map, out);
	fprintf(out,
		"><rect class=\"f\" width=\"%d\" height=\"%zu\"/><g transform=\"translate(0 .5)\">",
		RUN_COLUMNS, rows);
	for (enum look look = LOOK_FREE + 1; look < LOOK_COUNT; look++)
		write_look(map, look, out);
	fprintf(out,
		"</g><rect class=\"lines\" fill=\"url(#lines)\" width=\"%d\" height=\"%zu\"/></svg>\n",
		RUN_COLUMNS, rows);
}

/* Elements are worth their size where each can tell its part of the address. */
static bool is_grid(const struct range_map *map)
{
	return map->count <= GRID_MAX &&
	       (map->cell_len % BYTE_BITS == 0 || map->count <= RUN_COLUMNS);
}

static size_t write_whole(const struct range_map *map, FILE *out)
{
	if (!is_grid(map)) {
		write_runs(map, out);
		return RUN_COLUMNS;
	}
	write_grid(map, out);
	return map->count < GRID_COLUMNS ? map->count : GRID_COLUMNS;
}

/* ---- the blocks of a range that is not drawn whole ---- */

/* Each block with its addresses, as they are few. */
static int write_grids(const struct range *range, const struct range_marks *marks,
		       const struct range_map *map, FILE *out)
{
	for (size_t i = 0; i < map->count; i++) {
		struct range part = *range;
		cleanup_range_map struct range_map *block = NULL;
		int err;

		part.cidr = (struct prefix){ map->cells[i].base, map->cell_len };
		part.node_prefix = 0;
		part.places.is_known = span_places(range, &part.places);
		err = range_map_new(&part, marks, GRID_MAX, &block);
		if (err)
			return err;
		write_grid(block, out);
		fputs("<p class=\"scale\">Of ", out);
		write_cidr(out, &part.cidr.base, part.cidr.len);
		fputs(" one cell is an address.</p>\n", out);
	}
	return 0;
}

static void write_list(const struct range_map *map, FILE *out)
{
	double most = 1;

	for (size_t i = 0; i < map->count; i++)
		if (map->cells[i].counts[RANGE_MAP_USED] > most)
			most = map->cells[i].counts[RANGE_MAP_USED];
	fputs("<ul class=\"blocks\">", out);
	for (size_t i = 0; i < map->count; i++) {
		const struct range_map_cell *cell = &map->cells[i];

		fputs("<li><code>", out);
		write_cidr(out, &cell->base, map->cell_len);
		fprintf(out,
			"</code><svg class=\"bar\" viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" "
			"aria-hidden=\"true\"><rect class=\"u\" width=\"%.1f\" height=\"1\"/></svg>",
			100 * cell->counts[RANGE_MAP_USED] / most);
		for (enum range_map_kind kind = RANGE_MAP_LEAKED; kind >= RANGE_MAP_COOLDOWN;
		     kind--) {
			if (cell->counts[kind] <= 0)
				continue;
			fputs(" <span>", out);
			html_count(out, cell->counts[kind]);
			fprintf(out, " %s</span>", word_of(map, kind));
		}
		fputs("</li>", out);
	}
	fputs("</ul>\n", out);
}

static int write_blocks(const struct range *range, const struct range_marks *marks,
			const struct range_map *map, FILE *out)
{
	if (!map->count) {
		fputs("<p class=\"scale\">This node uses no address of it.</p>\n", out);
		return 0;
	}
	fputs("<p class=\"scale\">Too large to be drawn: only its blocks of ", out);
	html_count(out, prefix_size(&(struct prefix){ map->cidr.base, map->cell_len }));
	fputs(" addresses that hold something.</p>\n", out);
	if (map->cell_len == IP_BITS - RANGE_MAP_BLOCK_BITS && map->count <= GRIDS_MAX)
		return write_grids(range, marks, map, out);
	write_list(map, out);
	return 0;
}

/* ---- public ---- */

void page_map_patterns(FILE *out)
{
	fputs("<svg class=\"patterns\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
	      "<pattern id=\"lines\" width=\"1\" height=\"1\" patternUnits=\"userSpaceOnUse\">"
	      "<path d=\"M0 0H1M0 0V1\"/></pattern>"
	      "<pattern id=\"hatch-r\" width=\".5\" height=\".5\" patternUnits=\"userSpaceOnUse\">"
	      "<rect width=\".5\" height=\".5\"/><path d=\"M0 .5L.5 0\"/></pattern>"
	      "<pattern id=\"hatch-c\" width=\"1\" height=\".5\" patternUnits=\"userSpaceOnUse\">"
	      "<rect width=\"1\" height=\".5\"/><path d=\"M0 .25H1\"/></pattern>"
	      "<pattern id=\"hatch-l\" width=\"1\" height=\"1\" patternUnits=\"userSpaceOnUse\" "
	      "patternTransform=\"translate(0 .5)\">"
	      "<rect width=\"1\" height=\"1\"/><path d=\"M0 0L1 1M1 0L0 1\"/></pattern>"
	      "</defs></svg>\n",
	      out);
}

int page_map_write(const struct range *range, const struct range_marks *marks, size_t cells_max,
		   FILE *out)
{
	cleanup_range_map struct range_map *map = NULL;
	int err = range_map_new(range, marks, cells_max, &map);

	if (err)
		return err;
	if (map->is_whole)
		write_scale(map, write_whole(map, out), out);
	else
		err = write_blocks(range, marks, map, out);
	write_legend(map, out);
	return err;
}

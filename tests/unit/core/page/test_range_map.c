// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/page/range_map.h"

enum { TEXT_MAX = 512, MARKS_MAX = 1024 };

static const char letters[] = "forcul"; /* by kind */

static struct range make(const char *cidr, enum range_scope scope, double reserved)
{
	struct range range = { .scope = scope, .reserved = reserved };

	assert_int_equal(prefix_parse(cidr, &range.cidr), 0);
	return range;
}

/* "u10.0.0.1 l10.0.0.2 o10.0.0.0/29": a letter of a kind and an address; of `o` a prefix. */
static struct range_marks read_marks(const char *text)
{
	struct range_marks marks = { calloc(MARKS_MAX, sizeof(struct range_mark)),
				     calloc(MARKS_MAX, sizeof(struct prefix)), 0, 0 };
	char copy[TEXT_MAX];

	assert_non_null(marks.marks);
	assert_non_null(marks.own);
	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
		struct range_mark *mark = &marks.marks[marks.count];

		if (*word == 'o') {
			assert_int_equal(prefix_parse(word + 1, &marks.own[marks.own_count++]), 0);
			continue;
		}
		mark->kind = (enum range_map_kind)(strchr(letters, *word) - letters);
		assert_int_equal(ip_parse(word + 1, &mark->ip), 0);
		marks.count++;
	}
	range_marks_sort(&marks);
	return marks;
}

static void free_marks(struct range_marks *marks)
{
	free(marks->marks);
	free(marks->own);
}
#define cleanup_marks cleanup(free_marks)

static struct range_map *draw(const struct range *range, const struct range_marks *marks)
{
	struct range_map *map = NULL;

	assert_int_equal(range_map_new(range, marks, RANGE_MAP_CELLS_MAX, &map), 0);
	return map;
}

/* Every cell has as many addresses as it is large, and the map the sum of them. */
static void expect_sums(const struct range_map *map)
{
	struct prefix cell = { map->cidr.base, map->cell_len };
	double all = 0;

	for (size_t i = 0; i < map->count; i++) {
		double sum = 0;

		for (size_t kind = 0; kind < RANGE_MAP_KIND_COUNT; kind++) {
			assert_true(map->cells[i].counts[kind] >= 0);
			sum += map->cells[i].counts[kind];
		}
		assert_true(sum == prefix_size(&cell));
	}
	for (size_t kind = 0; kind < RANGE_MAP_KIND_COUNT; kind++)
		all += map->counts[kind];
	assert_true(all == prefix_size(&map->cidr));
}

static void draws_one_cell_an_address(void **state)
{
	static const struct {
		const char *cidr;
		enum range_scope scope;
		double reserved;
		const char *marks, *cells;
	} cases[] = {
		{ "10.0.0.8/29", RANGE_SCOPE_NODE, 3, "", "rrfffffr" },
		{ "10.0.0.8/29", RANGE_SCOPE_NODE, 3, "u10.0.0.10 u10.0.0.14", "rrufffur" },
		{ "10.0.0.8/29", RANGE_SCOPE_NODE, 3, "u10.0.0.7 u10.0.0.16 ufd00::a", "rrfffffr" },
		/* the first and the last address, and one that nobody should have */
		{ "10.0.0.8/29", RANGE_SCOPE_NODE, 3, "u10.0.0.8 u10.0.0.9 u10.0.0.15",
		  "uufffffu" },
		{ "10.0.0.8/29", RANGE_SCOPE_NODE, 0, "c10.0.0.9 l10.0.0.10 r10.0.0.11",
		  "fclrffff" },
		/* the worst of several */
		{ "10.0.0.8/29", RANGE_SCOPE_NODE, 0,
		  "u10.0.0.9 l10.0.0.9 u10.0.0.10 u10.0.0.10 c10.0.0.11 u10.0.0.11 r10.0.0.12 "
		  "c10.0.0.12",
		  "fluucfff" },
		/* of a shared range what is this node's; of its own all is */
		{ "10.0.0.8/29", RANGE_SCOPE_CLUSTER, 0, "o10.0.0.12/30 u10.0.0.13 u10.0.0.9",
		  "fuffouoo" },
		{ "10.0.0.8/29", RANGE_SCOPE_CLUSTER, 0, "o10.0.0.0/24 u10.0.0.13", "ooooouoo" },
		{ "10.0.0.8/29", RANGE_SCOPE_CLUSTER, 0,
		  "o10.0.0.12/30 o10.0.0.12/31 o10.0.0.13/32", "ffffoooo" },
		{ "10.0.0.8/29", RANGE_SCOPE_NODE, 0, "o10.0.0.12/30 u10.0.0.13", "fffffuff" },
		{ "10.0.0.0/28", RANGE_SCOPE_SUBNET, 5, "o10.0.0.8/29 u10.0.0.9 c10.0.0.10",
		  "rrrrffffoucoooor" },
		{ "10.0.0.9/32", RANGE_SCOPE_NODE, 0, "u10.0.0.9", "u" },
		{ "fd00::8/125", RANGE_SCOPE_NODE, 2, "ufd00::a ufd00::f u10.0.0.9", "rruffffu" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct range range = make(c->cidr, c->scope, c->reserved);
		cleanup_marks struct range_marks marks = read_marks(c->marks);
		cleanup_range_map struct range_map *map = draw(&range, &marks);
		char got[17] = "";

		print_message("  %s %s\n", c->cidr, c->marks);
		assert_int_equal(map->cell_len, 128);
		assert_true(map->is_whole);
		for (size_t i = 0; i < map->count; i++)
			got[i] = letters[range_map_cell_kind(map, &map->cells[i])];
		assert_string_equal(got, c->cells);
		expect_sums(map);
	}
}

static void makes_blocks_of_what_is_too_large(void **state)
{
	static const struct {
		const char *cidr;
		uint8_t node_prefix;
		size_t count;
		uint8_t cell_bits; /* host bits of a cell */
		bool is_node_blocks, is_whole;
	} cases[] = {
		{ "10.0.0.0/26", 0, 64, 0, false, true },
		{ "10.0.0.0/24", 0, 256, 0, false, true },
		{ "10.0.0.0/22", 0, 1024, 0, false, true },
		{ "10.0.0.0/20", 0, 4096, 0, false, true },
		{ "10.0.0.0/19", 0, 1024, 3, false, true },
		{ "10.0.0.0/16", 0, 1024, 6, false, true },
		{ "10.0.0.0/8", 0, 1024, 14, false, true },
		{ "0.0.0.0/0", 0, 1024, 22, false, true },
		/* the blocks of nodes, unless all addresses have room */
		{ "10.0.0.0/16", 24, 256, 8, true, true },
		{ "10.0.0.0/22", 27, 32, 5, true, true },
		{ "10.0.0.0/26", 27, 64, 0, false, true },
		{ "10.0.0.0/8", 24, 1024, 14, false, true }, /* they would be 65,536 */
		{ "10.0.0.0/16", 16, 1024, 6, false, true },
		{ "fd00::/56", 64, 256, 64, true, true },
		{ "fd00::/112", 0, 1024, 6, false, true },
		{ "fd00::/111", 0, 0, 8, false, false },
		{ "fd00::/64", 0, 0, 8, false, false },
	};

	(void)state;
	for_each_case(c, cases) {
		struct range range = make(c->cidr, RANGE_SCOPE_CLUSTER, 0);
		const struct range_marks none = { 0 };
		cleanup_range_map struct range_map *map = NULL;

		print_message("  %s of /%u\n", c->cidr, c->node_prefix);
		range.node_prefix = c->node_prefix;
		map = draw(&range, &none);
		assert_int_equal(map->count, c->count);
		assert_int_equal(128 - map->cell_len, c->cell_bits);
		assert_int_equal(map->is_node_blocks, c->is_node_blocks);
		assert_int_equal(map->is_whole, c->is_whole);
		expect_sums(map);
	}
}

static void counts_what_blocks_hold(void **state)
{
	struct range range = make("10.8.0.0/16", RANGE_SCOPE_CLUSTER, 0);
	cleanup_marks struct range_marks marks =
		read_marks("o10.8.4.0/22 u10.8.4.0 u10.8.4.255 c10.8.5.1 l10.8.5.2 u10.8.5.3 "
			   "u10.8.255.255 r10.8.9.1");
	cleanup_range_map struct range_map *map = NULL;
	static const struct {
		size_t at;
		enum range_map_kind kind;
		double counts[RANGE_MAP_KIND_COUNT];
	} cases[] = {
		{ 3, RANGE_MAP_FREE, { 256, 0, 0, 0, 0, 0 } },
		{ 4, RANGE_MAP_USED, { 0, 254, 0, 0, 2, 0 } },
		{ 5, RANGE_MAP_LEAKED, { 0, 253, 0, 1, 1, 1 } },
		{ 6, RANGE_MAP_OWN, { 0, 256, 0, 0, 0, 0 } },
		{ 8, RANGE_MAP_FREE, { 256, 0, 0, 0, 0, 0 } },
		{ 9, RANGE_MAP_FREE, { 255, 0, 1, 0, 0, 0 } },
		{ 255, RANGE_MAP_USED, { 255, 0, 0, 0, 1, 0 } },
	};

	(void)state;
	range.node_prefix = 24;
	map = draw(&range, &marks);
	for_each_case(c, cases) {
		assert_memory_equal(map->cells[c->at].counts, c->counts, sizeof(c->counts));
		assert_int_equal(range_map_cell_kind(map, &map->cells[c->at]), c->kind);
	}
	assert_true(map->counts[RANGE_MAP_USED] == 4);
	assert_true(map->counts[RANGE_MAP_OWN] == 1024 - 5);
	expect_sums(map);
}

static void lists_blocks_of_a_wide_range_that_hold_something(void **state)
{
	struct range range = make("fd00:9::/64", RANGE_SCOPE_NODE, 2);
	cleanup_marks struct range_marks marks = read_marks(
		"ufd00:9::2 ufd00:9::ff lfd00:9::100 ufd00:9::1:0 ufd00:9:0:1::1 ufd00:8::1");
	cleanup_range_map struct range_map *map = draw(&range, &marks);
	static const struct {
		const char *base;
		double used, leaked, reserved;
	} cases[] = {
		{ "fd00:9::", 2, 0, 2 },
		{ "fd00:9::100", 0, 1, 0 },
		{ "fd00:9::1:0", 1, 0, 0 },
	};

	(void)state;
	assert_int_equal(map->count, case_count(cases));
	assert_int_equal(map->cell_len, 120);
	for (size_t i = 0; i < map->count; i++) {
		char base[IP_TEXT_SIZE];

		ip_format(&map->cells[i].base, base);
		assert_string_equal(base, cases[i].base);
		assert_true(map->cells[i].counts[RANGE_MAP_USED] == cases[i].used);
		assert_true(map->cells[i].counts[RANGE_MAP_LEAKED] == cases[i].leaked);
		assert_true(map->cells[i].counts[RANGE_MAP_RESERVED] == cases[i].reserved);
	}
	expect_sums(map);
}

static struct range_marks scatter(size_t count, unsigned int stride_bytes)
{
	struct range_marks marks = { calloc(count, sizeof(struct range_mark)), NULL, count, 0 };

	assert_non_null(marks.marks);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(ip_parse("fd00:9::", &marks.marks[i].ip), 0);
		marks.marks[i].kind = RANGE_MAP_USED;
		marks.marks[i].ip.bytes[15 - stride_bytes] = (uint8_t)i;
		marks.marks[i].ip.bytes[14 - stride_bytes] = (uint8_t)(i >> 8);
	}
	range_marks_sort(&marks);
	return marks;
}

static void widens_blocks_until_they_are_few(void **state)
{
	static const struct {
		size_t marks;
		unsigned int stride_bytes;
		size_t count;
		uint8_t cell_len;
	} cases[] = {
		{ 64, 1, 64, 120 }, { 65, 1, 5, 116 },	 { 1024, 1, 64, 116 },
		{ 64, 6, 64, 120 }, { 1000, 6, 63, 76 }, /* far from each other, as privacy
							    extensions make them */
	};

	(void)state;
	for_each_case(c, cases) {
		struct range range = make("fd00:9::/64", RANGE_SCOPE_SUBNET, 0);
		cleanup_marks struct range_marks marks = scatter(c->marks, c->stride_bytes);
		cleanup_range_map struct range_map *map = draw(&range, &marks);

		assert_int_equal(map->count, c->count);
		assert_int_equal(map->cell_len, c->cell_len);
		assert_true(map->counts[RANGE_MAP_USED] == (double)c->marks);
		expect_sums(map);
	}
}

static void takes_no_ipv4_for_ipv6(void **state)
{
	struct range range = make("::/64", RANGE_SCOPE_SUBNET, 0);
	cleanup_marks struct range_marks marks = read_marks("u10.0.0.1 u::1 o10.0.0.0/8");
	cleanup_range_map struct range_map *map = draw(&range, &marks);

	(void)state;
	assert_true(map->counts[RANGE_MAP_USED] == 1);
	assert_true(map->counts[RANGE_MAP_OWN] == 0);
}

static void draws_fewer_cells_where_it_is_told_to(void **state)
{
	struct range range = make("10.0.0.0/20", RANGE_SCOPE_NODE, 3);
	const struct range_marks none = { 0 };
	static const struct {
		size_t cells_max, count;
	} cases[] = { { 4096, 4096 }, { 2048, 512 }, { 1024, 256 }, { 4, 1 } };

	(void)state;
	for_each_case(c, cases) {
		cleanup_range_map struct range_map *map = NULL;

		assert_int_equal(range_map_new(&range, &none, c->cells_max, &map), 0);
		assert_int_equal(map->count, c->count);
		assert_true(map->counts[RANGE_MAP_RESERVED] == 3);
		expect_sums(map);
	}
}

static void counts_reserved_ones_that_have_no_place(void **state)
{
	struct range range = make("10.0.0.0/24", RANGE_SCOPE_CLUSTER, 17);
	const struct range_marks none = { 0 };
	cleanup_range_map struct range_map *map = draw(&range, &none);

	(void)state;
	assert_true(map->unplaced == 17);
	assert_true(map->counts[RANGE_MAP_RESERVED] == 0);
}

static void sorts_marks_and_drops_what_is_said_twice(void **state)
{
	cleanup_marks struct range_marks marks =
		read_marks("u10.0.0.9 c10.0.0.8 l10.0.0.9 u10.0.0.8 o10.0.0.0/25 o10.0.0.0/24 "
			   "o10.0.1.0/24 o10.0.0.200/32 o10.0.1.0/24");

	(void)state;
	assert_int_equal(marks.count, 2);
	assert_int_equal(marks.marks[0].kind, RANGE_MAP_USED);
	assert_int_equal(marks.marks[1].kind, RANGE_MAP_LEAKED);
	assert_int_equal(marks.own_count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_one_cell_an_address),
		cmocka_unit_test(makes_blocks_of_what_is_too_large),
		cmocka_unit_test(counts_what_blocks_hold),
		cmocka_unit_test(lists_blocks_of_a_wide_range_that_hold_something),
		cmocka_unit_test(widens_blocks_until_they_are_few),
		cmocka_unit_test(takes_no_ipv4_for_ipv6),
		cmocka_unit_test(draws_fewer_cells_where_it_is_told_to),
		cmocka_unit_test(counts_reserved_ones_that_have_no_place),
		cmocka_unit_test(sorts_marks_and_drops_what_is_said_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/page/page_map.h"

enum { MARKS_MAX = 1024 };

struct picture {
	const char *cidr;
	enum range_scope scope;
	double reserved;
	uint8_t node_prefix;
	const char *marks; /* "uc.l": used, cooldown, leaked, nothing: from the first address on */
};

/* The caller frees it. */
static char *write_picture(const struct picture *picture)
{
	struct range range = { .scope = picture->scope,
			       .reserved = picture->reserved,
			       .node_prefix = picture->node_prefix };
	struct range_mark marks[MARKS_MAX];
	struct range_marks all = { .marks = marks };
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(prefix_parse(picture->cidr, &range.cidr), 0);
	for (size_t i = 0; picture->marks[i]; i++) {
		struct range_mark mark = { range.cidr.base, RANGE_MAP_USED };

		mark.ip.bytes[14] = (uint8_t)(mark.ip.bytes[14] + i / 256);
		mark.ip.bytes[15] = (uint8_t)(mark.ip.bytes[15] + i % 256);
		mark.kind = picture->marks[i] == 'c'   ? RANGE_MAP_COOLDOWN
			    : picture->marks[i] == 'l' ? RANGE_MAP_LEAKED
						       : RANGE_MAP_USED;
		if (picture->marks[i] != '.')
			marks[all.count++] = mark;
	}
	assert_int_equal(page_map_write(&range, &all, RANGE_MAP_CELLS_MAX, out), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void expect_parts(const struct picture *picture, const char *const parts[4])
{
	cleanup_free char *got = write_picture(picture);

	print_message("  %s\n", picture->cidr);
	for (size_t i = 0; i < 4 && parts[i]; i++)
		if (!strstr(got, parts[i]))
			fail_msg("'%s' is not in %s", parts[i], got);
}

static void draws_small_ranges_with_the_parts_of_addresses(void **state)
{
	static const struct {
		struct picture picture;
		const char *parts[4];
	} cases[] = {
		{ { "10.0.0.8/29", RANGE_SCOPE_NODE, 3, 0, "..ucl" },
		  { "<div class=\"map grid g8\" role=\"img\" aria-label=\"Map of 10.0.0.8/29: 1 leaked, 1 "
		    "used, 1 in cooldown, 3 reserved, 2 free\" "
		    "data-base=\"00000000000000000000ffff0a000008\" data-len=\"128\"><i "
		    "class=\"r\">8</i><i class=\"r\">9</i><i class=\"u\">10</i><i "
		    "class=\"c\">11</i><i class=\"l\">12</i><i class=\"f\">13</i><i "
		    "class=\"f\">14</i><i class=\"r\">15</i></div>",
		    "One cell is an address, 8 a row, from 10.0.0.8.",
		    "<li><i class=\"l\"></i><b>1</b> leaked</li><li><i class=\"u\"></i><b>1</b> used"
		    "</li><li><i class=\"c\"></i><b>1</b> in cooldown</li><li><i class=\"r\"></i>"
		    "<b>3</b> reserved</li><li><i class=\"f\"></i><b>2</b> free</li></ul>" } },
		{ { "10.0.0.0/26", RANGE_SCOPE_SUBNET, 7, 0, "u" },
		  { "grid g16\"", " data-shared><i class=\"u\">0</i><i class=\"f\">1</i>",
		    "<b>63</b> not this node's",
		    "<b>7</b> of them reserved, it is not known which" } },
		{ { "fd00::f0/124", RANGE_SCOPE_NODE, 0, 0, "" },
		  { "<i class=\"f\">f0</i><i class=\"f\">f1</i>", "from fd00::f0." } },
		{ { "10.0.0.9/32", RANGE_SCOPE_NODE, 0, 0, "u" },
		  { "grid g1\"", "<i class=\"u\">9</i></div>", "1 a row" } },
		/* blocks with a byte of their own, how much of them is used by shades */
		{ { "10.8.0.0/16", RANGE_SCOPE_CLUSTER, 0, 24,
		    "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu" },
		  { "data-len=\"120\"", "<i class=\"u u2\">0</i><i class=\"f\">1</i>",
		    "One cell is the block of a node, 256 addresses, 16 a row, from 10.8.0.0; the "
		    "darker" } },
	};

	(void)state;
	for_each_case(c, cases)
		expect_parts(&c->picture, c->parts);
}

static void draws_large_ranges_as_runs(void **state)
{
	static const struct {
		struct picture picture;
		const char *parts[4];
	} cases[] = {
		{ { "10.0.0.0/22", RANGE_SCOPE_NODE, 3, 0, "..uuucc.u..l" },
		  { "<svg class=\"map runs\" viewBox=\"0 0 64 16\" role=\"img\"",
		    "<rect class=\"f\" width=\"64\" height=\"16\"/><g transform=\"translate(0 .5)\">"
		    "<path class=\"r\" stroke=\"url(#hatch-r)\" d=\"M0 0h2M63 15h1\"/>"
		    "<path class=\"c\" stroke=\"url(#hatch-c)\" d=\"M5 0h2\"/>"
		    "<path class=\"u\" d=\"M2 0h3m3 0h1\"/>"
		    "<path class=\"l\" stroke=\"url(#hatch-l)\" d=\"M11 0h1\"/></g>",
		    "One cell is an address, 64 a row, from 10.0.0.0." } },
		/* a run ends with its row */
		{ { "10.0.0.0/23", RANGE_SCOPE_NODE, 0, 0,
		    "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu" },
		  { "viewBox=\"0 0 64 8\"", "d=\"M0 0h64M0 1h3\"/>" } },
		{ { "10.0.0.0/12", RANGE_SCOPE_NODE, 0, 0, "u" },
		  { "<path class=\"u u1\" d=\"M0 0h1\"/>",
		    "a block of 1,024 addresses, 64 a row" } },
		/* 256 cells without a byte of their own */
		{ { "10.0.0.0/14", RANGE_SCOPE_CLUSTER, 0, 22, "" },
		  { "viewBox=\"0 0 64 4\"", "the block of a node, 1,024 addresses" } },
	};

	(void)state;
	for_each_case(c, cases)
		expect_parts(&c->picture, c->parts);
}

static void shows_of_wide_ranges_what_holds_something(void **state)
{
	static const struct {
		struct picture picture;
		const char *parts[4];
	} cases[] = {
		{ { "fd00::/64", RANGE_SCOPE_NODE, 2, 0, "" },
		  { "<p class=\"scale\">This node uses no address of it.</p>",
		    "<b>2</b> reserved" } },
		{ { "fd00::/64", RANGE_SCOPE_NODE, 2, 0, "..u" },
		  { "blocks of 256 addresses",
		    "aria-label=\"Map of fd00::/120: 1 used, 2 reserved, 253 free\"",
		    "<i class=\"r\">0</i><i class=\"r\">1</i><i class=\"u\">2</i><i class=\"f\">3</i>",
		    "Of fd00::/120 one cell is an address." } },
	};

	(void)state;
	for_each_case(c, cases)
		expect_parts(&c->picture, c->parts);
}

/* host-local's own two are in the first block alone. */
static void reserves_nothing_in_later_blocks(void **state)
{
	struct range range = { .scope = RANGE_SCOPE_NODE, .reserved = 2 };
	struct range_mark marks[5] = { 0 };
	const struct range_marks all = { .marks = marks, .count = 2 };
	cleanup_free char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	(void)state;
	assert_non_null(out);
	assert_int_equal(prefix_parse("fd00::/64", &range.cidr), 0);
	for (size_t i = 0; i < 2; i++) {
		marks[i] = (struct range_mark){ range.cidr.base, RANGE_MAP_USED };
		marks[i].ip.bytes[14] = (uint8_t)(i + 1);
	}
	assert_int_equal(page_map_write(&range, &all, RANGE_MAP_CELLS_MAX, out), 0);
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(got, "Map of fd00::100/120: 1 used, 255 free\""));
	assert_non_null(strstr(got, "Map of fd00::200/120: 1 used, 255 free\""));
	assert_null(strstr(got, "class=\"r\">0<"));
}

/* Five blocks are too many to draw each. */
static void lists_blocks_that_are_many(void **state)
{
	struct range range = { .scope = RANGE_SCOPE_SUBNET };
	struct range_mark marks[7];
	const struct range_marks all = { .marks = marks, .count = 7 };
	cleanup_free char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	(void)state;
	assert_non_null(out);
	assert_int_equal(prefix_parse("fd00::/64", &range.cidr), 0);
	for (size_t i = 0; i < 7; i++) {
		marks[i] = (struct range_mark){ range.cidr.base, RANGE_MAP_USED };
		marks[i].ip.bytes[13] = (uint8_t)(i < 3 ? 0 : i);
		marks[i].ip.bytes[15] = (uint8_t)i;
	}
	marks[1].kind = RANGE_MAP_LEAKED;
	assert_int_equal(page_map_write(&range, &all, RANGE_MAP_CELLS_MAX, out), 0);
	assert_int_equal(fclose(out), 0);
	assert_null(strstr(got, "<div class=\"map"));
	assert_non_null(
		strstr(got, "<li><code>fd00::/120</code><svg class=\"bar\" viewBox=\"0 0 100 1\" "
			    "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"u\" "
			    "width=\"100.0\" height=\"1\"/></svg> <span>1 leaked</span> <span>2 "
			    "used</span></li>"));
	assert_non_null(strstr(got, "<code>fd00::6:0/120</code>"));
	assert_non_null(strstr(got, "width=\"50.0\""));
}

static void has_every_pattern_that_runs_are_hatched_with(void **state)
{
	cleanup_free char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);
	static const char *const ids[] = { "\"lines\"", "\"hatch-r\"", "\"hatch-c\"",
					   "\"hatch-l\"" };

	(void)state;
	assert_non_null(out);
	page_map_patterns(out);
	assert_int_equal(fclose(out), 0);
	for_each_case(id, ids)
		assert_non_null(strstr(got, *id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_small_ranges_with_the_parts_of_addresses),
		cmocka_unit_test(draws_large_ranges_as_runs),
		cmocka_unit_test(shows_of_wide_ranges_what_holds_something),
		cmocka_unit_test(reserves_nothing_in_later_blocks),
		cmocka_unit_test(lists_blocks_that_are_many),
		cmocka_unit_test(has_every_pattern_that_runs_are_hatched_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

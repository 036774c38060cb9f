// SPDX-License-Identifier: Apache-2.0
/* The screen of `podip top`, on a grid of characters. */
#include "test.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/status/top_keys.h"
#include "cli/status/top_view.h"

enum { ROWS_MAX = 60, COLUMNS_MAX = 200 };

struct grid {
	char cells[ROWS_MAX][COLUMNS_MAX + 1];
	unsigned int rows, columns;
	bool is_outside; /* something was put where there is no place */
};

static void put(unsigned int row, unsigned int column, int color, const char *text, void *ctx)
{
	struct grid *grid = ctx;

	(void)color;
	grid->is_outside |= row >= grid->rows || column >= grid->columns;
	for (; *text && column < grid->columns && row < grid->rows; text++)
		grid->cells[row][column++] = *text;
}

static void draw(struct top_view *view, unsigned int rows, unsigned int columns, struct grid *out)
{
	const struct canvas canvas = { rows, columns, put, out };

	memset(out, 0, sizeof(*out));
	for (unsigned int i = 0; i < ROWS_MAX; i++)
		memset(out->cells[i], ' ', columns);
	out->rows = rows;
	out->columns = columns;
	top_draw(view, &canvas);
	assert_false(out->is_outside);
}

static bool shows(const struct grid *grid, const char *text)
{
	for (unsigned int i = 0; i < grid->rows; i++)
		if (strstr(grid->cells[i], text))
			return true;
	return false;
}

/* The row that a text is in. */
static unsigned int row_of(const struct grid *grid, const char *text)
{
	for (unsigned int i = 0; i < grid->rows; i++)
		if (strstr(grid->cells[i], text))
			return i;
	fail_msg("'%s' is not shown", text);
	return 0;
}

static struct status_range range_of(const char *name, const char *cidr, double used, double usable)
{
	struct status_range range = { .is_v4 = true,
				      .used = used,
				      .usable = usable,
				      .free = usable - used,
				      .utilization = used / usable,
				      .time_to_exhaustion_s = NAN,
				      .leaked = 0 };

	snprintf(range.name, sizeof(range.name), "%s", name);
	snprintf(range.cidr, sizeof(range.cidr), "%s", cidr);
	return range;
}

struct scene {
	struct status status;
	struct status_range ranges[40];
	double rates[STATUS_RANGES_MAX];
	struct top_view view;
};

static void scene_open(struct scene *scene, size_t count)
{
	char name[32], cidr[40];

	memset(scene, 0, sizeof(*scene));
	for (size_t i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "range-%zu", i);
		snprintf(cidr, sizeof(cidr), "10.%zu.0.0/24", i);
		scene->ranges[i] = range_of(name, cidr, (double)(250 - 5 * i), 250);
		scene->rates[i] = (double)i;
	}
	snprintf(scene->status.node, sizeof(scene->status.node), "node-1");
	scene->status.ranges = scene->ranges;
	scene->status.range_count = count;
	scene->view = (struct top_view){
		.status = &scene->status, .rates = scene->rates, .trouble = "", .period_s = 2
	};
}

static void shows_ranges_with_bars_that_fit(void **state)
{
	static const struct {
		unsigned int columns;
		const char *row;
	} cases[] = {
		{ 80,
		  "range-1        10.1.0.0/24        #############.     245/250  98%       -   60/m" },
		{ 67, "range-1        10.1.0.0/24        #     245/250  98%       -   60/m" },
		{ 66, "range-1        10.1.0.0/24            245/250  98%       -   60/m" },
	};
	struct scene scene;
	struct grid grid;

	(void)state;
	scene_open(&scene, 3);
	for_each_case(c, cases) {
		draw(&scene.view, 24, c->columns, &grid);
		if (!shows(&grid, c->row))
			fail_msg("'%s' is not '%s'", grid.cells[4], c->row);
		assert_true(shows(&grid, "1-3 of 3"));
	}
}

static void draws_within_any_size(void **state)
{
	static const char *const events[] = { "one", "two", "three" };
	static const bool loud[] = { false, true, false };
	struct scene scene;
	struct grid grid;

	(void)state;
	scene_open(&scene, 40);
	scene.view.events = events;
	scene.view.is_loud = loud;
	scene.view.event_count = 3;
	for (unsigned int rows = 1; rows < ROWS_MAX; rows++)
		for (unsigned int columns = 1; columns < COLUMNS_MAX; columns += 7)
			draw(&scene.view, rows, columns, &grid);
}

static void keeps_a_third_for_events(void **state)
{
	static const char *const events[] = { "old", "new" };
	static const bool loud[] = { false, false };
	struct scene scene;
	struct grid grid;

	(void)state;
	scene_open(&scene, 40);
	scene.view.events = events;
	scene.view.is_loud = loud;
	scene.view.event_count = 2;
	draw(&scene.view, 24, 80, &grid);
	assert_true(shows(&grid, "1-10 of 40"));
	assert_true(row_of(&grid, "new") == row_of(&grid, "old") + 1);
}

static void names_leaks_and_losses_where_there_are_some(void **state)
{
	static const char *const events[] = { "old", "new" };
	static const bool loud[] = { false, false };
	struct status_loss loss = { .cause = "ring", .count = 7 };
	struct scene scene;
	struct grid grid;

	(void)state;
	scene_open(&scene, 40);
	scene.view.events = events;
	scene.view.is_loud = loud;
	scene.view.event_count = 2;
	draw(&scene.view, 24, 80, &grid);
	assert_false(shows(&grid, "leaked"));
	assert_false(shows(&grid, "lost"));
	scene.ranges[1].leaked = 3;
	scene.status.duplicates = 1;
	scene.status.losses[0] = loss;
	scene.status.loss_count = 1;
	draw(&scene.view, 24, 80, &grid);
	assert_true(shows(&grid, "leaked   3 of range-1, 1 held twice"));
	assert_true(shows(&grid, "lost     ring 7"));
	/* They take room of the ranges, none of the newest event. */
	assert_true(shows(&grid, "new"));
	assert_true(shows(&grid, "1-8 of 40"));
}

static void counts_alerts_where_there_are_several(void **state)
{
	struct scene scene;
	struct grid grid;

	(void)state;
	scene_open(&scene, 1);
	scene.status.alerts[0] =
		(struct status_alert){ "PodipRangeExhausted", "range-0", "critical", true, 0 };
	scene.status.alerts[1] =
		(struct status_alert){ "PodipSandboxWaiting", "", "warning", false, 0 };
	scene.status.alert_count = 1;
	draw(&scene.view, 24, 80, &grid);
	assert_true(shows(&grid, "alerts   PodipRangeExhausted of range-0 "));
	scene.status.alert_count = 2;
	draw(&scene.view, 24, 100, &grid);
	assert_true(shows(&grid, "alerts   1 firing, 1 pending, PodipRangeExhausted of range-0, "
				 "PodipSandboxWaiting (pending)"));
}

static void sorts_filters_and_scrolls(void **state)
{
	struct scene scene;
	struct grid grid;

	(void)state;
	scene_open(&scene, 12);
	scene.ranges[7].time_to_exhaustion_s = 60;
	assert_int_equal(top_key(&scene.view, 's'), TOP_REDRAW); /* by time */
	draw(&scene.view, 24, 80, &grid);
	assert_int_equal(row_of(&grid, "range-7 "), 3);
	assert_int_equal(row_of(&grid, "range-0 "), 4);
	top_key(&scene.view, 's'); /* by rate */
	draw(&scene.view, 24, 80, &grid);
	assert_int_equal(row_of(&grid, "range-11 "), 3);
	top_key(&scene.view, 's'); /* by name */
	draw(&scene.view, 24, 80, &grid);
	assert_int_equal(row_of(&grid, "range-10 "), 5);

	top_key(&scene.view, '/');
	top_key(&scene.view, '1');
	top_key(&scene.view, '1');
	draw(&scene.view, 24, 80, &grid);
	assert_true(shows(&grid, "1-1 of 1"));
	assert_true(shows(&grid, "/11_"));
	top_key(&scene.view, 127);
	top_key(&scene.view, 'q'); /* a letter while it is typed */
	top_key(&scene.view, '\n');
	draw(&scene.view, 24, 80, &grid);
	assert_true(shows(&grid, "no range is named so"));
	top_key(&scene.view, 27);

	for (int i = 0; i < 100; i++)
		top_key(&scene.view, TOP_KEY_DOWN);
	draw(&scene.view, 16, 80, &grid);
	assert_true(shows(&grid, "9-12 of 12"));
	top_key(&scene.view, TOP_KEY_PAGE_UP);
	top_key(&scene.view, TOP_KEY_PAGE_UP);
	draw(&scene.view, 16, 80, &grid);
	assert_true(shows(&grid, "1-4 of 12"));
}

static void knows_its_keys(void **state)
{
	struct scene scene;
	struct grid grid;

	(void)state;
	scene_open(&scene, 1);
	assert_int_equal(top_key(&scene.view, 'q'), TOP_QUIT);
	assert_int_equal(top_key(&scene.view, 3), TOP_QUIT);
	assert_int_equal(top_key(&scene.view, 'x'), TOP_STAY);
	assert_int_equal(top_key(&scene.view, ' '), TOP_ASK);
	assert_int_equal(top_key(&scene.view, 'p'), TOP_REDRAW);
	draw(&scene.view, 24, 80, &grid);
	assert_true(shows(&grid, "paused"));
	assert_int_equal(top_key(&scene.view, 'p'), TOP_ASK);
	for (int i = 0; i < 100; i++)
		top_key(&scene.view, '+');
	assert_int_equal(scene.view.period_s, 60);
	for (int i = 0; i < 100; i++)
		top_key(&scene.view, '-');
	assert_int_equal(scene.view.period_s, 1);
	top_key(&scene.view, '?');
	draw(&scene.view, 24, 80, &grid);
	assert_true(shows(&grid, "q      quit"));
}

static void says_when_the_agent_is_silent(void **state)
{
	struct scene scene;
	struct grid grid;

	(void)state;
	scene_open(&scene, 1);
	scene.view.trouble = "/run/podip/podip.sock: No such file or directory";
	scene.view.trouble_s = 75;
	draw(&scene.view, 24, 80, &grid);
	assert_true(shows(&grid, "the agent does not answer for 1m15s: /run/podip/podip.sock"));
	scene.view.status = NULL;
	draw(&scene.view, 24, 80, &grid);
	assert_true(shows(&grid, "no answer yet"));
}

static void escapes_what_came_from_elsewhere(void **state)
{
	struct scene scene;
	struct grid grid;

	(void)state;
	scene_open(&scene, 1);
	snprintf(scene.ranges[0].name, sizeof(scene.ranges[0].name), "a\033[2Jb");
	snprintf(scene.status.node, sizeof(scene.status.node), "n\001ode");
	snprintf(scene.status.why, sizeof(scene.status.why), "why\007");
	draw(&scene.view, 24, 80, &grid);
	for (unsigned int i = 0; i < 24; i++)
		for (unsigned int j = 0; j < 80; j++)
			assert_true((unsigned char)grid.cells[i][j] >= ' ');
	assert_true(shows(&grid, "a\\x1b[2Jb"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_ranges_with_bars_that_fit),
		cmocka_unit_test(draws_within_any_size),
		cmocka_unit_test(keeps_a_third_for_events),
		cmocka_unit_test(names_leaks_and_losses_where_there_are_some),
		cmocka_unit_test(counts_alerts_where_there_are_several),
		cmocka_unit_test(sorts_filters_and_scrolls),
		cmocka_unit_test(knows_its_keys),
		cmocka_unit_test(says_when_the_agent_is_silent),
		cmocka_unit_test(escapes_what_came_from_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

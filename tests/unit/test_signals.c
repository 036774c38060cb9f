// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <signal.h>
#include <unistd.h>

#include "loop.h"
#include "signals.h"

struct world {
	struct loop *loop;
	struct signals signals;
	unsigned int reloads, turns;
};

static void on_reload(void *ctx)
{
	struct world *world = ctx;

	world->reloads++;
	/* The next one ends it. */
	assert_int_equal(kill(getpid(), SIGTERM), 0);
}

static int on_end_of_turn(void *ctx)
{
	struct world *world = ctx;

	world->turns++;
	return 0;
}

static void reloads_on_hup_and_ends_on_term(void **state)
{
	struct world world = { .signals = { .fd = -1, .on_reload = on_reload, .ctx = &world } };

	(void)state;
	assert_int_equal(loop_new(&world.loop), 0);
	assert_int_equal(signals_open(world.loop, &world.signals), 0);
	loop_at_end_of_turn(world.loop, on_end_of_turn, &world);
	assert_int_equal(kill(getpid(), SIGHUP), 0);
	assert_int_equal(loop_run(world.loop), 0);
	assert_int_equal(world.reloads, 1);
	assert_int_equal(world.turns, 1); /* of the one that goes on */
	signals_close(&world.signals);
	signals_close(&world.signals);
	loop_free(world.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reloads_on_hup_and_ends_on_term),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/capacity/supply.h"
#include "loop.h"
#include "requests.h"
#include "suppliers.h"
#include "workdir.h"

static int64_t wall_ns(void)
{
	return 1700000000000000000;
}

/* An agent of ranges alone. */
struct world {
	struct loop *loop;
	struct requests *requests;
	struct suppliers *suppliers;
	struct account *account;
	struct supplier_settings settings;
	struct range range; /* of the configuration */
	unsigned int told;
};

static void on_ranges(struct range_table *ranges, void *ctx)
{
	struct world *world = ctx;

	world->told++;
	assert_int_equal(account_set_ranges(world->account, ranges), 0);
}

static void world_open(struct world *world, const char *const *off, size_t off_count)
{
	struct suppliers_config config;

	*world = (struct world){ .settings = { .node = "n", .flannel_file = "subnet.env" },
				 .range = { .name = "mine",
					    .scope = RANGE_SCOPE_NODE,
					    .reserved = -1,
					    .source = "config" } };
	assert_int_equal(prefix_parse("10.5.72.0/24", &world->range.cidr), 0);
	config = (struct suppliers_config){ .supplier = { .settings = &world->settings,
							  .wall_ns = wall_ns,
							  .ranges = { &world->range, 1 } },
					    .off = off,
					    .off_count = off_count,
					    .on_ranges = on_ranges,
					    .ctx = world };
	assert_int_equal(account_new(&world->account), 0);
	assert_int_equal(loop_new(&world->loop), 0);
	assert_int_equal(requests_new(world->loop, &world->requests), 0);
	config.requests = world->requests;
	assert_int_equal(suppliers_open(&config, world->loop, &world->suppliers), 0);
	assert_int_equal(suppliers_start(world->suppliers), 0);
}

static void world_close(struct world *world)
{
	suppliers_close(world->suppliers);
	requests_free(world->requests);
	account_free(world->account);
	loop_free(world->loop);
}

static const struct range *find(const struct world *world, const char *cidr)
{
	const struct range_table *ranges = account_ranges(world->account);
	struct prefix prefix;

	assert_int_equal(prefix_parse(cidr, &prefix), 0);
	for (size_t i = 0; i < range_table_count(ranges); i++)
		if (!prefix_compare(&range_table_at(ranges, i)->cidr, &prefix))
			return range_table_at(ranges, i);
	return NULL;
}

static struct metrics_source source(struct world *world, const char *name)
{
	struct metrics_input input = { 0 };

	suppliers_measure(world->suppliers, world->account, &input);
	for (size_t i = 0; i < input.source_count; i++)
		if (!strcmp(input.sources[i].source, name))
			return input.sources[i];
	fail_msg("no source '%s'", name);
	return (struct metrics_source){ 0 };
}

/* README: in order of precedence. */
static void asks_its_sources_in_the_order_of_precedence(void **state)
{
	static const char *const names[] = { "config", "cni",  "calico", "flannel", "cilium",
					     "ipamd",  "ipam", "node",	 "gce",	    "imds" };

	(void)state;
	for (size_t i = 0; i < case_count(names); i++)
		assert_string_equal(suppliers_name(i), names[i]);
	assert_null(suppliers_name(case_count(names)));
}

static void believes_the_configuration_before_a_file(void **state)
{
	struct world world;

	(void)state;
	put("subnet.env", "FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.5.72.1/24\n");
	world_open(&world, NULL, 0);
	assert_string_equal(find(&world, "10.5.72.0/24")->name, "mine");
	assert_string_equal(find(&world, "10.5.0.0/16")->source, "flannel");
	assert_true(source(&world, "flannel").is_up);
	assert_true(source(&world, "flannel").disagreements == 0);
	world_close(&world);
}

static void counts_what_a_file_says_against_the_configuration(void **state)
{
	struct world world;

	(void)state;
	put("subnet.env", "FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.5.73.1/24\n");
	world_open(&world, NULL, 0);
	assert_non_null(find(&world, "10.5.73.0/24"));
	assert_true(source(&world, "flannel").disagreements == 1);
	assert_true(source(&world, "config").disagreements == 0);
	world_close(&world);
}

static void tells_of_ranges_that_come_and_go(void **state)
{
	struct world world;
	unsigned int told;

	(void)state;
	world_open(&world, NULL, 0);
	assert_int_equal(world.told, 1);
	assert_null(find(&world, "10.5.0.0/16"));
	suppliers_refresh(world.suppliers);
	assert_int_equal(world.told, 1);

	put("new", "FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.5.72.1/24\n");
	assert_int_equal(rename("new", "subnet.env"), 0);
	suppliers_refresh(world.suppliers);
	assert_true(world.told > 1);
	assert_non_null(find(&world, "10.5.0.0/16"));

	told = world.told;
	assert_int_equal(unlink("subnet.env"), 0);
	suppliers_refresh(world.suppliers);
	assert_true(world.told > told);
	assert_null(find(&world, "10.5.0.0/16"));
	assert_non_null(find(&world, "10.5.72.0/24"));
	world_close(&world);
}

static void does_not_ask_a_source_that_is_off(void **state)
{
	static const char *const off[] = { "flannel", "config" };
	struct world world;

	(void)state;
	put("subnet.env", "FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.5.72.1/24\n");
	world_open(&world, off, case_count(off));
	assert_int_equal(range_table_count(account_ranges(world.account)), 0);
	assert_false(source(&world, "flannel").is_asked);
	assert_false(source(&world, "flannel").is_up);
	assert_false(source(&world, "config").is_up);
	world_close(&world);
}

static void has_nothing_to_say_of_sources_that_are_not_on_this_node(void **state)
{
	static const char *const absent[] = { "cni",  "cilium", "ipamd", "ipam",
					      "node", "gce",	"imds" };
	struct metrics_input input = { 0 };
	struct world world;

	(void)state;
	world_open(&world, NULL, 0);
	for_each_case(name, absent) {
		print_message("  %s\n", *name);
		assert_false(source(&world, *name).is_asked);
		assert_false(source(&world, *name).is_up);
		assert_true(source(&world, *name).age_s < 0);
	}
	suppliers_measure(world.suppliers, world.account, &input);
	assert_null(input.range_sums);
	assert_null(input.eni_usages);
	assert_int_equal(input.supply->max_pods, 0);
	world_close(&world);
}

/* Port 9 of loopback: nobody answers. */
static void goes_on_while_nobody_answers(void **state)
{
	struct suppliers_config config;
	struct world world = { .settings = { .node = "n",
					     .gce_url = "http://127.0.0.1:9",
					     .imds_url = "http://127.0.0.1:9",
					     .ipamd_url = "http://127.0.0.1:9",
					     .kubernetes_url = "http://127.0.0.1:9" } };

	(void)state;
	config = (struct suppliers_config){ .supplier = { .settings = &world.settings,
							  .wall_ns = wall_ns },
					    .on_ranges = on_ranges,
					    .ctx = &world };
	assert_int_equal(account_new(&world.account), 0);
	assert_int_equal(loop_new(&world.loop), 0);
	assert_int_equal(requests_new(world.loop, &world.requests), 0);
	config.requests = world.requests;
	assert_int_equal(suppliers_open(&config, world.loop, &world.suppliers), 0);
	assert_int_equal(suppliers_start(world.suppliers), 0);
	assert_true(source(&world, "gce").is_asked);
	assert_false(source(&world, "gce").is_up);
	assert_true(source(&world, "node").is_asked);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_its_sources_in_the_order_of_precedence),
		workdir_test(believes_the_configuration_before_a_file),
		workdir_test(counts_what_a_file_says_against_the_configuration),
		workdir_test(tells_of_ranges_that_come_and_go),
		workdir_test(does_not_ask_a_source_that_is_off),
		workdir_test(has_nothing_to_say_of_sources_that_are_not_on_this_node),
		workdir_test(goes_on_while_nobody_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

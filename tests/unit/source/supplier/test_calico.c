// SPDX-License-Identifier: Apache-2.0
/*
 * Blocks in a real netns, and what is heard of them. What goes wrong is
 * test_calico_bad.c's business.
 */
#include "test.h"

#include <cap-ng.h>

#include "calico_netns.h"
#include "log.h"

static void is_a_source_of_its_own_that_needs_no_network(void **state)
{
	const struct supplier_settings settings = { .proc_dir = "" };
	const struct supplier_config config = { .settings = &settings };
	void *calico = NULL;

	(void)state;
	assert_string_equal(calico_supplier.name, "calico");
	assert_false(calico_supplier.needs_network);
	assert_int_equal(calico_supplier.open(&config, &calico), 1);
	assert_null(calico);
	calico_supplier.close(NULL);
	assert_string_equal(logged(), "");
}

static void says_why_it_cannot_be_opened(void **state)
{
	const struct supplier_settings settings = { .proc_dir = "nowhere" };
	const struct supplier_config config = { .settings = &settings };
	void *calico = NULL;

	(void)state;
	assert_int_equal(calico_supplier.open(&config, &calico), -ENOENT); /* not its own instead */
	assert_null(calico);
	assert_string_equal(logged(), "podip: error: cannot list the host's routes for blocks of "
				      "calico: No such file or directory\n");
}

static void knows_no_block_where_there_is_no_calico(void **state)
{
	static const struct route strange = {
		.family = AF_INET, .bits = 26, .destination = "10.1.1.0", .protocol = RTPROT_STATIC
	};
	void *calico = open_calico();

	(void)state;
	add(&strange);
	for (unsigned int i = 0; i < 2; i++) {
		assert_string_equal(says(calico, 5 * second_ns), "");
		assert_false(status_of(calico).is_up);
		assert_int_equal(status_of(calico).entries, 0);
		assert_int_equal(status_of(calico).errors, 0);
		assert_int_equal(calico_supplier.version(calico), 0);
	}
	assert_string_equal(logged(), "");
	calico_supplier.close(calico);
}

static void lists_the_blocks_of_both_families_at_start(void **state)
{
	static const struct route single = { .family = AF_INET,
					     .bits = 32,
					     .destination = "10.1.41.130" };
	static const struct route gone = {
		.family = AF_INET, .bits = 26, .destination = "10.1.8.0", .table = 100
	};
	void *calico;

	(void)state;
	if (changer < 0)
		skip();
	add(&block);
	add(&other);
	add(&block6);
	add(&single);
	add(&gone);
	calico = open_calico();
	assert_string_equal(says(calico, 5 * second_ns), OTHER ", " BLOCK ", " BLOCK6);
	assert_true(status_of(calico).is_up);
	assert_int_equal(status_of(calico).entries, 3);
	assert_int_equal(status_of(calico).errors, 0);
	assert_true(status_of(calico).good_ns == 5 * second_ns);
	assert_int_equal(calico_supplier.version(calico), 1);
	assert_string_equal(logged(), "");
	calico_supplier.close(calico);
}

static void hears_of_each_change(void **state)
{
	void *calico = open_calico();
	uint64_t now_ns = 5 * second_ns;

	(void)state;
	assert_string_equal(says(calico, now_ns), "");
	assert_false(is_readable(calico));
	add(&block);
	assert_true(is_readable(calico));
	assert_string_equal(says(calico, now_ns += second_ns), BLOCK);
	assert_true(status_of(calico).is_up);
	assert_false(is_readable(calico));
	add(&block6);
	assert_true(is_readable(calico));
	assert_string_equal(says(calico, now_ns += second_ns), BLOCK ", " BLOCK6);
	delete (&block);
	assert_true(is_readable(calico));
	assert_string_equal(says(calico, now_ns += second_ns), BLOCK6);
	delete (&block6);
	assert_string_equal(says(calico, now_ns += second_ns), "");
	assert_false(status_of(calico).is_up);
	assert_int_equal(status_of(calico).errors, 0);
	assert_int_equal(calico_supplier.version(calico), 4);
	calico_supplier.close(calico);
}

static void lists_at_most_once_a_second(void **state)
{
	void *calico = open_calico();
	uint64_t now_ns = 5 * second_ns;

	(void)state;
	assert_string_equal(says(calico, now_ns), "");
	for (unsigned int i = 0; i < 5; i++) {
		add(&block);
		assert_true(calico_supplier.turn(calico, now_ns) == 6 * second_ns);
		delete (&block);
		assert_true(calico_supplier.turn(calico, 6 * second_ns - 1) == 6 * second_ns);
		assert_false(is_readable(calico));
	}
	add(&other);
	fault.asked = 0;
	assert_string_equal(says(calico, 6 * second_ns), OTHER);
	assert_int_equal(calico_supplier.version(calico), 1);
	assert_in_range(fault.asked, 2, 4); /* of either family what there is, and its end */
	calico_supplier.close(calico);
}

static void does_not_wake_for_other_routes(void **state)
{
	static const struct route routes[] = {
		{ .family = AF_INET,
		  .bits = 26,
		  .destination = "10.1.41.128",
		  .type = RTN_UNREACHABLE },
		{ .family = AF_INET,
		  .bits = 26,
		  .destination = "10.1.8.0",
		  .type = RTN_PROHIBIT,
		  .protocol = RTPROT_BIRD },
		{ .family = AF_INET6,
		  .bits = 122,
		  .destination = "fd00::40",
		  .type = RTN_UNREACHABLE },
	};
	static const struct route replacement = {
		.family = AF_INET, .bits = 26, .destination = "10.1.8.0", .type = RTN_THROW
	};
	void *calico = open_calico();

	(void)state;
	add(&other);
	assert_string_equal(says(calico, 5 * second_ns), OTHER);
	for_each_case(route, routes)
		add(route);
	assert_false(is_readable(calico));
	/* This one wakes it, but is not worth a list. */
	replace(&replacement);
	assert_true(is_readable(calico));
	fault.asked = 0;
	assert_string_equal(says(calico, 9 * second_ns), OTHER);
	assert_int_equal(fault.asked, 0);
	for_each_case(route, routes)
		delete (route->type == RTN_PROHIBIT ? &replacement : route);
	assert_false(is_readable(calico));
	calico_supplier.close(calico);
}

/* The message tells of the new route alone, which is none of a block. */
static void hears_when_a_block_is_replaced_by_a_route(void **state)
{
	static const struct route away = {
		.family = AF_INET, .bits = 26, .destination = "10.1.41.128", .type = RTN_UNREACHABLE
	};
	static const struct route away6 = { .family = AF_INET6,
					    .bits = 122,
					    .destination = "fd00:10:244::40",
					    .type = RTN_UNREACHABLE };
	void *calico = open_calico();

	(void)state;
	add(&block);
	add(&block6);
	assert_string_equal(says(calico, 5 * second_ns), BLOCK ", " BLOCK6);
	replace(&away);
	assert_string_equal(says(calico, 6 * second_ns), BLOCK6);
	replace(&away6);
	assert_string_equal(says(calico, 7 * second_ns), "");
	replace(&block);
	assert_string_equal(says(calico, 8 * second_ns), BLOCK);
	calico_supplier.close(calico);
}

/* A node that has learned all routes there are would else be busy with them. */
static void lets_the_kernel_pick_the_routes(void **state)
{
	void *calico = open_calico();

	(void)state;
	for (unsigned int i = 0; i < 3000; i++) {
		struct route route = numbered(i);

		route.type = RTN_UNREACHABLE;
		add(&route);
	}
	add(&block);
	assert_string_equal(says(calico, 5 * second_ns), BLOCK);
	assert_in_range(fault.asked, 2, 4);
	calico_supplier.close(calico);
}

static void looks_at_the_hosts_netns_alone(void **state)
{
	void *calico = open_calico();
	int of_host = changer;

	(void)state;
	changer = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	assert_true(changer >= 0);
	add(&block);
	close_fd(changer);
	changer = of_host;
	assert_string_equal(says(calico, 5 * second_ns), "");
	calico_supplier.close(calico);
}

/* A process 1 with more capabilities than ours hides its netns. */
static void takes_its_own_netns_where_process_1_hides_its_own(void **state)
{
	int of_host = changer;
	void *calico;

	(void)state;
	if (changer < 0)
		skip();
	changer = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	assert_true(changer >= 0);
	add(&block);
	close_fd(changer);
	changer = of_host;
	assert_int_equal(chmod("1", 0), 0);
	assert_int_equal(capng_get_caps_process(), 0);
	capng_updatev(CAPNG_DROP, CAPNG_EFFECTIVE, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, -1);
	assert_int_equal(capng_apply(CAPNG_SELECT_CAPS), 0);
	calico = open_calico();
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, -1);
	assert_int_equal(capng_apply(CAPNG_SELECT_CAPS), 0);
	assert_int_equal(chmod("1", 0700), 0);
	assert_string_equal(says(calico, 5 * second_ns), BLOCK);
	calico_supplier.close(calico);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		netns_test(is_a_source_of_its_own_that_needs_no_network),
		netns_test(says_why_it_cannot_be_opened),
		netns_test(knows_no_block_where_there_is_no_calico),
		netns_test(lists_the_blocks_of_both_families_at_start),
		netns_test(hears_of_each_change),
		netns_test(lists_at_most_once_a_second),
		netns_test(does_not_wake_for_other_routes),
		netns_test(hears_when_a_block_is_replaced_by_a_route),
		netns_test(lets_the_kernel_pick_the_routes),
		netns_test(looks_at_the_hosts_netns_alone),
		netns_test(takes_its_own_netns_where_process_1_hides_its_own),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

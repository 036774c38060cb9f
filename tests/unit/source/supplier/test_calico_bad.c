// SPDX-License-Identifier: Apache-2.0
/* Blocks in a real netns, when there are too many, when messages are lost, when listing fails. */
#include "test.h"

#include "calico_netns.h"
#include "log.h"

#define WARNING "podip: warn: cannot list the host's routes for blocks of calico: "

static void bounds_the_blocks(void **state)
{
	void *calico = open_calico();

	(void)state;
	for (unsigned int i = 0; i < CAPACITY_RANGES_MAX + 6; i++) {
		const struct route route = numbered(i);

		add(&route);
	}
	for (unsigned int i = 5; i < 8; i++) {
		assert_true(calico_supplier.turn(calico, i * second_ns) == SUPPLIER_NEVER);
		assert_int_equal(calico_supplier.capacity(calico)->range_count,
				 CAPACITY_RANGES_MAX);
		assert_int_equal(calico_supplier.capacity(calico)->dropped, 6);
		assert_int_equal(status_of(calico).entries, CAPACITY_RANGES_MAX);
		add(&block6);
		delete (&block6);
	}
	assert_string_equal(logged(),
			    "podip: warn: cannot list the host's routes for blocks of "
			    "calico whole: no room for more than 1024 ranges, ignoring\n");
	assert_int_equal(calico_supplier.version(calico), 1);
	calico_supplier.close(calico);
}

static void lists_anew_when_messages_were_lost(void **state)
{
	void *calico = open_calico();

	(void)state;
	assert_string_equal(says(calico, 5 * second_ns), "");
	/* More than the socket holds, and nothing in it that would be worth a list. */
	for (unsigned int i = 0; i < 2000; i++) {
		struct route route = numbered(i);

		route.protocol = RTPROT_STATIC;
		add(&route);
		delete (&route);
	}
	add(&block);
	for (uint64_t now_ns = 6 * second_ns; is_readable(calico); now_ns += second_ns)
		calico_supplier.turn(calico, now_ns);
	assert_string_equal(known(calico), BLOCK);
	assert_int_equal(status_of(calico).errors, 0);
	assert_string_equal(logged(), "");
	calico_supplier.close(calico);
}

static void lists_again_when_routes_changed_meanwhile(void **state)
{
	void *calico = open_calico();

	(void)state;
	add(&block);
	fault.count = 2;
	fault.flags = NLM_F_DUMP_INTR;
	assert_string_equal(says(calico, 5 * second_ns), BLOCK);
	assert_int_equal(fault.count, 0);
	assert_int_equal(status_of(calico).errors, 0);
	assert_string_equal(logged(), "");
	calico_supplier.close(calico);
}

static void gives_up_for_a_while_when_they_change_on_and_on(void **state)
{
	void *calico = open_calico();
	uint64_t next_ns;

	(void)state;
	add(&block);
	fault.count = 1000;
	fault.flags = NLM_F_DUMP_INTR;
	next_ns = calico_supplier.turn(calico, 5 * second_ns);
	assert_true(next_ns == 6 * second_ns);
	assert_int_equal(fault.count, 997);
	assert_int_equal(status_of(calico).errors, 1);
	fault.count = 0;
	assert_string_equal(says(calico, next_ns), BLOCK);
	calico_supplier.close(calico);
}

static void keeps_its_blocks_while_listing_fails(void **state)
{
	uint64_t now_ns = 6 * second_ns, next_ns = now_ns;
	void *calico = open_calico();

	(void)state;
	/* Two parts, so that a list may end in its midst. */
	for (unsigned int i = 0; i < 1000; i++) {
		const struct route route = numbered(i);

		add(&route);
	}
	assert_true(calico_supplier.turn(calico, 5 * second_ns) == SUPPLIER_NEVER);
	assert_int_equal(status_of(calico).entries, 1000);
	add(&block);
	fault.error = EIO;
	for (unsigned int i = 1; i <= 10; i++) {
		fault.skip = i % 2; /* the first part is good */
		fault.count = 1;
		next_ns = calico_supplier.turn(calico, now_ns);
		assert_int_equal(fault.count, 0);
		assert_true(next_ns >= now_ns + second_ns);
		assert_true(next_ns <= now_ns + 60 * second_ns);
		assert_int_equal(status_of(calico).errors, i);
		assert_int_equal(status_of(calico).entries, 1000);
		assert_false(status_of(calico).is_up);
		assert_true(status_of(calico).good_ns == 5 * second_ns);
		now_ns = next_ns;
	}
	assert_true(next_ns > 60 * second_ns);
	assert_string_equal(logged(), WARNING "Input/output error, ignoring\n");
	assert_true(calico_supplier.turn(calico, next_ns) == SUPPLIER_NEVER);
	assert_int_equal(status_of(calico).entries, 1001);
	assert_true(status_of(calico).is_up);
	assert_string_equal(last_line(), "podip: info: can list the host's routes for blocks of "
					 "calico again\n");
	calico_supplier.close(calico);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		netns_test(bounds_the_blocks),
		netns_test(lists_anew_when_messages_were_lost),
		netns_test(lists_again_when_routes_changed_meanwhile),
		netns_test(gives_up_for_a_while_when_they_change_on_and_on),
		netns_test(keeps_its_blocks_while_listing_fails),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

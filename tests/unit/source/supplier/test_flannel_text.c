// SPDX-License-Identifier: Apache-2.0
/* What the text of flannel's file says. When it is read is test_flannel.c's business. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flannel_fixture.h"

/* In memory that ends where the text does. */
static int parse(const char *text, size_t size, struct capacity *out)
{
	char *copy = malloc(size ? size : 1);
	int err;

	assert_non_null(copy);
	memcpy(copy, text, size);
	err = flannel_parse(copy, size, out);
	free(copy);
	return err;
}

static void reads_what_flannel_writes(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ GOOD, GOOD_RANGES },
		{ "FLANNEL_NETWORK=10.42.0.0/16\nFLANNEL_SUBNET=10.42.3.1/24\n"
		  "FLANNEL_IPV6_NETWORK=2001:cafe:42::/56\n"
		  "FLANNEL_IPV6_SUBNET=2001:cafe:42:7::1/64\nFLANNEL_MTU=1450\n"
		  "FLANNEL_IPMASQ=false\n",
		  "flannel 10.42.3.0/24 node -1 0, flannel-network 10.42.0.0/16 cluster 0 24, "
		  "flannel 2001:cafe:42:7::/64 node -1 0, "
		  "flannel-network 2001:cafe:42::/56 cluster 0 64" },
		{ "FLANNEL_IPV6_NETWORK=fd52::/56\nFLANNEL_IPV6_SUBNET=fd52:0:0:1::1/64\n",
		  "flannel fd52:0:0:1::/64 node -1 0, flannel-network fd52::/56 cluster 0 64" },
		/* Several networks: the block's size is known of that one alone that it is in. */
		{ "FLANNEL_NETWORK=10.5.0.0/16,10.6.0.0/16,10.7.0.0/16\n"
		  "FLANNEL_SUBNET=10.6.2.1/25\n",
		  "flannel 10.6.2.0/25 node -1 0, flannel-network 10.5.0.0/16 cluster 0 0, "
		  "flannel-network 10.6.0.0/16 cluster 0 25, "
		  "flannel-network 10.7.0.0/16 cluster 0 0" },
		/* One node has all of it. */
		{ "FLANNEL_NETWORK=10.5.0.0/24\nFLANNEL_SUBNET=10.5.0.1/24\n",
		  "flannel 10.5.0.0/24 node -1 0" },
		{ "FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.9.72.1/24\n",
		  "flannel 10.9.72.0/24 node -1 0, flannel-network 10.5.0.0/16 cluster 0 0" },
		{ "FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.4.0.1/15\n",
		  "flannel 10.4.0.0/15 node -1 0, flannel-network 10.5.0.0/16 cluster 0 0" },
		/* As a shell reads them. */
		{ "FLANNEL_SUBNET=10.5.72.1/24 FLANNEL_NETWORK=10.5.0.0/16\r\n", GOOD_RANGES },
		{ "# FLANNEL\n\nexport FLANNEL_NETWORK=10.5.0.0/16\n\tFLANNEL_SUBNET=10.5.72.1/24\n"
		  "FLANNEL_SUBNETS=1\nXFLANNEL_SUBNET=2\nFLANNEL_SUBNET\n",
		  GOOD_RANGES },
		{ "FLANNEL_NETWORK=x\nFLANNEL_SUBNET=10.1.1.1/28\n" GOOD, GOOD_RANGES },
		/* The end is missing, of what is not ours. */
		{ "FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.5.72.1/24\nFLANNEL_MT",
		  GOOD_RANGES },
		{ "FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.5.72.1/24\nFLANNEL_IPV6_NETWORK",
		  GOOD_RANGES },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_capacity struct capacity capacity = { 0 };

		assert_int_equal(parse(c->text, strlen(c->text), &capacity), 0);
		assert_string_equal(ranges_of(&capacity, "flannel"), c->want);
	}
}

static void refuses_what_is_no_such_file(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"FLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n",
		/* but one key of a family */
		"FLANNEL_NETWORK=10.5.0.0/16\n",
		"FLANNEL_SUBNET=10.5.72.1/24\n",
		"FLANNEL_IPV6_NETWORK=fd52::/56\n",
		GOOD "FLANNEL_IPV6_SUBNET=fd52:0:0:1::1/64\n",
		"FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_IPV6_SUBNET=fd52:0:0:1::1/64\n",
		/* not CIDRs */
		GOOD "FLANNEL_SUBNET=\n",
		GOOD "FLANNEL_SUBNET=10.5.72.1\n",
		GOOD "FLANNEL_SUBNET=10.5.72.1/33\n",
		GOOD "FLANNEL_SUBNET=10.5.72.1/-1\n",
		GOOD "FLANNEL_SUBNET=10.5.72.1/24,10.5.73.1/24\n",
		GOOD "FLANNEL_SUBNET='10.5.72.1/24'\n",
		GOOD "FLANNEL_SUBNET=10.5.72.256/24\n",
		GOOD "FLANNEL_SUBNET=\xff\xfe/24\n",
		GOOD "FLANNEL_NETWORK=\n",
		GOOD "FLANNEL_NETWORK=10.5.0.0/16,\n",
		GOOD "FLANNEL_NETWORK=,10.5.0.0/16\n",
		GOOD "FLANNEL_NETWORK=10.5.0.0/16;10.6.0.0/16\n",
		/* of the other family */
		GOOD "FLANNEL_SUBNET=fd52::1/64\n",
		GOOD "FLANNEL_NETWORK=fd52::/56\n",
		GOOD "FLANNEL_IPV6_NETWORK=fd52::/56\nFLANNEL_IPV6_SUBNET=10.5.72.1/24\n",
		/* "/24" cut off */
		"FLANNEL_NETWORK=10.5.0.0/16\nFLANNEL_SUBNET=10.5.72.1/2",
		"FLANNEL_SUBNET=10.5.72.1/24\nFLANNEL_NETWORK=10.5.0.0/1",
		GOOD "FLANNEL_IPV6_NETWORK=fd52::/5",
		GOOD "FLANNEL_SUBNET=",
	};

	(void)state;
	for_each_case(text, texts) {
		struct capacity capacity = { .max_pods = 7 };

		assert_int_equal(parse(*text, strlen(*text), &capacity), -EINVAL);
		assert_int_equal(capacity.max_pods, 7);
		assert_null(capacity.ranges);
	}
}

/* Whatever it ends with, it says nothing else than the whole file. */
static void believes_no_beginning_of_a_file(void **state)
{
	static const char text[] = GOOD;

	(void)state;
	for (size_t size = 0; size < strlen(text); size++) {
		cleanup_capacity struct capacity capacity = { 0 };
		int err = parse(text, size, &capacity);

		if (size <= (size_t)(strstr(text, "\nFLANNEL_MTU") - text))
			assert_int_equal(err, -EINVAL);
		else
			assert_string_equal(ranges_of(&capacity, "flannel"), GOOD_RANGES);
	}
}

static void refuses_zero_bytes(void **state)
{
	static const char text[] = GOOD "\0" GOOD;
	static const char zeros[512];
	struct capacity capacity = { 0 };

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1, &capacity), -EINVAL);
	assert_int_equal(parse(zeros, sizeof(zeros), &capacity), -EINVAL);
}

static void bounds_the_networks(void **state)
{
	cleanup_capacity struct capacity capacity = { 0 };
	char *text = malloc(FLANNEL_FILE_MAX);
	size_t used = (size_t)sprintf(text, "FLANNEL_SUBNET=10.0.0.1/24\nFLANNEL_NETWORK=");

	(void)state;
	for (unsigned int i = 0; i < CAPACITY_RANGES_MAX + 4; i++)
		used += (size_t)sprintf(text + used, "%s20.%u.%u.0/24", i ? "," : "", i / 256,
					i % 256);
	used += (size_t)sprintf(text + used, "\n");
	assert_int_equal(parse(text, used, &capacity), 0);
	assert_int_equal(capacity.range_count, CAPACITY_RANGES_MAX);
	assert_int_equal(capacity.dropped, 5);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_flannel_writes),
		cmocka_unit_test(refuses_what_is_no_such_file),
		cmocka_unit_test(believes_no_beginning_of_a_file),
		cmocka_unit_test(refuses_zero_bytes),
		cmocka_unit_test(bounds_the_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

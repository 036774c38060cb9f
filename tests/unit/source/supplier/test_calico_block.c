// SPDX-License-Identifier: Apache-2.0
/*
 * Routes as the kernel tells of them, and as it never would: which of them are blocks.
 * What becomes of them is test_calico.c's business.
 */
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "calico_routes.h"
#include "source/supplier/calico.h"

/* As calico_block() gets it: in memory of its own, which ends where the message does. */
static int block_of(const struct nlmsghdr *header, struct prefix *out)
{
	struct nlmsghdr *copy = malloc(header->nlmsg_len);
	int err;

	assert_non_null(copy);
	memcpy(copy, header, header->nlmsg_len);
	err = calico_block(copy, out);
	free(copy);
	return err;
}

static void knows_the_blocks_of_either_maker(void **state)
{
	static const struct {
		struct route route;
		const char *want;
	} cases[] = {
		{ { .family = AF_INET, .bits = 26, .destination = "10.1.41.128" },
		  "10.1.41.128/26" },
		{ { .family = AF_INET,
		    .bits = 26,
		    .destination = "192.168.231.0",
		    .protocol = RTPROT_BIRD },
		  "192.168.231.0/26" },
		{ { .family = AF_INET, .bits = 20, .destination = "10.1.32.0" }, "10.1.32.0/20" },
		{ { .family = AF_INET, .bits = 31, .destination = "10.1.32.2" }, "10.1.32.2/31" },
		{ { .family = AF_INET6, .bits = 122, .destination = "fd00:10:244:a::40" },
		  "fd00:10:244:a::40/122" },
		{ { .family = AF_INET6,
		    .bits = 122,
		    .destination = "fd00::c0",
		    .protocol = RTPROT_BIRD },
		  "fd00::c0/122" },
		{ { .family = AF_INET6, .bits = 116, .destination = "fd00::1000" },
		  "fd00::1000/116" },
		{ { .family = AF_INET6, .bits = 127, .destination = "fd00::2" }, "fd00::2/127" },
		/* The kernel has no host bits. */
		{ { .family = AF_INET, .bits = 26, .destination = "10.1.41.200" },
		  "10.1.41.192/26" },
	};
	static const uint16_t types[] = { RTM_NEWROUTE, RTM_DELROUTE };

	(void)state;
	for_each_case(c, cases) {
		for_each_case(type, types) {
			_Alignas(struct nlmsghdr) char buffer[ROUTE_MESSAGE_MAX] = { 0 };
			struct prefix cidr;
			char text[PREFIX_TEXT_SIZE];

			assert_int_equal(block_of(put_route(buffer, *type, &c->route), &cidr), 0);
			prefix_format(&cidr, text);
			assert_string_equal(text, c->want);
		}
	}
}

static void is_nothing(const struct nlmsghdr *header)
{
	struct prefix cidr = { .len = 77 };

	assert_int_equal(block_of(header, &cidr), -ENOENT);
	assert_int_equal(cidr.len, 77);
}

static void leaves_all_other_routes_alone(void **state)
{
	static const struct route routes[] = {
		{ .family = AF_INET,
		  .bits = 26,
		  .destination = "10.1.41.128",
		  .type = RTN_UNICAST },
		{ .family = AF_INET,
		  .bits = 26,
		  .destination = "10.1.41.128",
		  .type = RTN_UNREACHABLE },
		{ .family = AF_INET,
		  .bits = 26,
		  .destination = "10.1.41.128",
		  .type = RTN_PROHIBIT },
		{ .family = AF_INET, .bits = 26, .destination = "10.1.41.128", .type = RTN_THROW },
		{ .family = AF_INET,
		  .bits = 26,
		  .destination = "10.1.41.128",
		  .protocol = RTPROT_BOOT },
		{ .family = AF_INET,
		  .bits = 26,
		  .destination = "10.1.41.128",
		  .protocol = RTPROT_STATIC },
		{ .family = AF_INET,
		  .bits = 26,
		  .destination = "10.1.41.128",
		  .protocol = RTPROT_ZEBRA },
		{ .family = AF_INET,
		  .bits = 26,
		  .destination = "10.1.41.128",
		  .table = RT_TABLE_LOCAL },
		{ .family = AF_INET, .bits = 26, .destination = "10.1.41.128", .table = 100 },
		/* no block has so many addresses, and none is one address */
		{ .family = AF_INET, .bits = 0, .destination = NULL },
		{ .family = AF_INET, .bits = 8, .destination = "10.0.0.0" },
		{ .family = AF_INET, .bits = 19, .destination = "10.1.32.0" },
		{ .family = AF_INET, .bits = 32, .destination = "10.1.41.128" },
		{ .family = AF_INET6, .bits = 64, .destination = "fd00::" },
		{ .family = AF_INET6, .bits = 115, .destination = "fd00::" },
		{ .family = AF_INET6, .bits = 128, .destination = "fd00::1" },
		/* not from the kernel */
		{ .family = AF_INET, .bits = 26, .destination = NULL },
		{ .family = AF_INET6, .bits = 122, .destination = NULL },
		{ .family = AF_INET, .bits = 122, .destination = "10.1.41.128" },
		{ .family = AF_INET6, .bits = 129, .destination = "fd00::" },
		{ .family = AF_UNSPEC, .bits = 26, .destination = "10.1.41.128" },
		{ .family = AF_UNSPEC, .bits = 122, .destination = "fd00::40" },
		{ .family = AF_PACKET, .bits = 122, .destination = "fd00::40" },
		{ .family = AF_INET, .bits = 26, .destination = "fd00::40" },
		{ .family = AF_INET6, .bits = 122, .destination = "10.1.41.128" },
		{ .family = AF_INET, .bits = 26, .destination = "10.1.41.128", .size = 3 },
		{ .family = AF_INET, .bits = 26, .destination = "10.1.41.128", .size = 5 },
		{ .family = AF_INET6, .bits = 122, .destination = "fd00::40", .size = 15 },
		{ .family = AF_INET6, .bits = 122, .destination = "fd00::40", .size = 17 },
	};

	(void)state;
	for_each_case(route, routes) {
		_Alignas(struct nlmsghdr) char buffer[ROUTE_MESSAGE_MAX] = { 0 };

		is_nothing(put_route(buffer, RTM_NEWROUTE, route));
	}
}

static void leaves_all_other_messages_alone(void **state)
{
	static const uint16_t types[] = { RTM_GETROUTE, RTM_NEWADDR, NLMSG_DONE, NLMSG_ERROR, 0 };
	static const struct route route = { .family = AF_INET,
					    .bits = 26,
					    .destination = "10.1.41.128" };

	(void)state;
	for_each_case(type, types) {
		_Alignas(struct nlmsghdr) char buffer[ROUTE_MESSAGE_MAX] = { 0 };

		is_nothing(put_route(buffer, *type, &route));
	}
}

/* Cut off at every word, which is as exact as netlink gets. */
static void survives_messages_that_end_early(void **state)
{
	static const struct route routes[] = {
		{ .family = AF_INET, .bits = 26, .destination = "10.1.41.128" },
		{ .family = AF_INET6, .bits = 122, .destination = "fd00::40" },
	};

	(void)state;
	for_each_case(route, routes) {
		_Alignas(struct nlmsghdr) char buffer[ROUTE_MESSAGE_MAX] = { 0 };
		struct nlmsghdr *header = put_route(buffer, RTM_NEWROUTE, route);
		uint32_t whole = header->nlmsg_len;

		for (uint32_t size = MNL_NLMSG_HDRLEN; size < whole; size += MNL_ALIGNTO) {
			header->nlmsg_len = size;
			is_nothing(header);
		}
	}
}

static void survives_attributes_that_lie_about_their_size(void **state)
{
	static const uint16_t sizes[] = { 0, 1, 3, 9, 12, 4096, UINT16_MAX };
	static const struct route route = { .family = AF_INET,
					    .bits = 26,
					    .destination = "10.1.41.128" };

	(void)state;
	for_each_case(size, sizes) {
		_Alignas(struct nlmsghdr) char buffer[ROUTE_MESSAGE_MAX] = { 0 };
		struct nlmsghdr *header = put_route(buffer, RTM_NEWROUTE, &route);
		struct nlattr *attr = mnl_nlmsg_get_payload_offset(header, sizeof(struct rtmsg));

		attr->nla_len = *size;
		is_nothing(header);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_blocks_of_either_maker),
		cmocka_unit_test(leaves_all_other_routes_alone),
		cmocka_unit_test(leaves_all_other_messages_alone),
		cmocka_unit_test(survives_messages_that_end_early),
		cmocka_unit_test(survives_attributes_that_lie_about_their_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

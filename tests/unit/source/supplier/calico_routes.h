/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that tell of a route, and the kernel's routes made and taken by them. */
#pragma once

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>

enum { ROUTE_MESSAGE_MAX = 512, PROTOCOL_FELIX = 80 };

/* What is zero of type, protocol and table is RTN_BLACKHOLE, PROTOCOL_FELIX and RT_TABLE_MAIN. */
struct route {
	uint8_t family, bits;
	const char *destination; /* NULL leaves it out */
	uint8_t type, protocol, table;
	uint16_t size; /* of the attribute; 0 the family's */
};

static inline struct nlmsghdr *put_route(void *buffer, uint16_t type, const struct route *route)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct rtmsg *body = mnl_nlmsg_put_extra_header(header, sizeof(*body));
	uint8_t bytes[64] = { 0 };
	uint16_t size = 4;

	header->nlmsg_type = type;
	*body = (struct rtmsg){
		.rtm_family = route->family,
		.rtm_dst_len = route->bits,
		.rtm_table = route->table ? route->table : RT_TABLE_MAIN,
		.rtm_protocol = route->protocol ? route->protocol : PROTOCOL_FELIX,
		.rtm_type = route->type ? route->type : RTN_BLACKHOLE,
	};
	if (!route->destination)
		return header;
	if (strchr(route->destination, ':'))
		size = 16;
	assert_int_equal(inet_pton(size == 16 ? AF_INET6 : AF_INET, route->destination, bytes), 1);
	mnl_attr_put(header, RTA_DST, route->size ? route->size : size, bytes);
	return header;
}

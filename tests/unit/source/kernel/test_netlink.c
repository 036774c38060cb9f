// SPDX-License-Identifier: Apache-2.0
/*
 * Messages as the kernel sends them, and as it never would: nothing that comes from
 * a socket may be taken at its word.
 */
#include "test.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "source/kernel/netlink.h"

enum { MESSAGE_MAX = 512 };

/* An address attribute; NULL leaves it out. A size other than 0 is what it says of itself. */
struct attr {
	const char *ip;
	uint16_t size;
};

struct message {
	uint16_t type;
	uint8_t family, prefix_len, flags, scope;
	struct attr address, local;
	uint32_t long_flags; /* 0 leaves it out */
};

static void put_address(struct nlmsghdr *header, uint16_t type, const struct attr *attr)
{
	uint8_t bytes[64] = { 0 };
	size_t size;

	if (!attr->ip)
		return;
	size = strchr(attr->ip, ':') ? 16 : 4;
	assert_int_equal(inet_pton(size == 16 ? AF_INET6 : AF_INET, attr->ip, bytes), 1);
	mnl_attr_put(header, type, attr->size ? attr->size : size, bytes);
}

static struct nlmsghdr *put_message(void *buffer, const struct message *message)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct ifaddrmsg *body = mnl_nlmsg_put_extra_header(header, sizeof(*body));

	header->nlmsg_type = message->type;
	*body = (struct ifaddrmsg){ .ifa_family = message->family,
				    .ifa_prefixlen = message->prefix_len,
				    .ifa_flags = message->flags,
				    .ifa_scope = message->scope,
				    .ifa_index = 7 };
	put_address(header, IFA_ADDRESS, &message->address);
	put_address(header, IFA_LOCAL, &message->local);
	if (message->long_flags)
		mnl_attr_put_u32(header, IFA_FLAGS, message->long_flags);
	return header;
}

/* As netlink_decode() gets it: in memory of its own, which ends where the message does. */
static struct event decode(const struct nlmsghdr *header)
{
	struct nlmsghdr *copy = malloc(header->nlmsg_len);
	struct event event;

	assert_non_null(copy);
	memcpy(copy, header, header->nlmsg_len);
	netlink_decode(copy, &event);
	free(copy);
	return event;
}

static const struct {
	struct message message;
	enum event_kind kind;
	const char *ip;
	uint32_t flags;
} address_cases[] = {
	{ { RTM_NEWADDR, AF_INET, 24, IFA_F_PERMANENT, RT_SCOPE_UNIVERSE,
	    .address = { "10.9.0.5", 0 }, .local = { "10.9.0.5", 0 } },
	  EVENT_ADDR_ADD,
	  "10.9.0.5",
	  IFA_F_PERMANENT },
	{ { RTM_DELADDR, AF_INET, 32, 0, RT_SCOPE_LINK, .address = { "10.9.0.5", 0 },
	    .local = { "10.9.0.5", 0 } },
	  EVENT_ADDR_DEL,
	  "10.9.0.5",
	  0 },
	{ { RTM_NEWADDR, AF_INET6, 64, IFA_F_TENTATIVE, RT_SCOPE_UNIVERSE,
	    .address = { "fd00:9::5", 0 } },
	  EVENT_ADDR_ADD,
	  "fd00:9::5",
	  IFA_F_TENTATIVE },
	{ { RTM_DELADDR, AF_INET6, 128, 0, RT_SCOPE_LINK, .address = { "fe80::5", 0 } },
	  EVENT_ADDR_DEL,
	  "fe80::5",
	  0 },
	/* Point to point: IFA_ADDRESS is the other end's. */
	{ { RTM_NEWADDR, AF_INET, 32, 0, 0, .address = { "10.9.0.1", 0 },
	    .local = { "10.9.0.5", 0 } },
	  EVENT_ADDR_ADD,
	  "10.9.0.5",
	  0 },
	{ { RTM_NEWADDR, AF_INET6, 128, 0, 0, .address = { "fd00:9::1", 0 },
	    .local = { "fd00:9::5", 0 } },
	  EVENT_ADDR_ADD,
	  "fd00:9::5",
	  0 },
	{ { RTM_NEWADDR, AF_INET, 24, 0, 0, .address = { "10.9.0.5", 0 } },
	  EVENT_ADDR_ADD,
	  "10.9.0.5",
	  0 },
	/* Eight bits of flags were not enough: the attribute has all of them. */
	{ { RTM_NEWADDR, AF_INET6, 64, IFA_F_PERMANENT, 0, .address = { "fd00:9::5", 0 },
	    .long_flags = IFA_F_PERMANENT | IFA_F_MANAGETEMPADDR | IFA_F_STABLE_PRIVACY },
	  EVENT_ADDR_ADD,
	  "fd00:9::5",
	  IFA_F_PERMANENT | IFA_F_MANAGETEMPADDR | IFA_F_STABLE_PRIVACY },
	{ { RTM_NEWADDR, AF_INET6, 64, 0xff, 0, .address = { "fd00:9::5", 0 }, .long_flags = 0x40 },
	  EVENT_ADDR_ADD,
	  "fd00:9::5",
	  0x40 },
};

static void decodes_addresses(void **state)
{
	(void)state;
	for_each_case(c, address_cases) {
		_Alignas(struct nlmsghdr) char buffer[MESSAGE_MAX] = { 0 };
		struct event event = decode(put_message(buffer, &c->message));
		char ip[IP_TEXT_SIZE];
		struct ip address;

		assert_int_equal(event.kind, c->kind);
		assert_int_equal(event.source, EVENT_FROM_NETLINK);
		assert_int_equal(event.family, c->message.family);
		assert_int_equal(event.prefix_len, c->message.prefix_len);
		assert_int_equal(event.scope, c->message.scope);
		assert_int_equal(event.addr_flags, c->flags);
		assert_int_equal(event.ifindex, 7);
		memcpy(address.bytes, event.addr, sizeof(address.bytes));
		ip_format(&address, ip);
		assert_string_equal(ip, c->ip);
	}
}

static void tells_nothing_of_what_it_does_not_follow(void **state)
{
	static const struct message messages[] = {
		{ .type = RTM_NEWLINK,
		  .family = AF_INET,
		  .address = { "10.9.0.5", 0 },
		  .local = { "10.9.0.5", 0 } },
		{ .type = RTM_GETADDR,
		  .family = AF_INET,
		  .address = { "10.9.0.5", 0 },
		  .local = { "10.9.0.5", 0 } },
		{ .type = NLMSG_DONE,
		  .family = AF_INET,
		  .address = { "10.9.0.5", 0 },
		  .local = { "10.9.0.5", 0 } },
		{ .type = RTM_NEWADDR, .family = AF_UNSPEC, .address = { "10.9.0.5", 0 } },
		{ .type = RTM_NEWADDR, .family = AF_PACKET, .address = { "fd00::5", 0 } },
		{ .type = RTM_NEWADDR, .family = AF_INET, .address = { NULL, 0 } },
		{ .type = RTM_NEWADDR, .family = AF_INET6, .address = { NULL, 0 } },
	};

	(void)state;
	for_each_case(message, messages) {
		_Alignas(struct nlmsghdr) char buffer[MESSAGE_MAX] = { 0 };

		assert_int_equal(decode(put_message(buffer, message)).kind, EVENT_NONE);
	}
}

static void rejects_addresses_of_a_wrong_size(void **state)
{
	static const struct message messages[] = {
		{ .type = RTM_NEWADDR, .family = AF_INET, .address = { "10.9.0.5", 3 } },
		{ .type = RTM_NEWADDR, .family = AF_INET, .address = { "10.9.0.5", 5 } },
		{ .type = RTM_NEWADDR, .family = AF_INET, .address = { "10.9.0.5", 16 } },
		{ .type = RTM_NEWADDR, .family = AF_INET6, .address = { "fd00::5", 4 } },
		{ .type = RTM_NEWADDR, .family = AF_INET6, .address = { "fd00::5", 15 } },
		{ .type = RTM_NEWADDR, .family = AF_INET6, .address = { "fd00::5", 17 } },
		/* A broken one is not made good by the other. */
		{ .type = RTM_NEWADDR,
		  .family = AF_INET,
		  .address = { "10.9.0.5", 0 },
		  .local = { "10.9.0.5", 3 } },
	};

	(void)state;
	for_each_case(message, messages) {
		_Alignas(struct nlmsghdr) char buffer[MESSAGE_MAX] = { 0 };

		assert_int_equal(decode(put_message(buffer, message)).kind, EVENT_NONE);
	}
}

static void takes_flags_of_32_bits_alone(void **state)
{
	static const uint16_t sizes[] = { 1, 2, 3, 5, 8 };
	const struct message message = {
		.type = RTM_NEWADDR, .family = AF_INET, .flags = 0x80, .address = { "10.9.0.5", 0 }
	};
	static const uint64_t ones = UINT64_MAX;

	(void)state;
	for_each_case(size, sizes) {
		_Alignas(struct nlmsghdr) char buffer[MESSAGE_MAX] = { 0 };
		struct nlmsghdr *header = put_message(buffer, &message);
		struct event event;

		mnl_attr_put(header, IFA_FLAGS, *size, &ones);
		event = decode(header);
		assert_int_equal(event.kind, EVENT_ADDR_ADD);
		assert_int_equal(event.addr_flags, 0x80);
	}
}

/* Cut off at every word, which is as exact as netlink gets: it reads no further, and never makes an
 * address up. */
static void survives_messages_that_end_early(void **state)
{
	static const struct message messages[] = {
		{ RTM_NEWADDR, AF_INET, 24, 0, 0, .address = { "10.9.0.1", 0 },
		  .local = { "10.9.0.5", 0 }, .long_flags = 0x280 },
		{ RTM_DELADDR, AF_INET6, 64, 0, 0, .address = { "fd00:9::5", 0 },
		  .long_flags = 0x280 },
	};

	(void)state;
	for_each_case(message, messages) {
		_Alignas(struct nlmsghdr) char buffer[MESSAGE_MAX] = { 0 };
		struct nlmsghdr *header = put_message(buffer, message);
		uint32_t whole = header->nlmsg_len;
		struct event want = decode(header);
		uint32_t with_address = MNL_NLMSG_HDRLEN + sizeof(struct ifaddrmsg) +
					MNL_ATTR_HDRLEN + (message->family == AF_INET ? 4 : 16);

		for (uint32_t size = MNL_NLMSG_HDRLEN; size < whole; size += MNL_ALIGNTO) {
			struct event event;

			header->nlmsg_len = size;
			event = decode(header);
			if (size < with_address)
				assert_int_equal(event.kind, EVENT_NONE);
			else
				assert_int_equal(event.kind, want.kind);
		}
	}
}

static void survives_attributes_that_lie_about_their_size(void **state)
{
	static const uint16_t sizes[] = { 0, 1, 3, 9, 12, 4096, UINT16_MAX };
	const struct message message = { .type = RTM_NEWADDR,
					 .family = AF_INET,
					 .address = { "10.9.0.5", 0 } };

	(void)state;
	for_each_case(size, sizes) {
		_Alignas(struct nlmsghdr) char buffer[MESSAGE_MAX] = { 0 };
		struct nlmsghdr *header = put_message(buffer, &message);
		struct nlattr *attr =
			mnl_nlmsg_get_payload_offset(header, sizeof(struct ifaddrmsg));

		attr->nla_len = *size;
		assert_int_equal(decode(header).kind, EVENT_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_addresses),
		cmocka_unit_test(tells_nothing_of_what_it_does_not_follow),
		cmocka_unit_test(rejects_addresses_of_a_wrong_size),
		cmocka_unit_test(takes_flags_of_32_bits_alone),
		cmocka_unit_test(survives_messages_that_end_early),
		cmocka_unit_test(survives_attributes_that_lie_about_their_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

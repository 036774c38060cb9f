/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses and prefixes of both families in one type. IPv4 is v4-mapped
 * (::ffff:a.b.c.d), so that one comparison and one table serve both. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	IP_TEXT_SIZE = 46, /* INET6_ADDRSTRLEN */
	PREFIX_TEXT_SIZE = 50,
	IP_V4_BITS = 96, /* length of ::ffff:0:0, the prefix that holds IPv4 */
};

struct ip {
	uint8_t bytes[16];
};

struct prefix {
	struct ip base; /* host bits are zero */
	uint8_t len; /* 0..128 over the mapped form: 10.0.0.0/8 has 104 */
};

bool ip_is_v4(const struct ip *ip);
/* AF_INET or AF_INET6. */
int ip_family(const struct ip *ip);
/* "ipv4" or "ipv6": the value of the label `family`. */
const char *ip_family_name(const struct ip *ip);
/* Order of the bytes: <0, 0, >0. */
int ip_compare(const struct ip *a, const struct ip *b);
/* Can a pod own it? No: unspecified, loopback, link-local (169.254.0.0/16, fe80::/10), multicast.
 */
bool ip_is_countable(const struct ip *ip);

/* Parse "10.1.2.3" or "fd00::1". -EINVAL leaves *out untouched. */
int ip_parse(const char *text, struct ip *out);
/* Canonical text, RFC 5952 for IPv6. */
void ip_format(const struct ip *ip, char out[static IP_TEXT_SIZE]);

/* Parse "10.1.2.0/24". -EINVAL malformed, -EDOM host bits set; *out is then untouched. */
int prefix_parse(const char *text, struct prefix *out);
/* As prefix_parse(), with host bits cleared: "10.1.2.3/24" is 10.1.2.0/24. */
int prefix_parse_masked(const char *text, struct prefix *out);
void prefix_format(const struct prefix *prefix, char out[static PREFIX_TEXT_SIZE]);
/* The prefix of `len` bits (in the mapped form) that holds ip. */
struct prefix prefix_of(const struct ip *ip, uint8_t len);
/* Length in the family's own bits: 24 for 10.1.2.0/24. */
uint8_t prefix_family_len(const struct prefix *prefix);
bool prefix_holds_ip(const struct prefix *prefix, const struct ip *ip);
bool prefix_holds(const struct prefix *outer, const struct prefix *inner);
/* IPv4 first, then by base, then by length: an outer prefix sorts right before what it holds. */
int prefix_compare(const struct prefix *a, const struct prefix *b);
/* Addresses in it, as a double: exact to /75, and IPv6 goes to 2^128. */
double prefix_size(const struct prefix *prefix);

// SPDX-License-Identifier: Apache-2.0
#include "core/base/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"

enum { IP_BITS = 128, V4_BITS = IP_BITS - IP_V4_BITS, V4_OFFSET = IP_V4_BITS / 8 };

static const struct prefix uncountable[] = {
	{ .base.bytes = { [10] = 0xff, 0xff }, .len = IP_BITS }, /* 0.0.0.0 */
	{ .base.bytes = { [10] = 0xff, 0xff, 127 }, .len = IP_V4_BITS + 8 },
	{ .base.bytes = { [10] = 0xff, 0xff, 169, 254 }, .len = IP_V4_BITS + 16 },
	{ .base.bytes = { [10] = 0xff, 0xff, 224 }, .len = IP_V4_BITS + 4 },
	{ .base.bytes = { 0 }, .len = IP_BITS }, /* :: */
	{ .base.bytes = { [15] = 1 }, .len = IP_BITS }, /* ::1 */
	{ .base.bytes = { 0xfe, 0x80 }, .len = 10 },
	{ .base.bytes = { 0xff }, .len = 8 },
};

static const uint8_t v4_head[V4_OFFSET] = { [10] = 0xff, 0xff };

bool ip_is_v4(const struct ip *ip)
{
	return memcmp(ip->bytes, v4_head, sizeof(v4_head)) == 0;
}

int ip_family(const struct ip *ip)
{
	return ip_is_v4(ip) ? AF_INET : AF_INET6;
}

const char *ip_family_name(const struct ip *ip)
{
	return ip_is_v4(ip) ? "ipv4" : "ipv6";
}

int ip_compare(const struct ip *a, const struct ip *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool ip_is_countable(const struct ip *ip)
{
	for (size_t i = 0; i < array_size(uncountable); i++) {
		if (prefix_holds_ip(&uncountable[i], ip))
			return false;
	}
	return true;
}

int ip_parse(const char *text, struct ip *out)
{
	struct ip ip = { 0 };

	if (inet_pton(AF_INET, text, ip.bytes + V4_OFFSET) == 1)
		memcpy(ip.bytes, v4_head, sizeof(v4_head));
	else if (inet_pton(AF_INET6, text, ip.bytes) != 1)
		return -EINVAL;

	*out = ip;
	return 0;
}

void ip_format(const struct ip *ip, char out[static IP_TEXT_SIZE])
{
	bool is_v4 = ip_is_v4(ip);

	inet_ntop(is_v4 ? AF_INET : AF_INET6, ip->bytes + (is_v4 ? V4_OFFSET : 0), out,
		  IP_TEXT_SIZE);
}

/* Decimal digits alone: neither sign nor blank nor leading zero, which strtoul() would take. */
static int parse_len(const char *text, unsigned int max, unsigned int *out)
{
	unsigned int len = 0;

	if (!*text || (text[0] == '0' && text[1]))
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		len = len * 10 + (unsigned int)(*text - '0');
		if (len > max)
			return -EINVAL;
	}

	*out = len;
	return 0;
}

/* The address before the slash as it stands, and the length over the mapped form. */
static int parse_parts(const char *text, struct ip *out_ip, uint8_t *out_len)
{
	const char *slash = strchr(text, '/');
	char host[IP_TEXT_SIZE];
	bool has_v4_len;
	unsigned int len;
	struct ip ip;
	int err;

	if (!slash || slash - text >= IP_TEXT_SIZE)
		return -EINVAL;
	memcpy(host, text, (size_t)(slash - text));
	host[slash - text] = '\0';

	err = ip_parse(host, &ip);
	if (err)
		return err;

	has_v4_len = !strchr(host, ':');
	err = parse_len(slash + 1, has_v4_len ? V4_BITS : IP_BITS, &len);
	if (err)
		return err;

	*out_ip = ip;
	*out_len = (uint8_t)(has_v4_len ? IP_V4_BITS + len : len);
	return 0;
}

int prefix_parse(const char *text, struct prefix *out)
{
	struct prefix prefix;
	struct ip ip;
	uint8_t len;
	int err;

	err = parse_parts(text, &ip, &len);
	if (err)
		return err;

	prefix = prefix_of(&ip, len);
	if (ip_compare(&prefix.base, &ip))
		return -EDOM;

	*out = prefix;
	return 0;
}

int prefix_parse_masked(const char *text, struct prefix *out)
{
	struct ip ip;
	uint8_t len;
	int err;

	err = parse_parts(text, &ip, &len);
	if (err)
		return err;

	*out = prefix_of(&ip, len);
	return 0;
}

void prefix_format(const struct prefix *prefix, char out[static PREFIX_TEXT_SIZE])
{
	char base[IP_TEXT_SIZE];

	ip_format(&prefix->base, base);
	snprintf(out, PREFIX_TEXT_SIZE, "%s/%u", base, prefix_family_len(prefix));
}

struct prefix prefix_of(const struct ip *ip, uint8_t len)
{
	struct prefix prefix = { .base = *ip, .len = len };

	for (unsigned int i = len / 8; i < sizeof(ip->bytes); i++) {
		unsigned int kept = i == len / 8 ? len % 8 : 0;

		prefix.base.bytes[i] &= (uint8_t)(0xff00 >> kept);
	}
	return prefix;
}

uint8_t prefix_family_len(const struct prefix *prefix)
{
	return (uint8_t)(ip_is_v4(&prefix->base) ? prefix->len - IP_V4_BITS : prefix->len);
}

/* By its bits alone ::/0 would hold all of IPv4. */
bool prefix_holds_ip(const struct prefix *prefix, const struct ip *ip)
{
	struct prefix around = prefix_of(ip, prefix->len);

	return ip_is_v4(&prefix->base) == ip_is_v4(ip) &&
	       ip_compare(&around.base, &prefix->base) == 0;
}

bool prefix_holds(const struct prefix *outer, const struct prefix *inner)
{
	return outer->len <= inner->len && prefix_holds_ip(outer, &inner->base);
}

int prefix_compare(const struct prefix *a, const struct prefix *b)
{
	int family = ip_is_v4(&b->base) - ip_is_v4(&a->base);
	int base = ip_compare(&a->base, &b->base);

	if (family)
		return family;
	return base ? base : a->len - b->len;
}

double prefix_size(const struct prefix *prefix)
{
	return ldexp(1.0, IP_BITS - prefix->len);
}

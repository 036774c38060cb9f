/* SPDX-License-Identifier: Apache-2.0 */
/* A metadata service of version 2 with two ENIs, whose keys a test may change between rounds. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "source/cloud/imds.h"
#include "source/cloud/imds_parse.h"
#include "supplier_fixture.h"

#define MACS "network/interfaces/macs/"
#define MAC_A "0e:49:61:0f:c3:11"
#define MAC_B "0e:49:61:0f:c3:b2"
#define KEYS_MAX 32

/* A key that has no text is not there: 404. */
struct fake_key {
	const char *path, *pieces[2];
};

struct fake {
	struct fake_key keys[KEYS_MAX];
	const char *token_pieces[2];
	const char *odd_path; /* a path that is answered otherwise */
	struct web_answer odd;
	unsigned int odd_times; /* so often, then it is as ever */
	const char *gone_path; /* once this was asked for, no key of MAC_B is there */
	bool is_gone;
	unsigned int tokens; /* given out */
	unsigned int refused; /* requests without the token */
	unsigned int unknown; /* requests for other keys */
	char ttl[16], last[256]; /* of the last request */
};

static const char *const two_enis[][2] = {
	{ "instance-type", "m5.large" },
	{ "placement/availability-zone", "eu-west-1b" },
	{ MACS, MAC_A "/\n" MAC_B "/" },
	{ MACS MAC_A "/interface-id", "eni-0a" },
	{ MACS MAC_A "/network-card", "0" },
	{ MACS MAC_A "/subnet-id", "subnet-0a" },
	{ MACS MAC_A "/vpc-id", "vpc-0a" },
	{ MACS MAC_A "/subnet-ipv4-cidr-block", "10.0.1.0/24" },
	{ MACS MAC_A "/subnet-ipv6-cidr-blocks", NULL },
	{ MACS MAC_A "/vpc-ipv4-cidr-blocks", "10.0.0.0/16\n100.64.0.0/16" },
	{ MACS MAC_A "/vpc-ipv6-cidr-blocks", NULL },
	{ MACS MAC_A "/local-ipv4s", "10.0.1.10\n10.0.1.11\n10.0.1.12" },
	{ MACS MAC_A "/ipv4-prefix", NULL },
	{ MACS MAC_A "/device-number", "0" },
	/* out of a secondary CIDR of the VPC, with a prefix */
	{ MACS MAC_B "/interface-id", "eni-0b" },
	{ MACS MAC_B "/network-card", NULL },
	{ MACS MAC_B "/subnet-id", "subnet-0b" },
	{ MACS MAC_B "/vpc-id", "vpc-0a" },
	{ MACS MAC_B "/subnet-ipv4-cidr-block", "100.64.0.0/20" },
	{ MACS MAC_B "/subnet-ipv6-cidr-blocks", NULL },
	{ MACS MAC_B "/vpc-ipv4-cidr-blocks", "10.0.0.0/16\n100.64.0.0/16" },
	{ MACS MAC_B "/vpc-ipv6-cidr-blocks", NULL },
	{ MACS MAC_B "/local-ipv4s", "100.64.0.9" },
	{ MACS MAC_B "/ipv4-prefix", "100.64.3.16/28" },
	{ MACS MAC_B "/device-number", "1" },
};

#define RANGES_TEXT                                                      \
	"subnet-0a 10.0.1.0/24 subnet 5, vpc-0a 10.0.0.0/16 cluster 0, " \
	"vpc-0a 100.64.0.0/16 cluster 0, subnet-0b 100.64.0.0/20 subnet 5"
#define ENI_A_TEXT "eni-0a 0.0 subnet-0a 10.0.1.0/24 10.0.1.10 primary 10.0.1.11/32 10.0.1.12/32"
#define ENI_B_TEXT "eni-0b 0.1 subnet-0b 100.64.0.0/20 100.64.0.9 100.64.3.16/28!"

static struct fake fake;

static inline void fake_set(const char *path, const char *text)
{
	for (size_t i = 0; i < KEYS_MAX; i++) {
		if (fake.keys[i].path && strcmp(fake.keys[i].path, path) != 0)
			continue;
		fake.keys[i].path = path;
		fake.keys[i].pieces[0] = text;
		return;
	}
	fail_msg("no room for '%s'", path);
}

static inline void fake_answer_token(const struct web_request *request, struct web_answer *out)
{
	const char *ttl = request->header(request, "X-aws-ec2-metadata-token-ttl-seconds");

	if (strcmp(request->method, "PUT") != 0 || !ttl) {
		out->status = 405;
		return;
	}
	snprintf(fake.ttl, sizeof(fake.ttl), "%s", ttl);
	fake.tokens++;
	out->pieces = fake.token_pieces;
}

static inline void fake_answer_key(const struct web_request *request, struct web_answer *out)
{
	static const char head[] = "/latest/meta-data/";
	const char *token = request->header(request, "X-aws-ec2-metadata-token");
	const char *path = request->url + strlen(head);

	out->status = 404;
	if (!token || strcmp(token, fake.token_pieces[0]) != 0 ||
	    strcmp(request->method, "GET") != 0) {
		fake.refused++;
		out->status = 401;
		return;
	}
	if (strncmp(request->url, head, strlen(head)) != 0) {
		fake.unknown++;
		return;
	}
	if (fake.is_gone && strstr(path, MAC_B))
		return;
	fake.is_gone |= fake.gone_path && strcmp(path, fake.gone_path) == 0;
	for (size_t i = 0; i < KEYS_MAX && fake.keys[i].path; i++) {
		if (strcmp(fake.keys[i].path, path) != 0)
			continue;
		out->status = fake.keys[i].pieces[0] ? 200 : 404;
		out->pieces = fake.keys[i].pieces;
		return;
	}
	fake.unknown++;
}

static inline void fake_answer(const struct web_request *request, struct web_answer *out, void *ctx)
{
	(void)ctx;
	snprintf(fake.last, sizeof(fake.last), "%s", request->url);
	if (fake.odd_path && fake.odd_times && strcmp(request->url, fake.odd_path) == 0) {
		fake.odd_times--;
		*out = fake.odd;
	} else if (strcmp(request->url, "/latest/api/token") == 0) {
		fake_answer_token(request, out);
	} else {
		fake_answer_key(request, out);
	}
}

static inline struct web *fake_open(void)
{
	const struct web_config config = { .answer = fake_answer };

	fake = (struct fake){ .token_pieces = { "AQAEAHo7Gk1xTok==" } };
	for (size_t i = 0; i < case_count(two_enis); i++)
		fake_set(two_enis[i][0], two_enis[i][1]);
	return web_open(&config);
}

/* From now on, for so many requests. */
static inline void fake_be_odd(const char *path, unsigned int times, struct web_answer answer)
{
	fake.odd_path = path;
	fake.odd_times = times;
	fake.odd = answer;
}

static inline struct rig ask_imds(const char *url)
{
	const struct supplier_settings settings = {
		.imds_url = url,
		.period_ns = 10 * RIG_SECOND_NS,
	};

	return rig_open(&imds_supplier, &settings);
}

/* "name cidr scope reserved, ..." */
static inline const char *ranges_of(const struct capacity *capacity)
{
	static char text[4096];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < capacity->range_count; i++) {
		const struct range *range = &capacity->ranges[i];
		char cidr[PREFIX_TEXT_SIZE];

		prefix_format(&range->cidr, cidr);
		assert_string_equal(range->source, "imds");
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s %s %.0f",
					 i ? ", " : "", range->name, cidr,
					 range_scope_name(range->scope), range->reserved);
	}
	return text;
}

/* "id card.device subnet-id subnet primary-address [primary] block ...; ..." */
static inline const char *enis_of(const struct capacity *capacity)
{
	const struct enis *enis = &capacity->enis;
	static char text[8192];
	size_t used = 0;

	text[0] = '\0';
	assert_false(enis->has_addresses);
	for (size_t i = 0; i < enis->eni_count; i++) {
		const struct eni *eni = &enis->enis[i];
		char subnet[PREFIX_TEXT_SIZE] = "-", primary[IP_TEXT_SIZE] = "-";

		if (eni->has_subnet)
			prefix_format(&eni->subnet, subnet);
		if (eni->has_primary)
			ip_format(&eni->primary, primary);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %u.%u %s %s %s%s",
					 i ? "; " : "", eni->id, eni->card, eni->device,
					 eni->subnet_id[0] ? eni->subnet_id : "-", subnet, primary,
					 eni->is_primary ? " primary" : "");
		for (size_t j = 0; j < enis->block_count; j++) {
			char cidr[PREFIX_TEXT_SIZE];

			prefix_format(&enis->blocks[j].cidr, cidr);
			if (enis->blocks[j].eni == i)
				used += (size_t)snprintf(text + used, sizeof(text) - used, " %s%s",
							 cidr,
							 enis->blocks[j].is_prefix ? "!" : "");
		}
	}
	return text;
}

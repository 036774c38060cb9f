// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "source/base/json.h"
#include "source/kube/cilium_eni.h"
#include "source/kube/cilium_node.h"

#define NODE(spec, enis, used) \
	"{\"spec\":{" spec "},\"status\":{\"eni\":{\"enis\":{" enis "}},\"ipam\":{" used "}}}"
#define USED(used) "\"used\":{" used "}"
#define ENI_A                                                                                         \
	"\"eni-0a\":{\"id\":\"eni-0a\",\"ip\":\"10.0.8.5\",\"subnet\":{\"id\":\"subnet-1\",\"cidr\":" \
	"\"10.0.8.0/24\"},\"addresses\":[\"10.0.8.20\",\"10.0.8.21\"]}"

static void put_block(const struct enis *enis, size_t i, char *out, size_t size)
{
	const struct eni_block *block = &enis->blocks[i];
	char cidr[PREFIX_TEXT_SIZE];

	prefix_format(&block->cidr, cidr);
	snprintf(out, size, " %s%s", cidr, block->is_prefix ? "*" : "");
}

/* "id device flags primary subnet-id subnet: block block*; ..." and "| ip@eni ip@eni" */
static const char *text_of(const struct enis *enis)
{
	static char text[4096];
	char ip[IP_TEXT_SIZE], subnet[PREFIX_TEXT_SIZE], block[64];

	text[0] = '\0';
	for (size_t i = 0; i < enis->eni_count; i++) {
		const struct eni *eni = &enis->enis[i];
		size_t used = strlen(text);

		ip_format(&eni->primary, ip);
		prefix_format(&eni->subnet, subnet);
		snprintf(text + used, sizeof(text) - used, "%s%s %u %s%s %s %s %s:", i ? "; " : "",
			 eni->id, eni->device, eni->is_primary ? "p" : "-",
			 eni->is_excluded ? "x" : "-", eni->has_primary ? ip : "-", eni->subnet_id,
			 eni->has_subnet ? subnet : "-");
		for (size_t j = 0; j < enis->block_count; j++) {
			if (enis->blocks[j].eni != i)
				continue;
			put_block(enis, j, block, sizeof(block));
			strncat(text, block, sizeof(text) - strlen(text) - 1);
		}
	}
	strncat(text, " |", sizeof(text) - strlen(text) - 1);
	for (size_t i = 0; i < enis->address_count; i++) {
		assert_true(enis->addresses[i].is_assigned);
		ip_format(&enis->addresses[i].ip, ip);
		snprintf(block, sizeof(block), " %s@%u", ip, enis->addresses[i].eni);
		strncat(text, block, sizeof(text) - strlen(text) - 1);
	}
	return text;
}

static int parse(const char *text, struct enis *enis, int *bad)
{
	cleanup_json json_t *root = NULL;

	print_message("  %.100s\n", text);
	assert_int_equal(json_read(text, strlen(text), &root), 0);
	return cilium_eni_parse(root, enis, bad);
}

static void reads_enis_and_what_is_used_of_them(void **state)
{
	static const struct {
		const char *node, *want;
		int bad;
	} cases[] = {
		{ NODE("", ENI_A, ""),
		  "eni-0a 0 p- 10.0.8.5 subnet-1 10.0.8.0/24: 10.0.8.20/32 10.0.8.21/32 |", 0 },
		{ NODE("", ENI_A,
		       USED("\"10.0.8.21\":{\"owner\":\"shop/web-0\",\"resource\":\"eni-0a\"}")),
		  "eni-0a 0 p- 10.0.8.5 subnet-1 10.0.8.0/24: 10.0.8.20/32 10.0.8.21/32 | "
		  "10.0.8.21@0",
		  0 },
		/* the first one is the node's alone */
		{ NODE("\"eni\":{\"first-interface-index\":1}",
		       ENI_A ",\"eni-0b\":{\"number\":1,\"addresses\":[\"10.0.9.7\"]}",
		       USED("\"10.0.9.7\":{\"resource\":\"eni-0b\"}")),
		  "eni-0a 0 px 10.0.8.5 subnet-1 10.0.8.0/24: 10.0.8.20/32 10.0.8.21/32; "
		  "eni-0b 1 -- -  -: 10.0.9.7/32 | 10.0.9.7@1",
		  0 },
		/* prefixes, whose addresses are listed one by one */
		{ NODE("",
		       "\"eni-0a\":{\"ip\":\"10.0.8.5\",\"prefixes\":[\"10.0.8.16/28\"],"
		       "\"addresses\":[\"10.0.8.16\",\"10.0.8.31\",\"10.0.8.32\",\"10.0.8.15\"]}",
		       ""),
		  "eni-0a 0 p- 10.0.8.5  -: 10.0.8.16/28* 10.0.8.32/32 10.0.8.15/32 |", 0 },
		/* another ENI's prefix is no reason to leave one out */
		{ NODE("",
		       "\"eni-0a\":{\"prefixes\":[\"10.0.8.16/28\"]},"
		       "\"eni-0b\":{\"addresses\":[\"10.0.8.17\"]}",
		       ""),
		  "eni-0a 0 p- -  -: 10.0.8.16/28*; eni-0b 0 p- -  -: 10.0.8.17/32 |", 0 },
		/* pods may have primary addresses, but these are counted as such */
		{ NODE("", "\"eni-0a\":{\"ip\":\"10.0.8.5\",\"addresses\":[\"10.0.8.5\"]}", ""),
		  "eni-0a 0 p- 10.0.8.5  -: |", 0 },
		/* of an ENI that is gone */
		{ NODE("", ENI_A, USED("\"10.0.8.21\":{\"resource\":\"eni-0c\"},\"10.0.8.20\":{}")),
		  "eni-0a 0 p- 10.0.8.5 subnet-1 10.0.8.0/24: 10.0.8.20/32 10.0.8.21/32 |", 0 },
		{ NODE("\"eni\":{\"first-interface-index\":\"1\"}",
		       "\"eni-0a\":7,\"\":{},\"eni-0b\":{\"number\":-1},\"eni-0c\":{\"number\":1.5},"
		       "\"eni-0d\":{\"number\":1025},\"eni-01234567890123456789012345678\":{},"
		       "\"eni-0e\":{\"subnet\":{\"id\":\"\"}},"
		       "\"eni-0f\":{\"number\":1024,\"ip\":7,\"subnet\":{\"cidr\":\"x\"},"
		       "\"prefixes\":[7,\"10.0.8.17/28\"],\"addresses\":[null,\"10.0.8\"]}",
		       USED("\"x\":{\"resource\":\"eni-0f\"}")),
		  "eni-0f 1024 -- -  -: |", 13 },
		{ NODE("", "\"eni-0f\":{\"prefixes\":{},\"addresses\":7}", "\"used\":[]"),
		  "eni-0f 0 p- -  -: |", 0 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_enis struct enis enis = { 0 };
		int bad = 0;

		assert_int_equal(parse(c->node, &enis, &bad), 0);
		assert_string_equal(text_of(&enis), c->want);
		assert_int_equal(bad, c->bad);
		assert_true(enis.has_addresses);
		assert_int_equal(enis.dropped, 0);
	}
}

static void says_nothing_of_other_modes(void **state)
{
	static const char *const nodes[] = {
		"{}", "[]", "{\"status\":{\"eni\":{}}}", "{\"status\":{\"eni\":{\"enis\":[]}}}",
		"{\"status\":{\"ipam\":{\"used\":{\"10.0.8.1\":{}}}}}"
	};

	(void)state;
	for_each_case(node, nodes) {
		cleanup_enis struct enis enis = { 0 };
		int bad = 0;

		assert_int_equal(parse(*node, &enis, &bad), 0);
		assert_int_equal(enis.eni_count, 0);
		assert_false(enis.has_addresses);
		assert_int_equal(bad, 0);
	}
}

static void gives_enis_of_a_node_without_cidrs(void **state)
{
	cleanup_json json_t *root = NULL;
	cleanup_capacity struct capacity capacity = { 0 };
	static const char text[] = NODE("\"ipam\":{\"pool\":{}}", ENI_A ",\"x\":7",
					USED("\"10.0.8.21\":{\"resource\":\"eni-0a\"}"));
	struct eni_sums sums;

	(void)state;
	assert_int_equal(json_read(text, strlen(text), &root), 0);
	assert_int_equal(cilium_node_parse(root, &capacity), 1);
	assert_int_equal(capacity.range_count, 0);
	sums = enis_sum(&capacity.enis, NULL, 0);
	assert_true(sums.attached == 3);
	assert_true(sums.assigned == 1);
	assert_true(sums.warm == 1);
}

static void bounds_enis_and_prefixes(void **state)
{
	static char text[1 << 20];
	cleanup_enis struct enis enis = { 0 };
	size_t used = 0;
	int bad = 0;

	(void)state;
	used += (size_t)snprintf(text, sizeof(text),
				 "{\"status\":{\"eni\":{\"enis\":{\"eni-0\":"
				 "{\"prefixes\":[\"10.0.0.0/28\"");
	for (unsigned int i = 1; i < 300; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, ",\"10.0.%u.%u/28\"",
					 i / 16, i % 16 * 16);
	used += (size_t)snprintf(text + used, sizeof(text) - used, "]}");
	for (unsigned int i = 1; i < ENIS_MAX + 2; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 ",\"eni-%u\":{\"addresses\":[\"10.9.9.9\"]}", i);
	snprintf(text + used, sizeof(text) - used, "}}}}");
	assert_int_equal(parse(text, &enis, &bad), 0);
	assert_int_equal(bad, 300 - 256);
	assert_int_equal(enis.eni_count, ENIS_MAX);
	assert_int_equal(enis.dropped, 2);
	assert_int_equal(enis.block_count, 256 + ENIS_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_enis_and_what_is_used_of_them),
		cmocka_unit_test(says_nothing_of_other_modes),
		cmocka_unit_test(gives_enis_of_a_node_without_cidrs),
		cmocka_unit_test(bounds_enis_and_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
/* Nodes that are as full as can be: their answers fit the bounds on size and values. */
#include "test.h"

#include <stdio.h>

#include "source/cloud/ipamd.h"
#include "supplier_fixture.h"

static const char address_format[] =
	"%s\"10.%u.%u.%u\":{\"Address\":\"10.%u.%u.%u\",\"IPAMKey\":{\"networkName\":\"aws-cni\","
	"\"containerID\":\"3f9a1c5be07d42869afc13d0b6e78f2459c0d1e2f3a4b5c6d7e8f90112233445\","
	"\"ifName\":\"eth0\"},\"IPAMMetadata\":{\"k8sPodNamespace\":\"a-namespace-of-some-length\","
	"\"k8sPodName\":\"a-deployment-of-some-length-6d4b75cb6d-%05u\"},"
	"\"AssignedTime\":\"2025-06-15T14:00:00.123456789Z\","
	"\"UnassignedTime\":\"0001-01-01T00:00:00Z\"}";

/* enis ENIs with blocks of 1 or 16 addresses each, all of them given out. */
static void put_node(FILE *file, unsigned int enis, unsigned int blocks, unsigned int block_size)
{
	fprintf(file, "{\"0\":{\"TotalIPs\":1,\"AssignedIPs\":1,\"ENIs\":{");
	for (unsigned int i = 0; i < enis; i++) {
		fprintf(file,
			"%s\"eni-0123456789abcde%02u\":{\"ID\":\"eni-0123456789abcde%02u\","
			"\"IsPrimary\":false,\"IsTrunk\":false,\"IsEFA\":false,\"DeviceNumber\":%u,"
			"\"AvailableIPv4Cidrs\":{",
			i ? "," : "", i, i, i);
		for (unsigned int j = 0; j < blocks; j++) {
			unsigned int net = j * block_size / 256, host = j * block_size % 256;

			fprintf(file,
				"%s\"10.%u.%u.%u/%u\":{\"Cidr\":{\"IP\":\"10.%u.%u.%u\",\"Mask\":"
				"\"%s\"},\"IPAddresses\":{",
				j ? "," : "", i, net, host, block_size == 1 ? 32 : 28, i, net, host,
				block_size == 1 ? "/////w==" : "////8A==");
			for (unsigned int k = 0; k < block_size; k++)
				fprintf(file, address_format, k ? "," : "", i, net, host + k, i,
					net, host + k, i * 1000 + j * block_size + k);
			fputs("},\"IsPrefix\":false,\"AddressFamily\":\"\"}", file);
		}
		fputs("},\"IPv6Cidrs\":{},\"IsExcludedForPodIPs\":false,\"RouteTableID\":0,"
		      "\"SubnetID\":\"subnet-0123456789abcdef0\"}",
		      file);
	}
	fputs("}}}", file);
}

static const char *pieces[2];

static void answer(const struct web_request *request, struct web_answer *out, void *ctx)
{
	(void)request;
	(void)ctx;
	out->pieces = pieces;
}

static void reads_full_nodes(void **state)
{
	static const struct {
		unsigned int enis, blocks, block_size, addresses;
	} cases[] = {
		{ 15, 49, 1, 735 }, /* p3dn.24xlarge */
		{ 10, 15, 16, 2400 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free char *text = NULL;
		size_t size;
		FILE *file = open_memstream(&text, &size);
		const struct enis *enis;

		put_node(file, c->enis, c->blocks, c->block_size);
		fclose(file);
		pieces[0] = text;
		{
			const struct web_config config = { .answer = answer };
			cleanup_web struct web *web = web_open(&config);
			const struct supplier_settings settings = { .ipamd_url = web_url(web) };
			cleanup_rig struct rig rig = rig_open(&ipamd_supplier, &settings);

			rig_round(&rig);
			enis = &rig_capacity(&rig)->enis;
			assert_int_equal(enis->eni_count, c->enis);
			assert_int_equal(enis->block_count, c->enis * c->blocks);
			assert_int_equal(enis->address_count, c->addresses);
			assert_int_equal(enis->dropped, 0);
			assert_int_equal(rig_status(&rig).errors, 0);
			assert_true(enis_sum(enis, NULL, rig_wall_ns()).assigned == c->addresses);
		}
	}
	assert_string_equal(logged(), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(reads_full_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

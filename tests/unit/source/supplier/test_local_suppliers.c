// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "source/cni/cni.h"
#include "source/cni/ipam_json.h"
#include "source/supplier/local_suppliers.h"
#include "workdir.h"

#define S 1000000000ULL

static void *open_it(const struct supplier_kind *kind, const struct supplier_config *config)
{
	void *supplier = NULL;

	assert_int_equal(kind->open(config, &supplier), 0);
	assert_non_null(supplier);
	return supplier;
}

static void knows_the_configurations_ranges(void **state)
{
	struct range range = { .name = "pods", .scope = RANGE_SCOPE_CLUSTER, .source = "config" };
	struct supplier_config config = { .ranges = { &range, 1 } };
	void *supplier;

	(void)state;
	assert_int_equal(prefix_parse("10.0.0.0/26", &range.cidr), 0);
	supplier = open_it(&config_supplier, &config);
	assert_true(config_supplier.turn(supplier, 1) == SUPPLIER_NEVER);
	assert_int_equal(config_supplier.capacity(supplier)->range_count, 1);
	assert_string_equal(config_supplier.capacity(supplier)->ranges[0].name, "pods");
	assert_true(config_supplier.status(supplier).is_up);
	assert_int_equal(config_supplier.status(supplier).entries, 1);
	config_supplier.close(supplier);
}

static const struct cni_config cni_dirs = { .conf_dir = "conf",
					    .cache_dir = "cache",
					    .host_root = "" };

static void follows_the_cnis_files(void **state)
{
	struct supplier_config config = { 0 };
	const struct capacity *capacity;
	cleanup_cni struct cni *cni = NULL;
	uint64_t version;
	void *supplier;

	(void)state;
	make_dir("conf");
	assert_int_equal(cni_open(&cni_dirs, &cni), 0);
	config.cni = cni;
	supplier = open_it(&cni_supplier, &config);
	assert_false(cni_supplier.status(supplier).is_up);
	version = cni_supplier.version(supplier);

	/* FIELD: as GKE leaves it. */
	put("conf/10-gke-ptp.conflist",
	    "{\"name\":\"gke-pod-network\",\"plugins\":[{\"type\":\"ptp\",\"mtu\":1460,\"ipam\":"
	    "{\"type\":\"host-local\",\"ranges\":[[{\"subnet\":\"10.0.0.0/27\"}],"
	    "[{\"subnet\":\"fd00::/112\"}]]}},{\"type\":\"portmap\"}]}");
	assert_true(cni_refresh(cni) & CNI_RANGES_CHANGED);
	cni_supplier.turn(supplier, 1);
	capacity = cni_supplier.capacity(supplier);
	assert_int_equal(capacity->range_count, 2);
	assert_string_equal(capacity->ranges[0].name, "gke-pod-network");
	assert_true(range_usable(&capacity->ranges[0]) == 29);
	assert_true(cni_supplier.version(supplier) > version);
	assert_true(cni_supplier.status(supplier).is_up);
	version = cni_supplier.version(supplier);
	cni_supplier.turn(supplier, 2);
	assert_int_equal(cni_supplier.version(supplier), version);

	/* The variant with Calico names no CIDR; the AWS VPC CNI's neither. */
	put("conf/10-gke-ptp.conflist",
	    "{\"name\":\"k8s-pod-network\",\"plugins\":[{\"type\":\"calico\",\"ipam\":"
	    "{\"type\":\"host-local\",\"subnet\":\"usePodCidr\"}}]}");
	assert_true(cni_refresh(cni) & CNI_RANGES_CHANGED);
	cni_supplier.turn(supplier, 3);
	capacity = cni_supplier.capacity(supplier);
	assert_int_equal(capacity->range_count, 0);
	assert_string_equal(capacity->pod_cidr_network, "k8s-pod-network");
	assert_true(cni_supplier.version(supplier) > version);
	put("conf/10-gke-ptp.conflist",
	    "{\"name\":\"aws-cni\",\"plugins\":[{\"type\":\"aws-cni\"}]}");
	assert_true(cni_refresh(cni) & CNI_RANGES_CHANGED);
	cni_supplier.turn(supplier, 4);
	assert_string_equal(cni_supplier.capacity(supplier)->pod_cidr_network, "");
	assert_true(cni_supplier.status(supplier).is_up);
	assert_int_equal(cni_supplier.status(supplier).errors, 0);
	assert_int_equal(cni_supplier.status(supplier).good_ns, 4);
	put("conf/10-gke-ptp.conflist", "{");
	assert_int_equal(cni_refresh(cni), 0);
	cni_supplier.turn(supplier, 5);
	assert_false(cni_supplier.status(supplier).is_up);
	assert_int_equal(cni_supplier.status(supplier).good_ns, 4);
	cni_supplier.close(supplier);
}

#define ALLOCATION(ip)                                        \
	"{\"networkName\":\"aws-cni\",\"containerID\":\"c" ip \
	"\",\"ifName\":\"eth0\",\"ipv4\":\"" ip "\"}"

static void knows_what_ipam_json_has_assigned(void **state)
{
	const struct supplier_settings settings = { .period_ns = 10 * S };
	cleanup_ipam_json struct ipam_json *ipam = NULL;
	struct supplier_config config = { .settings = &settings };
	const struct enis *enis;
	uint64_t due_ns;
	void *supplier;

	(void)state;
	assert_int_equal(ipam_json_open("ipam.json", &ipam), 0);
	config.ipam = ipam;
	supplier = open_it(&ipam_supplier, &config);
	assert_false(ipam_supplier.status(supplier).is_up);
	assert_false(ipam_supplier.capacity(supplier)->enis.has_addresses);

	due_ns = ipam_supplier.turn(supplier, 1 * S);
	put("ipam.json", "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":[" ALLOCATION(
				 "10.0.208.5") "," ALLOCATION("10.0.208.7") "]}");
	ipam_supplier.turn(supplier, due_ns - 1);
	assert_int_equal(ipam_supplier.capacity(supplier)->enis.address_count, 0);
	ipam_supplier.turn(supplier, due_ns);
	enis = &ipam_supplier.capacity(supplier)->enis;
	assert_int_equal(enis->address_count, 2);
	assert_true(enis_sum(enis, NULL, 0).assigned == 2);
	assert_true(enis->has_addresses);
	assert_true(ipam_supplier.status(supplier).is_up);
	assert_int_equal(ipam_supplier.status(supplier).entries, 2);
	assert_int_equal(ipam_supplier.status(supplier).good_ns, due_ns);

	put("ipam.json", "{");
	ipam_supplier.turn(supplier, due_ns + 10 * S);
	assert_false(ipam_supplier.status(supplier).is_up);
	assert_int_equal(ipam_supplier.capacity(supplier)->enis.address_count, 2);
	assert_true(ipam_supplier.capacity(supplier)->enis.has_addresses);
	assert_int_equal(ipam_supplier.status(supplier).good_ns, due_ns);

	unlink("ipam.json");
	ipam_supplier.turn(supplier, due_ns + 60 * S);
	assert_int_equal(ipam_supplier.capacity(supplier)->enis.address_count, 0);
	assert_false(ipam_supplier.capacity(supplier)->enis.has_addresses);
	ipam_supplier.close(supplier);
}

static void is_not_asked_where_nobody_reads_its_files(void **state)
{
	const struct supplier_config config = { 0 };
	void *supplier = NULL;

	(void)state;
	assert_int_equal(cni_supplier.open(&config, &supplier), 1);
	assert_int_equal(ipam_supplier.open(&config, &supplier), 1);
	assert_null(supplier);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_configurations_ranges),
		workdir_test(follows_the_cnis_files),
		workdir_test(knows_what_ipam_json_has_assigned),
		cmocka_unit_test(is_not_asked_where_nobody_reads_its_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

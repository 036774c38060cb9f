// SPDX-License-Identifier: Apache-2.0
/* What is read of a Node, and the supplier as a whole over plain HTTP. */
#include "test.h"

#include <errno.h>

#include "kube_fixture.h"
#include "log.h"
#include "source/base/json.h"
#include "source/kube/kube_node.h"

#define PODS(pods) "\"status\":{\"allocatable\":{\"pods\":" pods "}}"
#define LABELS(labels) "\"metadata\":{\"labels\":{" labels "}}"
#define LABEL_63 "a23456789-b23456789-c23456789-d23456789-e23456789-f23456789-123"

static int parse(const char *text, struct capacity *out)
{
	cleanup_json json_t *root = NULL;

	print_message("  %.100s\n", text);
	assert_int_equal(json_read(text, strlen(text), &root), 0);
	return kube_node_parse(root, out);
}

/* "cidr cidr / pods / pool / zone / type" */
static const char *text_of(const struct capacity *capacity)
{
	static char text[4096];
	size_t used = 0;

	for (size_t i = 0; i < capacity->range_count; i++) {
		const struct range *range = &capacity->ranges[i];
		char cidr[PREFIX_TEXT_SIZE];

		prefix_format(&range->cidr, cidr);
		assert_string_equal(range->name, "node");
		assert_string_equal(range->source, "node");
		assert_int_equal(range->scope, RANGE_SCOPE_NODE);
		assert_true(range->reserved < 0);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s ", cidr);
	}
	snprintf(text + used, sizeof(text) - used, "/ %u / %s / %s / %s", capacity->max_pods,
		 capacity->node_pool, capacity->zone, capacity->instance_type);
	return text;
}

static void reads_what_a_node_says(void **state)
{
	static const struct {
		const char *node;
		int result;
		const char *want;
	} cases[] = {
		/* GKE */
		{ "{" LABELS(
			  "\"cloud.google.com/gke-nodepool\":\"pool-1\","
			  "\"topology.kubernetes.io/zone\":\"europe-west4-a\","
			  "\"node.kubernetes.io/instance-type\":\"e2-standard-4\"") ","
										    "\"spec\":{\"podCIDR\":\"10.4.1.0/25\",\"podCIDRs\":[\"10.4.1.0/25\"]}," PODS(
											    "\"64\"") "}",
		  0, "10.4.1.0/25 / 64 / pool-1 / europe-west4-a / e2-standard-4" },
		/* both families */
		{ "{\"spec\":{\"podCIDRs\":[\"10.4.1.0/24\",\"fd00:4:1::/80\"],"
		  "\"podCIDR\":\"10.4.1.0/24\"}}",
		  0, "10.4.1.0/24 fd00:4:1::/80 / 0 /  /  / " },
		/* before 1.16 */
		{ "{\"spec\":{\"podCIDR\":\"10.4.1.0/24\"}}", 0, "10.4.1.0/24 / 0 /  /  / " },
		{ "{\"spec\":{\"podCIDR\":\"10.4.1.0/24\",\"podCIDRs\":[]}}", 0,
		  "10.4.1.0/24 / 0 /  /  / " },
		{ "{\"spec\":{\"podCIDR\":\"10.4.1.0/24\",\"podCIDRs\":null}}", 0,
		  "10.4.1.0/24 / 0 /  /  / " },
		/* the list alone counts where it says something */
		{ "{\"spec\":{\"podCIDR\":\"10.9.0.0/24\",\"podCIDRs\":[\"10.4.1.0/24\"]}}", 0,
		  "10.4.1.0/24 / 0 /  /  / " },
		/* EKS */
		{ "{" LABELS(
			  "\"eks.amazonaws.com/nodegroup\":\"ng\","
			  "\"failure-domain.beta.kubernetes.io/zone\":\"b\","
			  "\"beta.kubernetes.io/instance-type\":\"m5.large\"") ","
									       "\"spec\":{\"providerID\":\"aws:///x\"}," PODS(
										       "\"29\"") "}",
		  0, "/ 29 / ng / b / m5.large" },
		{ "{" LABELS("\"karpenter.sh/nodepool\":\"kp\"") "," PODS("29") "}", 0,
		  "/ 29 / kp /  / " },
		{ "{" LABELS("\"kubernetes.azure.com/agentpool\":\"aks\"") "," PODS("29") "}", 0,
		  "/ 29 / aks /  / " },
		/* the first label that says something */
		{ "{" LABELS(
			  "\"eks.amazonaws.com/nodegroup\":\"ng\",\"cloud.google.com/"
			  "gke-nodepool\":\"\",\"karpenter.sh/nodepool\":\"kp\"") "," PODS("29") "}",
		  0, "/ 29 / ng /  / " },
		{ "{" LABELS(
			  "\"topology.kubernetes.io/zone\":\"new\","
			  "\"failure-domain.beta.kubernetes.io/zone\":\"old\"") "," PODS("9") "}",
		  0, "/ 9 /  / new / " },
		{ "{" LABELS("\"eks.amazonaws.com/nodegroup\":\"" LABEL_63 "\"") "," PODS("9") "}",
		  0, "/ 9 / " LABEL_63 " /  / " },
		{ "{\"spec\":{\"podCIDR\":\"\"}," PODS("110") "}", 0, "/ 110 /  /  / " },
		{ "{\"spec\":{\"podCIDR\":null}," PODS("110") "}", 0, "/ 110 /  /  / " },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_capacity struct capacity capacity = { 0 };

		assert_int_equal(parse(c->node, &capacity), c->result);
		assert_string_equal(text_of(&capacity), c->want);
	}
}

static void reads_a_quantity_as_kubernetes_writes_it(void **state)
{
	static const struct {
		const char *pods;
		long want; /* -1: not understood */
	} cases[] = {
		{ "\"110\"", 110 },
		{ "110", 110 },
		{ "\"1k\"", 1000 },
		{ "\"2Ki\"", 2048 },
		{ "\"1M\"", 1000000 },
		{ "\"1Mi\"", 1048576 },
		{ "\"0\"", 0 },
		{ "0", 0 },
		{ "\"4294967295\"", 4294967295 },
		{ "4294967295", 4294967295 },
		{ "\"4294967296\"", -1 },
		{ "4294967296", -1 },
		{ "\"18446744073709551726\"", -1 },
		{ "\"4294968k\"", -1 },
		{ "-1", -1 },
		{ "\"-1\"", -1 },
		{ "\"+1\"", -1 },
		{ "\"\"", -1 },
		{ "\"k\"", -1 },
		{ "\" 1\"", -1 },
		{ "\"1 \"", -1 },
		{ "\"1K\"", -1 },
		{ "\"1kk\"", -1 },
		{ "\"1500m\"", -1 },
		{ "\"1.5k\"", -1 },
		{ "\"1e3\"", -1 },
		{ "110.0", -1 },
		{ "true", -1 },
		{ "null", -1 },
		{ "[110]", -1 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_capacity struct capacity capacity = { 0 };
		char text[256];

		snprintf(text, sizeof(text),
			 "{\"spec\":{\"podCIDR\":\"10.4.1.0/24\"},\"status\":{\"allocatable\":"
			 "{\"pods\":%s}}}",
			 c->pods);
		assert_int_equal(parse(text, &capacity), c->want < 0);
		assert_int_equal(capacity.max_pods, c->want < 0 ? 0 : c->want);
		assert_int_equal(capacity.range_count, 1);
	}
}

static void keeps_the_good_values_and_counts_the_others(void **state)
{
	static const struct {
		const char *node;
		int result;
		const char *want;
	} cases[] = {
		{ "{\"spec\":{\"podCIDRs\":[\"10.4.1.0/33\",\"10.4.2.0/24\",7,null]}}", 3,
		  "10.4.2.0/24 / 0 /  /  / " },
		/* the single one is another way to say it */
		{ "{\"spec\":{\"podCIDRs\":\"10.4.1.0/24\",\"podCIDR\":\"10.4.2.0/24\"}}", 1,
		  "10.4.2.0/24 / 0 /  /  / " },
		{ "{" LABELS(
			  "\"eks.amazonaws.com/nodegroup\":7,\"karpenter.sh/"
			  "nodepool\":\"kp\",\"topology.kubernetes.io/zone\":\"a\\nb\"") "," PODS("9") "}",
		  2, "/ 9 / kp /  / " },
		{ "{" LABELS("\"eks.amazonaws.com/nodegroup\":\"" LABEL_63 "4\"") "," PODS("9") "}",
		  1, "/ 9 /  /  / " },
		/* wrong types where nothing has to be */
		{ "{\"metadata\":[],\"spec\":\"x\"," PODS("9") "}", 0, "/ 9 /  /  / " },
		{ "{\"metadata\":{\"labels\":7}," PODS("9") "}", 0, "/ 9 /  /  / " },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_capacity struct capacity capacity = { 0 };

		assert_int_equal(parse(c->node, &capacity), c->result);
		assert_string_equal(text_of(&capacity), c->want);
	}
}

static void refuses_a_node_that_says_nothing(void **state)
{
	static const struct {
		const char *node;
		int err;
	} cases[] = {
		{ "{}", -ENODATA },
		{ "[]", -ENODATA },
		{ "{" LABELS("\"topology.kubernetes.io/zone\":\"a\"") "}", -ENODATA },
		{ "{\"spec\":{\"podCIDR\":\"\",\"podCIDRs\":[]}," PODS("\"0\"") "}", -ENODATA },
		{ "{\"status\":{\"allocatable\":[]}}", -ENODATA },
		{ "{" PODS("\"many\"") "}", -EINVAL },
		/* its CIDRs are better known from before */
		{ "{\"spec\":{\"podCIDRs\":[\"10.4.1.0\"]}," PODS("\"110\"") "}", -EINVAL },
		{ "{\"spec\":{\"podCIDR\":\"10.4.1.0/x\"}," PODS("\"110\"") "}", -EINVAL },
		{ "{\"spec\":{\"podCIDR\":7}," PODS("\"110\"") "}", -EINVAL },
		{ "{\"spec\":{\"podCIDRs\":{}}," PODS("\"110\"") "}", -EINVAL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct capacity capacity = { .max_pods = 77 };

		assert_int_equal(parse(c->node, &capacity), c->err);
		assert_int_equal(capacity.max_pods, 77);
		assert_int_equal(capacity.range_count, 0);
	}
}

static void counts_what_is_past_the_bound_of_ranges(void **state)
{
	static char text[64 * (CAPACITY_RANGES_MAX + 5)];
	cleanup_capacity struct capacity capacity = { 0 };
	size_t used;

	(void)state;
	used = (size_t)snprintf(text, sizeof(text), "{\"spec\":{\"podCIDRs\":[\"10.0.0.0/28\"");
	for (unsigned int i = 1; i < CAPACITY_RANGES_MAX + 3; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, ",\"10.%u.%u.0/28\"",
					 i / 256, i % 256);
	snprintf(text + used, sizeof(text) - used, "]}}");
	assert_int_equal(parse(text, &capacity), 0);
	assert_int_equal(capacity.range_count, CAPACITY_RANGES_MAX);
	assert_int_equal(capacity.dropped, 3);
}

#define NODE(version, cidr, pods) \
	"{" META("node-1", version) ",\"spec\":{\"podCIDR\":\"" cidr "\"}," PODS(pods) "}"

static void tells_of_changes_alone_as_a_supplier(void **state)
{
	static const struct step steps[] = {
		{ .body = LIST_OF("1", NODE("1", "10.4.1.0/24", "\"110\"")) },
		{ .body = EVENT("MODIFIED", NODE("2", "10.4.1.0/24", "\"110\"")) },
		{ .body = EVENT("MODIFIED", NODE("3", "10.4.1.0/24", "\"111\"")) },
		{ .body = EVENT("MODIFIED", NODE("4", "10.4.1.0", "\"112\"")) },
		{ .body = EVENT("DELETED", NODE("5", "10.4.1.0/24", "\"112\"")) },
		{ .body = EVENT("ADDED", NODE("6", "10.4.9.0/24", "\"112\"")) },
	};
	static const struct {
		uint64_t version, errors;
		bool is_up;
		const char *want;
	} wants[] = {
		{ 1, 0, true, "10.4.1.0/24 / 110 /  /  / " },
		{ 2, 0, true, "10.4.1.0/24 / 111 /  /  / " },
		{ 2, 1, false, "10.4.1.0/24 / 111 /  /  / " },
		{ 2, 1, false, "10.4.1.0/24 / 111 /  /  / " },
		{ 3, 1, true, "10.4.9.0/24 / 112 /  /  / " },
	};
	const struct supplier_kind *kind = &kube_node_supplier;
	struct supplier_settings settings = { .node = "node-1" };
	cleanup_fetcher struct fetcher *fetcher = NULL;
	struct supplier_config config = { .settings = &settings };
	struct driven driven = { .turn = kind->turn };
	struct kube_server server;

	(void)state;
	serve_steps(&server, false, steps, case_count(steps));
	settings.kubernetes_url = web_url(server.web);
	assert_int_equal(fetcher_open(&fetcher), 0);
	config.fetcher = fetcher;
	assert_int_equal(kind->open(&config, &driven.supplier), 0);
	assert_int_equal(kind->status(driven.supplier).entries, 0);
	assert_int_equal(kind->version(driven.supplier), 0);
	for_each_case(want, wants) {
		struct supplier_status status;

		driven.now_ns += SECOND;
		fetching_run(fetcher, is_idle, &driven);
		status = kind->status(driven.supplier);
		assert_string_equal(text_of(kind->capacity(driven.supplier)), want->want);
		assert_int_equal(kind->version(driven.supplier), want->version);
		assert_int_equal(status.errors, want->errors);
		assert_int_equal(status.is_up, want->is_up);
		assert_int_equal(status.entries, 2);
	}
	assert_int_equal(strncmp(server.urls[0], "/api/v1/nodes?", 14), 0);
	kind->close(driven.supplier);
	web_close(server.web);
}

static void is_not_asked_without_a_url_or_a_network(void **state)
{
	struct supplier_settings settings = { .node = "node-1" };
	struct supplier_config config = { .settings = &settings };
	cleanup_fetcher struct fetcher *fetcher = NULL;
	void *supplier = &settings;

	(void)state;
	assert_string_equal(kube_node_supplier.name, "node");
	assert_true(kube_node_supplier.needs_network);
	settings.kubernetes_url = "http://127.0.0.1:1";
	assert_int_equal(kube_node_supplier.open(&config, &supplier), 1);
	assert_int_equal(fetcher_open(&fetcher), 0);
	config.fetcher = fetcher;
	settings.kubernetes_url = "";
	assert_int_equal(kube_node_supplier.open(&config, &supplier), 1);
	settings.kubernetes_url = NULL;
	assert_int_equal(kube_node_supplier.open(&config, &supplier), 1);
	assert_ptr_equal(supplier, &settings);
	assert_string_equal(logged(), "");
	kube_node_supplier.close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_a_node_says),
		cmocka_unit_test(reads_a_quantity_as_kubernetes_writes_it),
		cmocka_unit_test(keeps_the_good_values_and_counts_the_others),
		cmocka_unit_test(refuses_a_node_that_says_nothing),
		cmocka_unit_test(counts_what_is_past_the_bound_of_ranges),
		workdir_test(tells_of_changes_alone_as_a_supplier),
		workdir_test(is_not_asked_without_a_url_or_a_network),
	};

	log_setup(LOG_LEVEL_INFO, LOG_FORMAT_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

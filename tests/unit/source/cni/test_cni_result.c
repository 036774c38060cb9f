// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "source/cni/cni_result.h"

#define TEN "0123456789"
#define ID TEN TEN TEN TEN TEN TEN "abcd"
#define UID "8d2f3a51-7c1e-4f0b-9f58-0a6f1f0c2b77"

/* JSON with ' for ". */
static int parse(const char *text, struct cni_result *out)
{
	char json[8192];

	snprintf(json, sizeof(json), "%s", text);
	for (char *at = json; *at; at++) {
		if (*at == '\'')
			*at = '"';
	}
	return cni_result_parse(json, strlen(json), out);
}

static const char *sandboxes(const struct cni_result *result)
{
	static char text[CNI_RESULT_SANDBOXES_MAX * (CNI_SANDBOX_SIZE + 1)];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < result->sandbox_count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i ? " " : "",
					 result->sandboxes[i]);
	return text;
}

static const char *ips(const struct ip *list, size_t count)
{
	static char text[CNI_RESULT_IPS_MAX * IP_TEXT_SIZE];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		char ip[IP_TEXT_SIZE];

		ip_format(&list[i], ip);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i ? " " : "",
					 ip);
	}
	return text;
}

/* "network ifname namespace/name uid container_id" */
static const char *names(const struct cni_result *result)
{
	static char text[sizeof(*result)];

	snprintf(text, sizeof(text), "%s %s %s/%s %s %s", result->network, result->ifname,
		 result->pod.namespace, result->pod.name, result->pod.uid,
		 result->pod.container_id);
	return text;
}

static void reads_the_shapes_seen_on_nodes(void **state)
{
	static const struct {
		const char *text, *names, *sandboxes, *ips;
	} cases[] = {
		/* GKE: ptp, dual stack */
		{ "{'kind':'cniCacheV1','containerId':'" ID "','config':'e30=','ifName':'eth0',"
		  "'networkName':'gke-pod-network','cniArgs':[['IgnoreUnknown','1'],"
		  "['K8S_POD_NAMESPACE','shop'],['K8S_POD_NAME','web-0'],"
		  "['K8S_POD_INFRA_CONTAINER_ID','" ID "'],['K8S_POD_UID','" UID "']],"
		  "'capabilityArgs':{'portMappings':[]},'result':{'cniVersion':'0.3.1','dns':{},"
		  "'interfaces':[{'name':'veth1','mac':'0a:58:0a:00:00:01'},{'name':'eth0','mac':"
		  "'0a:58:0a:00:00:02','sandbox':'/var/run/netns/cni-1'}],'ips':[{'version':'4',"
		  "'address':'10.8.0.2/24','gateway':'10.8.0.1','interface':1},{'version':'6',"
		  "'address':'fd00:8::2/112','interface':1}],'routes':[{'dst':'0.0.0.0/0'}]}}",
		  "gke-pod-network eth0 shop/web-0 " UID " " ID, "/var/run/netns/cni-1",
		  "10.8.0.2 fd00:8::2" },
		/* a libcni that says the namespace itself; version 1.0 has no 'version' */
		{ "{'containerId':'c1','ifName':'net1','networkName':'macvlan','netns':"
		  "'/var/run/netns/cni-2','result':{'cniVersion':'1.0.0','interfaces':[{'name':"
		  "'net1','sandbox':'/var/run/netns/cni-2'}],'ips':[{'address':'10.9.0.2/16'}]}}",
		  "macvlan net1 /  c1", "/var/run/netns/cni-2", "10.9.0.2" },
		{ "{'netns':'/var/run/netns/cni-2','result':{'ips':[{'address':'10.9.0.2/16'}]}}",
		  "  /  ", "/var/run/netns/cni-2", "10.9.0.2" },
		/* versions 0.1 and 0.2 */
		{ "{'containerId':'c1','ifName':'eth0','networkName':'old','result':{'cniVersion':"
		  "'0.2.0','ip4':{'ip':'10.8.0.2/24','gateway':'10.8.0.1'},'ip6':{'ip':"
		  "'fd00:8::2/64'}}}",
		  "old eth0 /  c1", "", "10.8.0.2 fd00:8::2" },
		/* aws-cni: its dummy, and an address for egress of an IPv6 cluster */
		{ "{'ifName':'eth0','networkName':'aws-cni','result':{'interfaces':[{'name':"
		  "'eni92fed275402'},{'name':'eth0','sandbox':'/var/run/netns/cni-3'},{'name':"
		  "'dummy92fed275402','mac':'0','sandbox':'0'}],'ips':[{'address':"
		  "'10.0.212.7/32','interface':1},{'address':'10.0.212.8/32','interface':2},"
		  "{'address':'169.254.172.2/22','interface':1}]}}",
		  "aws-cni eth0 /  ", "/var/run/netns/cni-3", "10.0.212.7" },
		/* the plugin 'dummy' */
		{ "{'ifName':'dummy0','result':{'interfaces':[{'name':'dummy0'}],'ips':[{'address':"
		  "'10.8.0.2/24','interface':0}]}}",
		  " dummy0 /  ", "", "10.8.0.2" },
		/* containerd's loopback */
		{ "{'containerId':'c1','ifName':'lo','networkName':'cni-loopback','result':{"
		  "'interfaces':[{'name':'lo','sandbox':'/var/run/netns/cni-1'}],'ips':[{'address':"
		  "'127.0.0.1/8','interface':0},{'address':'::1/128','interface':0}]}}",
		  "cni-loopback lo /  c1", "/var/run/netns/cni-1", "" },
		{ "{}", "  /  ", "", "" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct cni_result result;

		print_message("  %.70s\n", c->text);
		memset(&result, 0x5a, sizeof(result));
		assert_int_equal(parse(c->text, &result), 0);
		assert_string_equal(names(&result), c->names);
		assert_string_equal(sandboxes(&result), c->sandboxes);
		assert_string_equal(ips(result.ips, result.ip_count), c->ips);
		assert_int_equal(result.dropped_ips, 0);
	}
}

static void leaves_out_what_is_not_as_it_should_be(void **state)
{
	static const struct {
		const char *text, *names, *sandboxes, *ips;
	} cases[] = {
		{ "{'result':7}", "  /  ", "", "" },
		{ "{'result':{'interfaces':7,'ips':7,'ip4':7,'ip6':[]},'cniArgs':7}", "  /  ", "",
		  "" },
		{ "{'containerId':7,'ifName':[],'networkName':null,'netns':{}}", "  /  ", "", "" },
		{ "{'cniArgs':[7,[],['K8S_POD_NAME'],['K8S_POD_NAME',7],[7,'x'],"
		  "['K8S_POD_NAME','a','b']]}",
		  "  /a  ", "", "" },
		{ "{'cniArgs':[['K8S_POD_NAME','a'],['K8S_POD_NAME','b']]}", "  /b  ", "", "" },
		/* the runtime's word on the container comes first */
		{ "{'containerId':'c1','cniArgs':[['K8S_POD_INFRA_CONTAINER_ID','c2']]}", "  /  c1",
		  "", "" },
		{ "{'cniArgs':[['K8S_POD_INFRA_CONTAINER_ID','c2']]}", "  /  c2", "", "" },
		/* too long */
		{ "{'containerId':'" TEN TEN ID "','networkName':'" ID
		  "','ifName':'0123456789abcdef',"
		  "'cniArgs':[['K8S_POD_NAMESPACE','" ID "'],['K8S_POD_NAME','a']]}",
		  "  /a  ", "", "" },
		{ "{'networkName':'" TEN TEN TEN TEN TEN TEN "abc','ifName':'0123456789abcde'}",
		  TEN TEN TEN TEN TEN TEN "abc 0123456789abcde /  ", "", "" },
		{ "{'netns':'/" ID ID ID ID "'}", "  /  ", "", "" },
		{ "{'result':{'interfaces':[{'sandbox':''},{'sandbox':7},{'sandbox':'x'},7]}}",
		  "  /  ", "", "" },
		{ "{'netns':'/a','result':{'interfaces':[{'sandbox':'/b'},{'sandbox':'/a'},"
		  "{'sandbox':'/b'}]}}",
		  "  /  ", "/b /a", "" },
		{ "{'netns':'/f','result':{'interfaces':[{'sandbox':'/a'},{'sandbox':'/b'},"
		  "{'sandbox':'/c'},{'sandbox':'/d'},{'sandbox':'/e'}]}}",
		  "  /  ", "/a /b /c /d", "" },
		{ "{'result':{'ips':[7,{},{'address':7},{'address':''},{'address':'/24'},{'address':"
		  "'10.8.0.2/33'},{'address':'10.8.0/24'},{'address':'10.8.0.3/'},{'address':"
		  "'fd00:1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa/64'},{'address':'10.8.0.4'},"
		  "{'address':'10.8.0.4/24'},{'address':'fe80::1/64'},{'address':'x'}]}}",
		  "  /  ", "", "10.8.0.4" },
		/* an index that is none */
		{ "{'result':{'interfaces':[{'name':'dummy1'}],'ips':[{'address':'10.8.0.2/24',"
		  "'interface':-1},{'address':'10.8.0.3/24','interface':9},{'address':'10.8.0.4/24',"
		  "'interface':'0'},{'address':'10.8.0.5/24','interface':0}]}}",
		  "  /  ", "", "10.8.0.2 10.8.0.3 10.8.0.4" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct cni_result result;

		print_message("  %.70s\n", c->text);
		assert_int_equal(parse(c->text, &result), 0);
		assert_string_equal(names(&result), c->names);
		assert_string_equal(sandboxes(&result), c->sandboxes);
		assert_string_equal(ips(result.ips, result.ip_count), c->ips);
	}
}

static void bounds_the_addresses_of_one_result(void **state)
{
	struct cni_result result;

	(void)state;
	assert_int_equal(
		parse("{'result':{'ips':[{'address':'10.8.0.1/24'},{'address':'10.8.0.2/24'},"
		      "{'address':'10.8.0.3/24'},{'address':'10.8.0.4/24'},{'address':'10.8.0.5/24'},"
		      "{'address':'10.8.0.6/24'},{'address':'10.8.0.7/24'},{'address':'10.8.0.8/24'},"
		      "{'address':'10.8.0.1/24'},{'address':'10.8.0.9/24'},"
		      "{'address':'10.8.0.10/24'}]}}",
		      &result),
		0);
	assert_string_equal(ips(result.ips, result.ip_count),
			    "10.8.0.1 10.8.0.2 10.8.0.3 10.8.0.4 10.8.0.5 10.8.0.6 10.8.0.7 "
			    "10.8.0.8");
	assert_int_equal(result.dropped_ips, 2);
}

static void rejects_what_is_no_result(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{ "", -EBADMSG },
		{ "{", -EBADMSG },
		{ "{} {}", -EBADMSG },
		{ "{\"containerId\":\"\xff\"}", -EBADMSG },
		{ "{\"containerId\":\"a\\u0000b\"}", -EBADMSG },
		{ "\x7f"
		  "ELF",
		  -EBADMSG },
		{ "[]", -EINVAL },
	};

	(void)state;
	for_each_case(c, cases) {
		struct cni_result got, want;

		memset(&got, 0x5a, sizeof(got));
		want = got;
		assert_int_equal(cni_result_parse(c->text, strlen(c->text), &got), c->err);
		assert_memory_equal(&got, &want, sizeof(got));
	}
}

static void survives_a_text_cut_anywhere(void **state)
{
	static const char text[] = "{\"containerId\":\"c1\",\"cniArgs\":[[\"K8S_POD_NAME\",\"a\"]],"
				   "\"result\":{\"ips\":[{\"address\":\"10.8.0.2/24\"}]}}";
	struct cni_result result;

	(void)state;
	for (size_t size = 0; size < sizeof(text) - 1; size++) {
		cleanup_free char *cut = malloc(size + 1);

		assert_non_null(cut);
		memcpy(cut, text, size);
		assert_int_equal(cni_result_parse(cut, size, &result), -EBADMSG);
	}
	assert_int_equal(cni_result_parse(text, sizeof(text) - 1, &result), 0);
}

static struct cni_pod pod_of_test(void)
{
	struct cni_pod pod = {
		.pod = { "shop", "web-0", UID, ID },
		.netns = { 4026532001, 4026532002 },
		.netns_count = 2,
		.is_gone = true,
		.ip_count = 2,
		.network = "gke-pod-network",
		.ifname = "eth0",
		.since_ns = 1700000000000000001,
	};

	assert_int_equal(ip_parse("10.8.0.2", &pod.ips[0]), 0);
	assert_int_equal(ip_parse("fd00::2", &pod.ips[1]), 0);
	return pod;
}

static struct cni_kept *keep(const struct cni_pod *pod)
{
	struct cni_kept *kept = NULL;

	assert_int_equal(cni_pod_keep(pod, &kept), 0);
	return kept;
}

static void keeps_all_of_a_pod(void **state)
{
	struct cni_pod pod = pod_of_test(), got, empty = { .network = "", .ifname = "" };
	cleanup_free struct cni_kept *kept = keep(&pod);
	cleanup_free struct cni_kept *nothing = keep(&empty);

	(void)state;
	memset(&got, 0x5a, sizeof(got));
	cni_pod_load(kept, &got);
	assert_memory_equal(&got.pod, &pod.pod, sizeof(pod.pod));
	assert_memory_equal(got.netns, pod.netns, sizeof(pod.netns));
	assert_int_equal(got.netns_count, 2);
	assert_true(got.is_gone);
	assert_int_equal(got.ip_count, 2);
	assert_memory_equal(got.ips, pod.ips, sizeof(pod.ips));
	assert_string_equal(got.network, "gke-pod-network");
	assert_string_equal(got.ifname, "eth0");
	assert_int_equal(got.since_ns, pod.since_ns);

	cni_pod_load(nothing, &got);
	assert_memory_equal(&got.pod, &empty.pod, sizeof(empty.pod));
	assert_int_equal(got.netns_count + got.ip_count, 0);
	assert_false(got.is_gone);
	assert_string_equal(got.network, "");
	assert_string_equal(got.ifname, "");
}

static void tells_pods_apart_and_orders_them_by_age(void **state)
{
	struct cni_pod pods[8];
	cleanup_free struct cni_kept *kept = NULL;

	(void)state;
	for_each_case(pod, pods)
		*pod = pod_of_test();
	pods[1].pod.name[0] = 'x';
	pods[2].network = "gke-pod-networ";
	pods[3].netns[1]++;
	pods[4].netns_count--;
	pods[5].is_gone = false;
	pods[6].ip_count--;
	pods[7].since_ns++;
	kept = keep(&pods[0]);
	for_each_case(pod, pods) {
		cleanup_free struct cni_kept *other = keep(pod);

		assert_int_equal(cni_kept_is_equal(kept, other), pod == pods);
		assert_int_equal(cni_kept_compare(kept, other), pod == &pods[7] ? -1 : 0);
		assert_int_equal(cni_kept_compare(other, kept), pod == &pods[7] ? 1 : 0);
	}
	assert_true(cni_kept_is_equal(NULL, NULL));
	assert_false(cni_kept_is_equal(kept, NULL));
	assert_false(cni_kept_is_equal(NULL, kept));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_shapes_seen_on_nodes),
		cmocka_unit_test(leaves_out_what_is_not_as_it_should_be),
		cmocka_unit_test(bounds_the_addresses_of_one_result),
		cmocka_unit_test(rejects_what_is_no_result),
		cmocka_unit_test(survives_a_text_cut_anywhere),
		cmocka_unit_test(keeps_all_of_a_pod),
		cmocka_unit_test(tells_pods_apart_and_orders_them_by_age),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

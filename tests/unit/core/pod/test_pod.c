// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/pod/pod.h"

#define UID "8d2f3a51-7c1e-4f0b-9f58-0a6f1f0c2b77"
#define UID_SYSTEMD "8d2f3a51_7c1e_4f0b_9f58_0a6f1f0c2b77"
#define UID_STATIC "5f1c0a9b3d7e4862a0b1c2d3e4f50617"
#define ID "3f9a1c5be07d42869afc13d0b6e78f2459c0d1e2f3a4b5c6d7e8f90112233445"
#define ID_2 "b6e78f2459c0d1e2f3a4b5c6d7e8f901122334453f9a1c5be07d42869afc13d0"
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* "namespace name uid container_id" */
static const char *describe(const struct pod *pod)
{
	static char text[sizeof(*pod) + 8];

	snprintf(text, sizeof(text), "%s %s %s %s", pod->namespace, pod->name, pod->uid,
		 pod->container_id);
	return text;
}

static void reads_the_pairs_of_a_runtime_in_any_order(void **state)
{
	static const struct {
		const char *args, *want;
		bool is_cut, is_complete;
	} cases[] = {
		{ "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;"
		  "K8S_POD_INFRA_CONTAINER_ID=" ID ";K8S_POD_UID=" UID,
		  "shop web-0 " UID " " ID, false, true },
		{ "K8S_POD_UID=" UID ";K8S_POD_NAME=web-0;K8S_POD_NAMESPACE=shop;IgnoreUnknown=1",
		  "shop web-0 " UID " ", false, true },
		{ "K8S_POD_NAME=a;IgnoreUnknown=1;K8S_POD_NAME=b;IgnoreUnknown=true", " b  ", false,
		  true },
		{ "K8S_POD_NAME=a;K8S_POD_NAME=", "   ", false, true },
		{ "", "   ", false, true },
		{ ";;;", "   ", false, true },
		{ ";K8S_POD_NAME=a;", " a  ", false, true },
		{ "=", "   ", false, true },
		{ "=a;K8S_POD_NAME", "   ", false, true },
		{ "K8S_POD_NAME=a=b", " a=b  ", false, true },
		{ "k8s_pod_name=a;K8S_POD_NAME =b;XK8S_POD_NAME=c;K8S_POD_NAMES=d", "   ", false,
		  true },
		{ "K8S_POD_NAME=\x01\xff%s\n\t\"", " \x01\xff%s\n\t\"  ", false, true },
		/* cut: the last pair may be half of one */
		{ "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=we", "shop   ", true, false },
		{ "K8S_POD_NAMESPACE=shop;K8S_POD_NA", "shop   ", true, false },
		{ "K8S_POD_NAMESPACE=shop;", "shop   ", true, false },
		{ "K8S_POD_NAMESPACE=shop", "   ", true, false },
		{ "", "   ", true, false },
		/* too long: only that one is left out */
		{ "K8S_POD_NAMESPACE=" HUNDRED ";K8S_POD_NAME=a", " a  ", false, false },
		{ "K8S_POD_NAME=a;K8S_POD_UID=" HUNDRED, " a  ", false, false },
		{ "K8S_POD_INFRA_CONTAINER_ID=" HUNDRED ";K8S_POD_NAME=a", " a  ", false, false },
		{ "SOMETHING_ELSE=" HUNDRED HUNDRED HUNDRED ";K8S_POD_NAME=a", " a  ", false,
		  true },
	};

	(void)state;
	for_each_case(c, cases) {
		struct pod pod = { 0 };

		print_message("  %.60s\n", c->args);
		assert_int_equal(pod_set_args(&pod, c->args, c->is_cut), c->is_complete);
		assert_string_equal(describe(&pod), c->want);
	}
}

static void takes_a_value_that_just_fits(void **state)
{
	static const struct {
		const char *key;
		size_t max;
	} cases[] = {
		{ "K8S_POD_NAMESPACE", 63 },
		{ "K8S_POD_NAME", 253 },
		{ "K8S_POD_UID", 47 },
		{ "K8S_POD_INFRA_CONTAINER_ID", 79 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct pod pod = { 0 }, before;
		char value[512] = "";

		memset(value, 'x', c->max);
		assert_true(pod_set_arg(&pod, c->key, value));
		assert_int_equal(strlen(describe(&pod)), c->max + 3);
		before = pod;
		value[c->max] = 'x';
		assert_false(pod_set_arg(&pod, c->key, value));
		assert_memory_equal(&pod, &before, sizeof(pod));
		assert_true(pod_set_arg(&pod, c->key, "y"));
		assert_int_equal(strlen(describe(&pod)), 1 + 3);
	}
}

static void survives_arguments_cut_anywhere(void **state)
{
	static const char args[] = "K8S_POD_NAMESPACE=shop;K8S_POD_UID=" UID ";K8S_POD_NAME=web-0;";

	(void)state;
	for (size_t size = 0; size < sizeof(args); size++) {
		char *text = strndup(args, size);
		struct pod pod = { 0 };

		assert_non_null(text);
		assert_false(pod_set_args(&pod, text, true));
		assert_true(!pod.namespace[0] || strcmp(pod.namespace, "shop") == 0);
		assert_true(!pod.uid[0] || strcmp(pod.uid, UID) == 0);
		assert_true(!pod.name[0] || strcmp(pod.name, "web-0") == 0);
		free(text);
	}
}

static void finds_the_pod_in_every_layout_of_cgroups(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		/* cgroupfs, v2 and v1 */
		{ "0::/kubepods/besteffort/pod" UID "/" ID "\n", "  " UID " " ID },
		{ "0::/kubepods/pod" UID "/" ID, "  " UID " " ID },
		{ "12:pids:/kubepods/burstable/pod" UID "/" ID
		  "\n11:cpu,cpuacct:/kubepods/burstable/pod" UID "/" ID
		  "\n1:name=systemd:/kubepods/burstable/pod" UID "/" ID "\n",
		  "  " UID " " ID },
		/* systemd */
		{ "0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_SYSTEMD
		  ".slice/cri-containerd-" ID ".scope\n",
		  "  " UID " " ID },
		{ "0::/kubepods.slice/kubepods-pod" UID_SYSTEMD ".slice/crio-" ID
		  ".scope/container\n",
		  "  " UID " " ID },
		{ "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_SYSTEMD
		  ".slice/docker-" ID ".scope\n",
		  "  " UID " " ID },
		{ "0::/kubepods.slice/kubepods-pod" UID_SYSTEMD ".slice/crio-conmon-" ID ".scope\n",
		  "  " UID " " ID },
		/* static pods */
		{ "0::/kubepods/burstable/pod" UID_STATIC "/" ID, "  " UID_STATIC " " ID },
		{ "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_STATIC
		  ".slice/cri-containerd-" ID ".scope",
		  "  " UID_STATIC " " ID },
		/* under a root of the kubelet's own: kind */
		{ "0::/docker/" ID_2 "/kubelet/kubepods/besteffort/pod" UID "/" ID,
		  "  " UID " " ID },
		{ "0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
		  "kubelet-kubepods-besteffort-pod" UID_SYSTEMD ".slice/cri-containerd-" ID
		  ".scope",
		  "  " UID " " ID },
		/* from within a cgroup namespace */
		{ "0::/../../pod" UID "/" ID, "  " UID " " ID },
		{ "0::/../../../besteffort/pod" UID "/" ID, "  " UID " " ID },
		{ "0::/../../kubepods-besteffort-pod" UID_SYSTEMD ".slice/cri-containerd-" ID
		  ".scope",
		  "  " UID " " ID },
		/* containerd that is told a slice and uses cgroupfs */
		{ "3:cpu:/system.slice/containerd.service/kubepods-besteffort-pod" UID_SYSTEMD
		  ".slice:cri-containerd:" ID,
		  "  " UID " " ID },
		{ "0::/kubepods-besteffort-pod" UID_SYSTEMD ".slice:cri-containerd:" ID,
		  "  " UID " " ID },
		/* hybrid: v1 says more than v2, and one v1 line more than another */
		{ "1:name=systemd:/kubepods/pod" UID "/" ID
		  "\n0::/system.slice/containerd.service\n",
		  "  " UID " " ID },
		{ "9:cpuset:/\n8:misc:/kubepods/pod" UID "\n1:name=systemd:/kubepods/pod" UID "/" ID
		  "\n0::/\n",
		  "  " UID " " ID },
		{ "0::/kubepods/pod" UID "\n", "  " UID " " },
		{ "0::/kubepods/pod" UID "/" ID "/init.scope\n", "  " UID " " ID },
		{ "0::/kubepods/pod" UID "/" ID "/docker/" ID_2 "\n", "  " UID " " ID },
		{ "0::/kubepods/pod" UID "/" ID "/kubepods/pod" UID_STATIC "/" ID_2 "\n",
		  "  " UID " " ID },
		{ "0::/kubepods/pod" UID "/kata_" ID "\n", "  " UID " " ID },
		{ "0::/kubepods/pod" UID "/" ID " (deleted)\n", "  " UID " " ID },
		/* the id is none */
		{ "0::/kubepods/pod" UID "/what\n", "  " UID " " },
		{ "0::/kubepods/pod" UID "/x" ID "\n", "  " UID " " },
		{ "0::/kubepods/pod" UID "/" ID ID "\n", "  " UID " " },
		{ "0::/kubepods/pod" UID "/add\n", "  " UID " " },
	};

	(void)state;
	for_each_case(c, cases) {
		struct pod pod;

		print_message("  %.90s\n", c->text);
		memset(&pod, 0x5a, sizeof(pod));
		assert_true(pod_from_cgroup(c->text, &pod));
		assert_string_equal(describe(&pod), c->want);
	}
}

static void names_no_pod_where_there_is_none(void **state)
{
	static const char *const cases[] = {
		"",
		"\n\n\n",
		":::::",
		"0::/",
		"0::",
		"0:",
		"0::/init.scope\n",
		"0::/system.slice/podman.service\n",
		"0::/user.slice/user-1000.slice/session-3.scope\n",
		"0::/kubepods.slice/kubepods-besteffort.slice\n",
		"0::/kubepods/besteffort\n",
		"0::/docker/" ID "\n",
		"0::/kubepods/pod\n",
		"0::/kubepods/podcafe/" ID "\n",
		"0::/kubepods/pod" HUNDRED "\n",
		"0::/kubepods/" UID "/" ID "\n",
		"0::/kubepods/xpod" UID "/" ID "\n",
		"0::/kubepods/pod" UID "x/" ID "\n",
		"0::/kubepods-pod.slice/-pod.slice/.slice/pod.slice\n",
		"/kubepods/pod" UID "/" ID "\n",
		"0::/../" ID "\n",
		"\x7f"
		"ELF\xff\xfe\x01",
	};

	(void)state;
	for_each_case(c, cases) {
		struct pod pod, before;

		print_message("  %.90s\n", *c);
		memset(&pod, 0x5a, sizeof(pod));
		before = pod;
		assert_false(pod_from_cgroup(*c, &pod));
		assert_memory_equal(&pod, &before, sizeof(pod));
	}
}

static void survives_a_cgroup_text_cut_anywhere_and_a_huge_one(void **state)
{
	static const char line[] = "3:cpu:/kubepods.slice/kubepods-pod" UID_SYSTEMD
				   ".slice/cri-containerd-" ID ".scope";
	enum { HUGE_SIZE = 1 << 20 };
	cleanup_free char *huge = malloc(HUGE_SIZE + sizeof(line));
	struct pod pod;

	(void)state;
	for (size_t size = 0; size < sizeof(line); size++) {
		char *text = strndup(line, size);

		assert_non_null(text);
		if (pod_from_cgroup(text, &pod))
			assert_memory_equal(pod.uid, UID, strlen(pod.uid));
		free(text);
	}

	assert_non_null(huge);
	for (size_t i = 0; i < HUGE_SIZE; i++)
		huge[i] = ":/\n-pa"[i * 7 % 6];
	memcpy(huge + HUGE_SIZE, line, sizeof(line));
	pod_from_cgroup(huge, &pod);
	huge[HUGE_SIZE - 1] = '\n';
	assert_true(pod_from_cgroup(huge, &pod));
	assert_string_equal(describe(&pod), "  " UID " " ID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_pairs_of_a_runtime_in_any_order),
		cmocka_unit_test(takes_a_value_that_just_fits),
		cmocka_unit_test(survives_arguments_cut_anywhere),
		cmocka_unit_test(finds_the_pod_in_every_layout_of_cgroups),
		cmocka_unit_test(names_no_pod_where_there_is_none),
		cmocka_unit_test(survives_a_cgroup_text_cut_anywhere_and_a_huge_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

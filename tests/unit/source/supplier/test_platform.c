// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/supplier/platform.h"
#include "workdir.h"

static void knows_a_cloud_by_its_firmware(void **state)
{
	static const struct {
		const char *file, *text;
		bool is_gce, is_ec2;
	} cases[] = {
		{ "product_name", "Google Compute Engine\n", true, false },
		{ "sys_vendor", "Amazon EC2\n", false, true },
		{ "bios_version", "4.11.amazon\n", false, true },
		{ "product_name", "Standard PC (i440FX + PIIX, 1996)\n", false, false },
		{ "sys_vendor", "", false, false },
		{ "chassis_tag", "Amazon EC2\n", false, false },
	};

	(void)state;
	make_dir("sys");
	make_dir("sys/class");
	make_dir("sys/class/dmi");
	make_dir("sys/class/dmi/id");
	for_each_case(c, cases) {
		struct platform platform;
		char path[64];

		snprintf(path, sizeof(path), "sys/class/dmi/id/%s", c->file);
		put(path, c->text);
		platform_read(".", &platform);
		remove(path);
		print_message("  %s %s", c->file, c->text);
		assert_int_equal(platform.is_gce, c->is_gce);
		assert_int_equal(platform.is_ec2, c->is_ec2);
	}
}

static void finds_the_api_server_as_a_pod_does(void **state)
{
	static const struct {
		const char *host, *port, *want;
	} cases[] = {
		{ "10.96.0.1", "443", "https://10.96.0.1:443" },
		{ "fd00::1", "6443", "https://[fd00::1]:6443" },
		{ NULL, NULL, "" },
		{ "10.96.0.1", NULL, "" },
		{ "", "443", "" },
	};

	(void)state;
	for_each_case(c, cases) {
		struct platform platform;

		unsetenv("KUBERNETES_SERVICE_HOST");
		unsetenv("KUBERNETES_SERVICE_PORT");
		if (c->host)
			setenv("KUBERNETES_SERVICE_HOST", c->host, 1);
		if (c->port)
			setenv("KUBERNETES_SERVICE_PORT", c->port, 1);
		platform_read("/nonexistent", &platform);
		assert_string_equal(platform.kubernetes_url, c->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		workdir_test(knows_a_cloud_by_its_firmware),
		cmocka_unit_test(finds_the_api_server_as_a_pod_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "source/supplier/platform.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* Does the firmware's table say so? What GCE and EC2 (Nitro: sys_vendor; Xen: bios_version) write
 * there is documented as the way to know them. */
static bool says(const char *host_root, const char *name, const char *word)
{
	cleanup_fclose FILE *file = NULL;
	char path[PATH_MAX], text[128];

	snprintf(path, sizeof(path), "%s/sys/class/dmi/id/%s", host_root, name);
	file = fopen(path, "re");
	return file && fgets(text, sizeof(text), file) && strcasestr(text, word);
}

/* As every client in a pod finds its API server. */
static void find_kubernetes(char out[static PLATFORM_URL_SIZE])
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST");
	const char *port = getenv("KUBERNETES_SERVICE_PORT");
	bool is_v6 = host && strchr(host, ':');

	out[0] = '\0';
	if (host && *host && port && *port &&
	    snprintf(out, PLATFORM_URL_SIZE, is_v6 ? "https://[%s]:%s" : "https://%s:%s", host,
		     port) >= PLATFORM_URL_SIZE)
		out[0] = '\0';
}

void platform_read(const char *host_root, struct platform *out)
{
	out->is_gce = says(host_root, "product_name", "Google Compute Engine");
	out->is_ec2 = says(host_root, "sys_vendor", "Amazon EC2") ||
		      says(host_root, "bios_version", "amazon");
	find_kubernetes(out->kubernetes_url);
}

// SPDX-License-Identifier: Apache-2.0
#include "cli/version.h"

#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>

int cli_version(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		puts("  podip version             # version, revision, and libbpf's version");
		return 0;
	}
	if (argc > 1) {
		fprintf(stderr, "podip: unexpected argument '%s'\n", argv[1]);
		return 2;
	}
	printf("podip %s (revision %s, libbpf %u.%u)\n", PODIP_VERSION, PODIP_REVISION,
	       libbpf_major_version(), libbpf_minor_version());
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
/*
 * limit [CAPABILITY]... -- COMMAND...: as root, with these capabilities ("CAP_BPF", or
 * "cap_bpf,") and no others, as a container has them.
 */
#include <cap-ng.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int add(char *name)
{
	int capability;

	name[strcspn(name, ",")] = '\0';
	capability = capng_name_to_capability(strncasecmp(name, "cap_", 4) ? name : name + 4);
	if (capability < 0) {
		fprintf(stderr, "limit: no capability '%s'\n", name);
		return -EINVAL;
	}
	return capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET,
			    (unsigned int)capability);
}

int main(int argc, char **argv)
{
	int i;

	capng_clear(CAPNG_SELECT_BOTH);
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (add(argv[i]))
			return 2;
	if (i + 1 >= argc)
		return 2;
	if (capng_apply(CAPNG_SELECT_BOTH)) {
		fputs("limit: cannot drop the others\n", stderr);
		return 1;
	}
	execvp(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return 127;
}

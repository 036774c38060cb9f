// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

int output_read(int argc, char **argv, const char *help, struct output_options *out)
{
	static const struct option flags[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "proc-dir", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct output_options options = { .proc_dir = "/proc" };
	int c;

	argv[0] = "podip"; /* whom getopt_long() speaks for */
	while ((c = getopt_long(argc, argv, "o:h", flags, NULL)) >= 0) {
		switch (c) {
		case 'h':
			fputs(help, stdout);
			return OUTPUT_EXIT;
		case 'p':
			options.proc_dir = optarg;
			break;
		case 'o':
			options.is_json = !strcmp(optarg, "json");
			if (options.is_json || !strcmp(optarg, "table"))
				break;
			fprintf(stderr, "podip: -o: '%s' is not table or json\n", optarg);
			return -EINVAL;
		default:
			return -EINVAL; /* getopt_long() has said why */
		}
	}
	if (optind < argc) {
		fprintf(stderr, "podip: unexpected argument '%s'\n", argv[optind]);
		return -EINVAL;
	}
	*out = options;
	return OUTPUT_RUN;
}

int output_json(json_t *json)
{
	cleanup_json json_t *owned = json;

	if (!json || json_dumpf(json, stdout, JSON_INDENT(2)) || puts("") < 0) {
		fputs("podip: cannot write the result\n", stderr);
		return STATUS_FAILED;
	}
	return 0;
}

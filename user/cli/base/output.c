// SPDX-License-Identifier: Apache-2.0
#include "cli/base/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int output_format(const char *text, void *field)
{
	bool is_json = !strcmp(text, "json");

	if (!is_json && strcmp(text, "table") != 0)
		return -EINVAL;
	*(bool *)field = is_json;
	return 0;
}

void output_clear(struct output_options *options)
{
	free(options->host_root);
	free(options->proc_dir);
	free(options->cni_conf_dir);
	free(options->cni_cache_dir);
	free(options->cni_state_dir);
	free(options->ipam_file);
	free(options->events_file);
}

int output_status(int result)
{
	return result == COMMAND_EXIT ? STATUS_DONE : STATUS_USAGE;
}

int output_json(json_t *json)
{
	cleanup_json json_t *owned = json;

	if (!json || json_dumpf(json, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII) || puts("") < 0) {
		fputs("podip: cannot write the result\n", stderr);
		return STATUS_FAILED;
	}
	return 0;
}

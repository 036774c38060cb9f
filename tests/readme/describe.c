// SPDX-License-Identifier: Apache-2.0
/* describe: the tables of README, from the code's own. */
#include <stdio.h>
#include <string.h>

#include "cli/option_table.h"
#include "core/metrics.h"

static void describe_options(void)
{
	fputs("| flag | environment | default | meaning |\n|---|---|---|---|\n", stdout);
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		char env[OPTION_ENV_SIZE];

		option_env_name(row->flag, env);
		printf("| `--%s %s` | `%s` | %s%s%s | %s |\n", row->flag, row->arg, env,
		       row->fallback ? "`" : "", row->fallback ? row->fallback : "",
		       row->fallback ? "`" : "", row->help);
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "metrics"))
		metrics_describe(stdout);
	else if (argc == 2 && !strcmp(argv[1], "options"))
		describe_options();
	else
		return 2;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* describe: the tables of deploy/manual, and the schema of the event log, from the code's own. */
#include <stdio.h>
#include <string.h>

#include "cli/base/output.h"
#include "cli/option/option_table.h"
#include "core/metrics/metrics.h"
#include "core/record/record.h"
#include "source/kernel/privilege.h"
#include "source/kernel/syscalls.h"

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

static void describe_capabilities(void)
{
	fputs("| capability | used | where | the kernel's check | what its lack costs |\n"
	      "|---|---|---|---|---|\n",
	      stdout);
	for (size_t i = 0; i < PRIVILEGE_COUNT; i++) {
		const struct privilege *row = &privileges[i];

		printf("| `%s` | %s | %s | %s | `%s`: %s |\n",
		       privilege_capability_name(row->capability),
		       row->phase == PRIVILEGE_RUN ? "always" : "at start", row->where, row->check,
		       row->what, row->cost);
	}
}

/* As the OCI runtime specification has it. What is refused is as unknown: libraries then do
 * without it. */
static int describe_seccomp(void)
{
	json_t *names = json_array();

	for (size_t i = 0; i < syscall_count; i++)
		json_array_append_new(names, json_string(syscalls[i].name));
	return output_json(json_pack("{s:s, s:i, s:[s, s], s:[{s:o, s:s}]}", "defaultAction",
				     "SCMP_ACT_ERRNO", "defaultErrnoRet", 38, "architectures",
				     "SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64", "syscalls", "names",
				     names, "action", "SCMP_ACT_ALLOW"));
}

static json_t *schema_of_field(const struct record_field *field)
{
	json_t *types = json_array();

	switch (field->kind) {
	case RECORD_FIELD_NUMBER:
		return json_pack("{s:s, s:i, s:I}", "type", "integer", "minimum", 0, "maximum",
				 (json_int_t)INT64_MAX);
	case RECORD_FIELD_TIME:
		return json_pack("{s:s, s:s}", "type", "string", "pattern",
				 "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
				 "\\.[0-9]{9}Z$");
	case RECORD_FIELD_TYPE:
		for (enum record_type i = 0; i < RECORD_TYPE_COUNT; i++)
			json_array_append_new(types, json_string(record_type_name(i)));
		return json_pack("{s:o}", "enum", types);
	case RECORD_FIELD_FLAG:
		return json_pack("{s:b}", "const", 1);
	default:
		return json_pack("{s:s}", "type", "string");
	}
}

/* Of the agent that writes: readers must let keys and types pass that they do not know. */
static int describe_events(void)
{
	json_t *properties = json_pack("{s:{s:i}}", "v", "const", RECORD_VERSION);

	for (size_t i = 0; i < RECORD_FIELD_COUNT; i++) {
		const struct record_field *field = &record_fields[i];
		json_t *schema = schema_of_field(field);

		json_object_set_new(schema, "description", json_string(field->help));
		json_object_set_new(properties, field->name, schema);
	}
	return output_json(json_pack("{s:s, s:s, s:s, s:o, s:[s, s, s, s, s, s, s], s:b}",
				     "$schema", "https://json-schema.org/draft/2020-12/schema",
				     "title", "A line of podip's event log", "type", "object",
				     "properties", properties, "required", "v", "seq", "ts",
				     "mono_ns", "boot_id", "node", "type", "additionalProperties",
				     0));
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "metrics"))
		metrics_describe(stdout);
	else if (argc == 2 && !strcmp(argv[1], "options"))
		describe_options();
	else if (argc == 2 && !strcmp(argv[1], "capabilities"))
		describe_capabilities();
	else if (argc == 2 && !strcmp(argv[1], "seccomp"))
		return describe_seccomp();
	else if (argc == 2 && !strcmp(argv[1], "events"))
		return describe_events();
	else
		return 2;
	return 0;
}

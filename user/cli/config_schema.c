// SPDX-License-Identifier: Apache-2.0
/*
 * A setting may be written flat ("web.listen-address: x") or as a tree ("web:
 * {listen-address: x}"): the schema has both. What only the agent can judge, such as
 * host bits of a CIDR, is left to `podip config check`.
 */
#include "cli/config_schema.h"

#include <stdbool.h>
#include <string.h>

#include "cli/base/output.h"
#include "cli/option/option_table.h"

#define DURATION_PATTERN "^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h|d))+$"

/* "auto|fentry|kprobe": none of its words is a placeholder. */
static json_t *choices_of(const char *arg)
{
	json_t *choices = json_array();

	for (const char *at = arg; *at; at += strcspn(at, "|"), at += *at == '|')
		json_array_append_new(choices, json_stringn(at, strcspn(at, "|")));
	return choices;
}

static bool has_placeholder(const char *arg)
{
	return strpbrk(arg, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static json_t *value_of(const struct option_row *row)
{
	if (!strcmp(row->arg, "DURATION"))
		return json_pack("{s:s, s:s}", "type", "string", "pattern", DURATION_PATTERN);
	if (!strcmp(row->arg, "on|off")) /* YAML 1.1 takes these words for booleans */
		return json_pack("{s:[s, s, b, b]}", "enum", "on", "off", 1, 0);
	if (!has_placeholder(row->arg))
		return json_pack("{s:o}", "enum", choices_of(row->arg));
	return json_pack("{s:[s, s, s]}", "type", "string", "number", "boolean");
}

static json_t *schema_of_row(const struct option_row *row)
{
	json_t *schema = value_of(row);

	if (row->list_max)
		schema = json_pack("{s:[O, {s:s, s:o, s:i}]}", "oneOf", schema, "type", "array",
				   "items", schema, "maxItems", (int)row->list_max);
	if (!schema)
		return NULL;
	json_object_set_new(schema, "description", json_string(row->help));
	if (row->fallback && *row->fallback)
		json_object_set_new(schema, "default", json_string(row->fallback));
	return schema;
}

/* The object of a tree's branch, made when it is not there. */
static json_t *branch_of(json_t *properties, const char *name, size_t size)
{
	json_t *branch = json_object_getn(properties, name, size);

	if (!branch) {
		branch = json_pack("{s:s, s:{}, s:b}", "type", "object", "properties",
				   "additionalProperties", 0);
		json_object_setn_new(properties, name, size, branch);
	}
	return json_object_get(branch, "properties");
}

static void add_row(json_t *properties, const struct option_row *row)
{
	cleanup_json json_t *schema = schema_of_row(row);
	const char *name = row->flag, *dot;

	json_object_set(properties, name, schema);
	while ((dot = strchr(name, '.'))) {
		properties = branch_of(properties, name, (size_t)(dot - name));
		name = dot + 1;
	}
	json_object_set(properties, name, schema);
}

static json_t *schema_of_ranges(void)
{
	return json_pack(
		"{s:s, s:i, s:{s:s, s:b, s:[s, s], s:{s:{s:s, s:i, s:i}, s:{s:s}, s:{s:[s, s, s]},"
		" s:{s:s, s:i}, s:{s:s, s:i, s:i}}}}",
		"type", "array", "maxItems", RANGE_MAX, "items", "type", "object",
		"additionalProperties", 0, "required", "name", "cidr", "properties", "name", "type",
		"string", "minLength", 1, "maxLength", RANGE_NAME_SIZE - 1, "cidr", "type",
		"string", "scope", "enum", "node", "subnet", "cluster", "reserved", "type",
		"number", "minimum", 0, "node_prefix", "type", "integer", "minimum", 1, "maximum",
		128);
}

static json_t *schema_of_threshold(enum alert_kind kind)
{
	switch (alert_unit(kind)) {
	case ALERT_UNIT_RATIO:
		return json_pack("{s:[s, s], s:s}", "type", "number", "string", "pattern",
				 "^[0-9.]+%?$");
	case ALERT_UNIT_SECONDS:
		return json_pack("{s:s, s:s}", "type", "string", "pattern", DURATION_PATTERN);
	default:
		return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
	}
}

static json_t *schema_of_alert(enum alert_kind kind)
{
	return json_pack("{s:s, s:b, s:{s:{s:s}, s:{s:[s, s, s]}, s:{s:s, s:s}, s:{s:s, s:s},"
			 " s:o, s:o}}",
			 "type", "object", "additionalProperties", 0, "properties", "enabled",
			 "type", "boolean", "severity", "enum", "info", "warning", "critical",
			 "for", "type", "string", "pattern", DURATION_PATTERN, "keep_firing_for",
			 "type", "string", "pattern", DURATION_PATTERN, "threshold",
			 schema_of_threshold(kind), "clear", schema_of_threshold(kind));
}

json_t *config_schema(void)
{
	json_t *properties = json_object(), *alerts;

	for (size_t i = OPTION_ROW_CONFIG + 1; i < OPTION_ROW_COUNT; i++)
		add_row(properties, &option_rows[i]);
	json_object_set_new(properties, "ranges", schema_of_ranges());
	alerts = branch_of(properties, "alerts", strlen("alerts"));
	for (enum alert_kind i = 0; i < ALERT_KIND_COUNT; i++)
		json_object_set_new(alerts, alert_name(i), schema_of_alert(i));
	return json_pack("{s:s, s:s, s:[s, s], s:o, s:b}", "$schema",
			 "https://json-schema.org/draft/2020-12/schema", "title", "podip.yaml",
			 "type", "object", "null", "properties", properties, "additionalProperties",
			 0);
}

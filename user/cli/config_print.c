// SPDX-License-Identifier: Apache-2.0
#include "cli/config_print.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/text.h"

/* A string of JSON is one of YAML. */
static int print_text(const char *text, FILE *out)
{
	json_t *json = text_to_json(text);
	int err = json ? json_dumpf(json, out, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : -1;

	json_decref(json);
	return err ? -ENOMEM : 0;
}

static void print_origin(const struct options *options, size_t row, size_t item, FILE *out)
{
	const struct given *given = &options->flags.given[row];
	char env[OPTION_ENV_SIZE];

	option_env_name(option_rows[row].flag, env);
	switch (given->origin) {
	case FROM_FLAG:
		fprintf(out, "  # --%s\n", option_rows[row].flag);
		break;
	case FROM_ENV:
		fprintf(out, "  # $%s\n", given->other_env ? given->other_env : env);
		break;
	case FROM_FILE:
		fprintf(out, "  # %s:%u\n", options->config, given->lines[item]);
		break;
	default:
		fputs("  # default\n", out);
	}
}

static int print_row(const struct options *options, size_t row, FILE *out)
{
	const struct given *given = &options->flags.given[row];
	bool is_list = option_rows[row].list_max;

	if (!given->count)
		return 0;
	fprintf(out, "%s:%s", option_rows[row].flag, is_list ? "\n" : " ");
	for (size_t i = 0; i < given->count; i++) {
		fputs(is_list ? "  - " : "", out);
		if (print_text(given->texts[i], out))
			return -ENOMEM;
		print_origin(options, row, i, out);
	}
	return 0;
}

static int print_range(const struct range *range, FILE *out)
{
	char cidr[PREFIX_TEXT_SIZE];

	prefix_format(&range->cidr, cidr);
	fputs("  - name: ", out);
	if (print_text(range->name, out))
		return -ENOMEM;
	fprintf(out, "\n    cidr: \"%s\"\n    scope: %s\n", cidr, range_scope_name(range->scope));
	if (range->node_prefix)
		fprintf(out, "    node_prefix: %u\n", range->node_prefix);
	if (range->reserved >= 0)
		fprintf(out, "    reserved: %.0f\n", range->reserved);
	return 0;
}

static void print_alert(enum alert_kind kind, const struct alert_rule *rule, FILE *out)
{
	bool is_ratio = alert_unit(kind) == ALERT_UNIT_RATIO;
	bool is_time = alert_unit(kind) == ALERT_UNIT_SECONDS;
	const char *unit = is_ratio ? "%" : is_time ? "s" : "";
	double scale = is_ratio ? 100 : 1;

	fprintf(out, "  %s:\n    enabled: %s\n    severity: %s\n", alert_name(kind),
		rule->is_enabled ? "true" : "false", alert_severity_name(rule->severity));
	fprintf(out, "    for: %.10gs\n    keep_firing_for: %.10gs\n", (double)rule->for_ns / 1e9,
		(double)rule->keep_ns / 1e9);
	fprintf(out, "    threshold: %.10g%s\n    clear: %.10g%s\n", rule->threshold * scale, unit,
		rule->clear * scale, unit);
}

int config_print(const struct options *options, FILE *out)
{
	const struct alert_rules rules = options->config ? options->file.alerts.rules
							 : alert_rules_default();

	for (size_t i = OPTION_ROW_CONFIG + 1; i < OPTION_ROW_COUNT; i++)
		if (print_row(options, i, out))
			return -ENOMEM;
	if (options->file.range_count)
		fputs("ranges:\n", out);
	for (size_t i = 0; i < options->file.range_count; i++)
		if (print_range(&options->file.ranges[i], out))
			return -ENOMEM;
	fputs("alerts:\n", out);
	for (enum alert_kind i = 0; i < ALERT_KIND_COUNT; i++)
		print_alert(i, &rules.of[i], out);
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "source/config/alert_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/duration.h"

#define PREFIX "alerts."

enum {
	COUNT_DIGITS_MAX = 15, /* exact as a double */
	NAMES_SIZE = ALERT_KIND_COUNT * 32, /* of all alerts */
};

struct entry {
	const yaml_node_t *node; /* NULL: not there */
	const char *text;
};

/* One alert under way. */
struct reader {
	struct yamlfile *file;
	const char *path; /* "alerts.PodipRangeFilling" */
	enum alert_kind kind;
	struct alert_rule rule;
};

static int blame(struct reader *reader, const struct entry *entry, const char *key,
		 const char *expected)
{
	char where[YAMLFILE_KEY_SIZE];

	yamlfile_join(reader->path, key, where);
	return yamlfile_blame(reader->file, entry->node, where, "'%s' is not %s", entry->text,
			      expected);
}

static int parse_enabled(struct reader *reader, const struct entry *entry, const char *key)
{
	bool is_true = !strcmp(entry->text, "true");

	if (!is_true && strcmp(entry->text, "false") != 0)
		return blame(reader, entry, key, "one of true, false");
	reader->rule.is_enabled = is_true;
	return 0;
}

static int parse_severity(struct reader *reader, const struct entry *entry, const char *key)
{
	if (alert_severity_parse(entry->text, &reader->rule.severity))
		return blame(reader, entry, key, "one of info, warning, critical");
	return 0;
}

static int parse_time(struct reader *reader, const struct entry *entry, const char *key,
		      uint64_t *out)
{
	uint64_t ns;

	if (duration_parse(entry->text, &ns) || ns > ALERT_CONFIG_TIME_MAX_NS)
		return blame(reader, entry, key, "a duration such as 10m, of at most 24h");
	*out = ns;
	return 0;
}

static int parse_for(struct reader *reader, const struct entry *entry, const char *key)
{
	return parse_time(reader, entry, key, &reader->rule.for_ns);
}

static int parse_keep(struct reader *reader, const struct entry *entry, const char *key)
{
	return parse_time(reader, entry, key, &reader->rule.keep_ns);
}

/* "0.8" or "80%". */
static int parse_ratio(const char *text, double *out)
{
	size_t digits = strspn(text, "0123456789.");
	double value;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	value = strtod(text, &end);
	if (end != text + digits)
		return -EINVAL;
	if (strcmp(end, "%") == 0)
		value /= 100;
	else if (*end)
		return -EINVAL;
	if (value > 1)
		return -EINVAL;

	*out = value;
	return 0;
}

static int parse_seconds(const char *text, double *out)
{
	uint64_t ns;
	int err = duration_parse(text, &ns);

	if (err)
		return err;
	*out = (double)ns / 1e9;
	return 0;
}

static int parse_count(const char *text, double *out)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > COUNT_DIGITS_MAX || text[digits])
		return -EINVAL;
	*out = strtod(text, NULL);
	return 0;
}

/* By what the alert looks at. */
static const struct {
	int (*parse)(const char *text, double *out);
	const char *expected[2]; /* by whether 0 is one, too */
} units[] = {
	[ALERT_UNIT_RATIO] = { parse_ratio,
			       { "a ratio such as 0.8 or 80%, above 0", "a ratio such as 0.8" } },
	[ALERT_UNIT_SECONDS] = { parse_seconds,
				 { "a duration such as 24h, above 0", "a duration such as 24h" } },
	[ALERT_UNIT_COUNT] = { parse_count, { "a number above 0", "a number" } },
};

/* At 0 an alert that is raised from its threshold up would always be raised, and never be clear. */
static int parse_value(struct reader *reader, const struct entry *entry, const char *key,
		       double *out)
{
	enum alert_unit unit = alert_unit(reader->kind);
	bool takes_zero = alert_is_low(reader->kind);
	double value;

	if (units[unit].parse(entry->text, &value) || (value <= 0 && !takes_zero))
		return blame(reader, entry, key, units[unit].expected[takes_zero]);
	*out = value;
	return 0;
}

/* clear stays in proportion. */
static int parse_threshold(struct reader *reader, const struct entry *entry, const char *key)
{
	struct alert_rule *rule = &reader->rule;
	double part = rule->threshold > 0 ? rule->clear / rule->threshold : 1;
	int err = parse_value(reader, entry, key, &rule->threshold);

	if (err)
		return err;
	rule->clear = rule->threshold * part;
	return 0;
}

static int parse_clear(struct reader *reader, const struct entry *entry, const char *key)
{
	struct alert_rule *rule = &reader->rule;
	bool is_low = alert_is_low(reader->kind);
	char where[YAMLFILE_KEY_SIZE];
	int err = parse_value(reader, entry, key, &rule->clear);

	if (err)
		return err;
	if (is_low ? rule->clear >= rule->threshold : rule->clear <= rule->threshold)
		return 0;
	yamlfile_join(reader->path, key, where);
	return yamlfile_blame(reader->file, entry->node, where, "%s is %s the threshold",
			      entry->text, is_low ? "below" : "above");
}

/* In the order of judgement: clear is measured by threshold. */
static const struct key {
	const char *name;
	int (*parse)(struct reader *reader, const struct entry *entry, const char *key);
} keys[] = {
	{ "enabled", parse_enabled },
	{ "severity", parse_severity },
	{ "for", parse_for },
	{ "keep_firing_for", parse_keep },
	{ "threshold", parse_threshold },
	{ "clear", parse_clear },
};

/* Sort the entries by keys[]. */
static int collect(const struct reader *reader, const yaml_node_t *mapping,
		   struct entry out[static array_size(keys)])
{
	const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;

	for (; pair < mapping->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yamlfile_node(reader->file, pair->key);
		char where[YAMLFILE_KEY_SIZE];
		size_t i = 0;
		int err;

		yamlfile_join(reader->path, yamlfile_text(key), where);
		while (i < array_size(keys) && strcmp(keys[i].name, yamlfile_text(key)) != 0)
			i++;
		if (i == array_size(keys))
			return yamlfile_blame(reader->file, key, where,
					      "unknown key, expected enabled, severity, for, "
					      "keep_firing_for, threshold or clear");
		out[i].node = yamlfile_node(reader->file, pair->value);
		err = yamlfile_check_text(reader->file, out[i].node, where);
		if (err)
			return err;
		out[i].text = yamlfile_text(out[i].node);
	}
	return 0;
}

static int blame_name(const struct reader *reader, const yaml_node_t *node)
{
	char names[NAMES_SIZE];
	size_t used = 0;

	for (enum alert_kind i = 0; i < ALERT_KIND_COUNT; i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, " %s", alert_name(i));
	return yamlfile_blame(reader->file, node, reader->path, "no such alert, there are%s",
			      names);
}

static int check(struct reader *reader, const yaml_node_t *node, const struct alert_config *config)
{
	if (alert_parse(reader->path + strlen(PREFIX), &reader->kind))
		return blame_name(reader, node);
	if (config->lines[reader->kind])
		return yamlfile_blame(reader->file, node, reader->path, "there already on line %u",
				      config->lines[reader->kind]);
	if (node->type != YAML_MAPPING_NODE)
		return yamlfile_blame(reader->file, node, reader->path, "expected a mapping");
	return yamlfile_check_keys(reader->file, node, reader->path);
}

struct alert_config alert_config_default(void)
{
	return (struct alert_config){ .rules = alert_rules_default() };
}

bool alert_config_owns(const char *key)
{
	size_t size = strlen(PREFIX);

	return strncmp(key, PREFIX, size) == 0 && key[size] >= 'A' && key[size] <= 'Z';
}

int alert_config_read(struct yamlfile *file, const char *key, const yaml_node_t *node,
		      struct alert_config *out)
{
	struct reader reader = { .file = file, .path = key };
	struct entry entries[array_size(keys)] = { 0 };
	int err;

	err = check(&reader, node, out);
	if (!err)
		err = collect(&reader, node, entries);
	if (err)
		return err;
	reader.rule = out->rules.of[reader.kind];
	for (size_t i = 0; !err && i < array_size(keys); i++) {
		if (entries[i].node)
			err = keys[i].parse(&reader, &entries[i], keys[i].name);
	}
	if (err)
		return err;

	out->rules.of[reader.kind] = reader.rule;
	out->lines[reader.kind] = yamlfile_line(node);
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "source/config/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "source/config/yamlfile.h"

enum { SETTINGS_MAX = 256 };

_Static_assert((int)CONFIG_ERROR_SIZE == YAMLFILE_ERROR_SIZE, "the sentence is handed through");

/* A reading under way. */
struct reader {
	struct yamlfile *file;
	struct config config;
	unsigned int lines[RANGE_MAX]; /* of config.ranges */
};

/* An entry of a range: its text, and where it stands for errors. */
struct entry {
	const yaml_node_t *node;
	const char *key; /* "ranges[2].cidr" */
	const char *text;
};

static int parse_name(struct reader *reader, const struct entry *entry, struct range *out)
{
	const struct config *config = &reader->config;
	size_t size = strlen(entry->text);

	if (size == 0)
		return yamlfile_blame(reader->file, entry->node, entry->key, "is empty");
	if (size >= RANGE_NAME_SIZE)
		return yamlfile_blame(reader->file, entry->node, entry->key, "longer than %d bytes",
				      RANGE_NAME_SIZE - 1);
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)entry->text[i] < ' ' || entry->text[i] == 0x7f)
			return yamlfile_blame(reader->file, entry->node, entry->key,
					      "contains a control character");
	}
	for (size_t i = 0; i < config->range_count; i++) {
		if (strcmp(config->ranges[i].name, entry->text) == 0)
			return yamlfile_blame(reader->file, entry->node, entry->key,
					      "'%s' is the range on line %u already", entry->text,
					      reader->lines[i]);
	}

	memcpy(out->name, entry->text, size + 1);
	return 0;
}

static int parse_cidr(struct reader *reader, const struct entry *entry, struct range *out)
{
	const struct config *config = &reader->config;
	char text[PREFIX_TEXT_SIZE];
	struct prefix cidr;

	if (prefix_parse_masked(entry->text, &cidr))
		return yamlfile_blame(reader->file, entry->node, entry->key,
				      "'%s' is not a CIDR such as 10.0.0.0/24", entry->text);
	prefix_format(&cidr, text);
	if (prefix_parse(entry->text, &cidr))
		return yamlfile_blame(reader->file, entry->node, entry->key,
				      "%s has host bits set, did you mean %s", entry->text, text);
	for (size_t i = 0; i < config->range_count; i++) {
		if (prefix_compare(&config->ranges[i].cidr, &cidr) == 0)
			return yamlfile_blame(reader->file, entry->node, entry->key,
					      "%s is the range on line %u already", text,
					      reader->lines[i]);
	}

	out->cidr = cidr;
	return 0;
}

static int parse_scope(struct reader *reader, const struct entry *entry, struct range *out)
{
	if (range_scope_parse(entry->text, &out->scope))
		return yamlfile_blame(reader->file, entry->node, entry->key,
				      "'%s' is not one of node, subnet, cluster", entry->text);
	return 0;
}

/* Digits alone; strtoull() would take a sign and blanks. */
static int parse_count(const char *text, unsigned long long *out)
{
	unsigned long long value;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *end)
		return -EINVAL;

	*out = value;
	return 0;
}

static int parse_reserved(struct reader *reader, const struct entry *entry, struct range *out)
{
	unsigned long long count;

	if (parse_count(entry->text, &count))
		return yamlfile_blame(reader->file, entry->node, entry->key,
				      "'%s' is not a number of addresses", entry->text);
	if ((double)count >= range_capacity(out))
		return yamlfile_blame(reader->file, entry->node, entry->key,
				      "%s of %.0f addresses leaves none", entry->text,
				      range_capacity(out));

	out->reserved = (double)count;
	return 0;
}

static int parse_node_prefix(struct reader *reader, const struct entry *entry, struct range *out)
{
	unsigned int least = prefix_family_len(&out->cidr) + 1U;
	unsigned int most = ip_is_v4(&out->cidr.base) ? 32 : 128;
	unsigned long long len;

	if (parse_count(entry->text, &len) || len < least || len > most)
		return yamlfile_blame(reader->file, entry->node, entry->key,
				      "'%s' is not a length from %u to %u", entry->text, least,
				      most);

	out->node_prefix = (uint8_t)len;
	return 0;
}

/* In the order of judgement: the last two are measured by the CIDR. */
static const struct range_key {
	const char *name;
	int (*parse)(struct reader *reader, const struct entry *entry, struct range *out);
	bool is_required;
} range_keys[] = {
	{ "name", parse_name, true },
	{ "cidr", parse_cidr, true },
	{ "scope", parse_scope, false },
	{ "reserved", parse_reserved, false },
	{ "node_prefix", parse_node_prefix, false },
};

/* Sort the entries of a range by range_keys[]; those not there stay without a node. */
static int collect(struct reader *reader, const yaml_node_t *mapping, const char *path,
		   struct entry out[static array_size(range_keys)])
{
	const yaml_node_pair_t *pair;
	int err;

	for (pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top;
	     pair++) {
		const yaml_node_t *key = yamlfile_node(reader->file, pair->key);
		char where[YAMLFILE_KEY_SIZE];
		size_t i = 0;

		yamlfile_join(path, yamlfile_text(key), where);
		while (i < array_size(range_keys) &&
		       strcmp(range_keys[i].name, yamlfile_text(key)) != 0)
			i++;
		if (i == array_size(range_keys))
			return yamlfile_blame(
				reader->file, key, where,
				"unknown key, expected name, cidr, scope, reserved or node_prefix");
		out[i].node = yamlfile_node(reader->file, pair->value);
		err = yamlfile_check_text(reader->file, out[i].node, where);
		if (err)
			return err;
		out[i].text = yamlfile_text(out[i].node);
	}
	return 0;
}

static int read_range(struct reader *reader, const yaml_node_t *node, const char *path)
{
	struct entry entries[array_size(range_keys)] = { 0 };
	struct range range = { .reserved = -1, .source = "config", .parent = RANGE_NONE };
	struct config *config = &reader->config;
	int err;

	if (node->type != YAML_MAPPING_NODE)
		return yamlfile_blame(reader->file, node, path, "expected a mapping");
	err = yamlfile_check_keys(reader->file, node, path);
	if (!err)
		err = collect(reader, node, path, entries);
	if (err)
		return err;

	for (size_t i = 0; i < array_size(range_keys); i++) {
		char where[YAMLFILE_KEY_SIZE];

		yamlfile_join(path, range_keys[i].name, where);
		if (!entries[i].node && range_keys[i].is_required)
			return yamlfile_blame(reader->file, node, where, "is missing");
		if (!entries[i].node)
			continue;
		entries[i].key = where;
		err = range_keys[i].parse(reader, &entries[i], &range);
		if (err)
			return err;
	}

	reader->lines[config->range_count] = yamlfile_line(node);
	config->ranges[config->range_count++] = range;
	return 0;
}

static int read_ranges(struct reader *reader, const yaml_node_t *node)
{
	const yaml_node_item_t *items = node->data.sequence.items.start;
	size_t count;
	int err;

	if (yamlfile_is_null(node))
		return 0;
	if (node->type != YAML_SEQUENCE_NODE)
		return yamlfile_blame(reader->file, node, "ranges", "expected a list");

	count = (size_t)(node->data.sequence.items.top - items);
	if (count > RANGE_MAX)
		return yamlfile_blame(reader->file, node, "ranges", "more than %d", RANGE_MAX);
	reader->config.ranges = calloc(count + 1, sizeof(reader->config.ranges[0]));
	if (!reader->config.ranges)
		return -ENOMEM;

	for (size_t i = 0; i < count; i++) {
		char path[YAMLFILE_KEY_SIZE];

		snprintf(path, sizeof(path), "ranges[%zu]", i);
		err = read_range(reader, yamlfile_node(reader->file, items[i]), path);
		if (err)
			return err;
	}
	return 0;
}

static int add_setting(struct reader *reader, const yaml_node_t *node, const char *path)
{
	struct config_setting *setting = &reader->config.settings[reader->config.setting_count];

	if (reader->config.setting_count == SETTINGS_MAX)
		return yamlfile_blame(reader->file, node, path, "more than %d settings",
				      SETTINGS_MAX);

	*setting = (struct config_setting){ .line = yamlfile_line(node) };
	reader->config.setting_count++;
	setting->key = strdup(path);
	setting->value = strdup(yamlfile_text(node));
	return setting->key && setting->value ? 0 : -ENOMEM;
}

static int add_list(struct reader *reader, const yaml_node_t *list, const char *path)
{
	const yaml_node_item_t *item;
	int err;

	if (list->data.sequence.items.start == list->data.sequence.items.top)
		return yamlfile_blame(reader->file, list, path, "is empty");
	for (item = list->data.sequence.items.start; item < list->data.sequence.items.top; item++) {
		const yaml_node_t *node = yamlfile_node(reader->file, *item);

		/* Most likely 'ranges' was meant. */
		if (node->type == YAML_MAPPING_NODE)
			return yamlfile_blame(reader->file, node, path,
					      "expected single values; only 'ranges' is a list of "
					      "mappings");
		err = yamlfile_check_text(reader->file, node, path);
		if (!err)
			err = add_setting(reader, node, path);
		if (err)
			return err;
	}
	return 0;
}

static int read_mapping(struct reader *reader, const yaml_node_t *mapping, const char *path);

static int read_value(struct reader *reader, const yaml_node_t *node, const char *path)
{
	int err;

	if (node->type == YAML_MAPPING_NODE)
		return read_mapping(reader, node, path);
	if (node->type == YAML_SEQUENCE_NODE)
		return add_list(reader, node, path);
	err = yamlfile_check_text(reader->file, node, path);
	return err ? err : add_setting(reader, node, path);
}

/* Calls itself as deeply as YAMLFILE_DEPTH_MAX lets the file nest. */
static int read_mapping(struct reader *reader, const yaml_node_t *mapping, const char *path)
{
	const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
	bool is_top = !*path;
	int err;

	if (!is_top && pair == mapping->data.mapping.pairs.top)
		return yamlfile_blame(reader->file, mapping, path, "is empty");
	err = yamlfile_check_keys(reader->file, mapping, is_top ? "top level" : path);
	for (; !err && pair < mapping->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yamlfile_node(reader->file, pair->key);
		const yaml_node_t *value = yamlfile_node(reader->file, pair->value);
		char below[YAMLFILE_KEY_SIZE];

		yamlfile_join(path, yamlfile_text(key), below);
		if (is_top && strcmp(below, "ranges") == 0)
			err = read_ranges(reader, value);
		else if (alert_config_owns(below))
			err = alert_config_read(reader->file, below, value, &reader->config.alerts);
		else
			err = read_value(reader, value, below);
	}
	return err;
}

static int read_root(struct reader *reader)
{
	const yaml_node_t *root = yamlfile_root(reader->file);

	reader->config.settings = calloc(SETTINGS_MAX, sizeof(reader->config.settings[0]));
	if (!reader->config.settings)
		return -ENOMEM;
	if (!root || yamlfile_is_null(root))
		return 0;
	if (root->type != YAML_MAPPING_NODE)
		return yamlfile_blame(reader->file, root, "top level", "expected a mapping");
	return read_mapping(reader, root, "");
}

int config_read(const char *path, struct config *out, char error[static CONFIG_ERROR_SIZE])
{
	cleanup_yamlfile struct yamlfile file = { 0 };
	struct reader reader = { .file = &file, .config.alerts = alert_config_default() };
	int err;

	err = yamlfile_open(path, CONFIG_FILE_MAX, error, &file);
	if (err)
		return err;

	err = read_root(&reader);
	if (err == -ENOMEM)
		snprintf(error, CONFIG_ERROR_SIZE, "%s: out of memory", path);
	if (err) {
		config_clear(&reader.config);
		return err;
	}

	*out = reader.config;
	return 0;
}

void config_clear(struct config *config)
{
	for (size_t i = 0; i < config->setting_count; i++) {
		free(config->settings[i].key);
		free(config->settings[i].value);
	}
	free(config->settings);
	free(config->ranges);
	*config = (struct config){ 0 };
}

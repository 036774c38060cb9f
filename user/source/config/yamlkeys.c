// SPDX-License-Identifier: Apache-2.0
#include "source/config/yamlkeys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int refuse_unknown(struct yamlfile *file, const yaml_node_t *key, const char *where,
			  const struct yamlkeys *keys)
{
	char known[YAMLFILE_ERROR_SIZE];
	size_t size = 0;

	for (size_t i = 0; i < keys->count && size < sizeof(known); i++) {
		const char *before = !i ? "" : i + 1 == keys->count ? " or " : ", ";

		size += (size_t)snprintf(known + size, sizeof(known) - size, "%s%s", before,
					 keys->keys[i].name);
	}
	return yamlfile_blame(file, key, where, "unknown key, expected %s", known);
}

static int read_pair(struct yamlfile *file, const yaml_node_pair_t *pair,
		     const struct yamlkeys *keys)
{
	const yaml_node_t *key = yamlfile_node(file, pair->key);
	const yaml_node_t *value = yamlfile_node(file, pair->value);
	char where[YAMLFILE_KEY_SIZE];

	yamlfile_join(keys->path, yamlfile_text(key), where);
	for (size_t i = 0; i < keys->count; i++) {
		if (strcmp(keys->keys[i].name, yamlfile_text(key)) != 0)
			continue;
		return yamlfile_is_null(value) ? 0
					       : keys->keys[i].read(file, value, where, keys->ctx);
	}
	return refuse_unknown(file, key, where, keys);
}

int yamlkeys_read(struct yamlfile *file, const yaml_node_t *node, const struct yamlkeys *keys)
{
	const char *place = *keys->path ? keys->path : "top level";
	int err;

	if (node->type != YAML_MAPPING_NODE)
		return yamlfile_blame(file, node, place, "expected a mapping");
	err = yamlfile_check_keys(file, node, place);
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     !err && pair < node->data.mapping.pairs.top; pair++)
		err = read_pair(file, pair, keys);
	return err;
}

int yamlkeys_read_list(struct yamlfile *file, const yaml_node_t *node, const char *where,
		       const struct yamlitems *items)
{
	const yaml_node_item_t *start;
	size_t count;
	int err = 0;

	if (node->type != YAML_SEQUENCE_NODE)
		return yamlfile_blame(file, node, where, "expected a list");
	start = node->data.sequence.items.start;
	count = (size_t)(node->data.sequence.items.top - start);
	if (count > items->max)
		return yamlfile_blame(file, node, where, "more than %zu", items->max);
	for (size_t i = 0; i < count && !err; i++) {
		const yaml_node_t *item = yamlfile_node(file, start[i]);
		char place[YAMLFILE_KEY_SIZE + 16];

		snprintf(place, sizeof(place), "%s[%zu]", where, i);
		err = yamlfile_check_text(file, item, place);
		if (!err)
			err = items->read(file, item, place, items->ctx);
	}
	return err;
}

int yamlkeys_read_text(struct yamlfile *file, const yaml_node_t *node, const char *where,
		       char **out)
{
	int err = yamlfile_check_text(file, node, where);
	char *text = NULL;

	if (err)
		return err;
	if (*yamlfile_text(node)) {
		text = strdup(yamlfile_text(node));
		if (!text)
			return -ENOMEM;
	}
	free(*out);
	*out = text;
	return 0;
}

int yamlkeys_read_bool(struct yamlfile *file, const yaml_node_t *node, const char *where, bool *out)
{
	int err = yamlfile_check_text(file, node, where);
	bool is_true;

	if (err)
		return err;
	is_true = !strcmp(yamlfile_text(node), "true");
	if (!is_true && strcmp(yamlfile_text(node), "false") != 0)
		return yamlfile_blame(file, node, where, "'%s' is not one of true, false",
				      yamlfile_text(node));
	*out = is_true;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "source/config/yamlfile.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "source/base/file.h"

static unsigned int line_at(const char *text, size_t offset)
{
	unsigned int line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

static int out_of_memory(struct yamlfile *file)
{
	snprintf(file->error, YAMLFILE_ERROR_SIZE, "%s: out of memory", file->path);
	return -ENOMEM;
}

static int malformed(const yaml_parser_t *parser, const char *text, struct yamlfile *file)
{
	unsigned int line = (unsigned int)parser->problem_mark.line + 1;

	if (parser->error == YAML_MEMORY_ERROR)
		return out_of_memory(file);
	/* What is no text at all has an offset in place of a mark. */
	if (parser->error == YAML_READER_ERROR)
		line = line_at(text, parser->problem_offset);
	snprintf(file->error, YAMLFILE_ERROR_SIZE, "%s:%u: not valid YAML: %s", file->path, line,
		 parser->problem);
	return -EINVAL;
}

static int refuse(const yaml_token_t *token, const char *what, struct yamlfile *file)
{
	snprintf(file->error, YAMLFILE_ERROR_SIZE, "%s:%zu: %s", file->path,
		 token->start_mark.line + 1, what);
	return -EINVAL;
}

static int check_token(const yaml_token_t *token, struct yamlfile *file, unsigned int *depth)
{
	switch (token->type) {
	case YAML_ANCHOR_TOKEN:
	case YAML_ALIAS_TOKEN:
		return refuse(token, "anchors and aliases are not supported", file);
	case YAML_BLOCK_SEQUENCE_START_TOKEN:
	case YAML_BLOCK_MAPPING_START_TOKEN:
	case YAML_FLOW_SEQUENCE_START_TOKEN:
	case YAML_FLOW_MAPPING_START_TOKEN:
		if (++*depth > YAMLFILE_DEPTH_MAX)
			return refuse(token, "nested too deeply", file);
		return 0;
	case YAML_BLOCK_END_TOKEN:
	case YAML_FLOW_SEQUENCE_END_TOKEN:
	case YAML_FLOW_MAPPING_END_TOKEN:
		--*depth;
		return 0;
	default:
		return 0;
	}
}

/* Before libyaml builds the tree: it takes a time that grows with the square of depth or anchors.
 */
static int check_tokens(yaml_parser_t *parser, const char *text, struct yamlfile *file)
{
	bool has_more = true;
	unsigned int depth = 0;
	int err = 0;

	while (has_more && !err) {
		yaml_token_t token;

		if (!yaml_parser_scan(parser, &token))
			return malformed(parser, text, file);
		has_more = token.type != YAML_STREAM_END_TOKEN;
		err = check_token(&token, file, &depth);
		yaml_token_delete(&token);
	}
	return err;
}

static int load(yaml_parser_t *parser, const char *text, struct yamlfile *file)
{
	yaml_document_t second = { 0 };
	const yaml_node_t *root;
	int err = 0;

	if (!yaml_parser_load(parser, &file->document) ||
	    (yamlfile_root(file) && !yaml_parser_load(parser, &second)))
		return malformed(parser, text, file);

	root = second.nodes.start ? yaml_document_get_root_node(&second) : NULL;
	if (root)
		err = yamlfile_blame(file, root, "second document", "expected one alone");
	yaml_document_delete(&second);
	return err;
}

/* One pass of libyaml over the text, by `step`. */
static int parse(int (*step)(yaml_parser_t *parser, const char *text, struct yamlfile *file),
		 const char *text, size_t size, struct yamlfile *file)
{
	yaml_parser_t parser;
	int err;

	if (!yaml_parser_initialize(&parser))
		return out_of_memory(file);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
	err = step(&parser, text, file);
	yaml_parser_delete(&parser);
	return err;
}

int yamlfile_open(const char *path, size_t max, char error[static YAMLFILE_ERROR_SIZE],
		  struct yamlfile *out)
{
	cleanup_yamlfile struct yamlfile file = { .path = path, .error = error };
	cleanup_free char *text = NULL;
	size_t size;
	int err;

	err = file_read(path, max, &text, &size);
	if (err) {
		snprintf(error, YAMLFILE_ERROR_SIZE, "%s: %s", path, file_strerror(err));
		return err;
	}
	err = parse(check_tokens, text, size, &file);
	if (!err)
		err = parse(load, text, size, &file);
	if (err)
		return err;

	*out = take(file, ((struct yamlfile){ 0 }));
	return 0;
}

void yamlfile_close(struct yamlfile *file)
{
	yaml_document_delete(&file->document);
	*file = (struct yamlfile){ 0 };
}

const yaml_node_t *yamlfile_root(struct yamlfile *file)
{
	return yaml_document_get_root_node(&file->document);
}

unsigned int yamlfile_line(const yaml_node_t *node)
{
	return (unsigned int)node->start_mark.line + 1;
}

const char *yamlfile_text(const yaml_node_t *scalar)
{
	return (const char *)scalar->data.scalar.value;
}

bool yamlfile_is_null(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0 &&
	       node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

const yaml_node_t *yamlfile_node(struct yamlfile *file, int index)
{
	return yaml_document_get_node(&file->document, index);
}

int yamlfile_check_text(struct yamlfile *file, const yaml_node_t *node, const char *key)
{
	if (node->type != YAML_SCALAR_NODE)
		return yamlfile_blame(file, node, key, "expected a single value, not a %s",
				      node->type == YAML_SEQUENCE_NODE ? "list" : "mapping");
	if (strlen(yamlfile_text(node)) != node->data.scalar.length)
		return yamlfile_blame(file, node, key, "contains a NUL byte");
	return 0;
}

int yamlfile_check_keys(struct yamlfile *file, const yaml_node_t *mapping, const char *key)
{
	const yaml_node_pair_t *pairs = mapping->data.mapping.pairs.start;
	size_t count = (size_t)(mapping->data.mapping.pairs.top - pairs);
	const yaml_node_t *nodes[YAMLFILE_KEYS_MAX];
	int err;

	if (count > YAMLFILE_KEYS_MAX)
		return yamlfile_blame(file, mapping, key, "more than %d keys", YAMLFILE_KEYS_MAX);

	for (size_t i = 0; i < count; i++) {
		const yaml_node_t *node = yamlfile_node(file, pairs[i].key);

		err = yamlfile_check_text(file, node, key);
		if (err)
			return err;
		if (strlen(key) + 1 + node->data.scalar.length >= YAMLFILE_KEY_SIZE)
			return yamlfile_blame(file, node, key, "has too long a key");
		for (size_t j = 0; j < i; j++) {
			if (strcmp(yamlfile_text(node), yamlfile_text(nodes[j])) == 0)
				return yamlfile_blame(file, node, yamlfile_text(node),
						      "there already on line %u",
						      yamlfile_line(nodes[j]));
		}
		nodes[i] = node;
	}
	return 0;
}

void yamlfile_join(const char *path, const char *key, char out[static YAMLFILE_KEY_SIZE])
{
	snprintf(out, YAMLFILE_KEY_SIZE, "%s%s%s", path, *path ? "." : "", key);
}

int yamlfile_blame(struct yamlfile *file, const yaml_node_t *node, const char *key, const char *fmt,
		   ...)
{
	va_list args;
	int size;

	size = snprintf(file->error, YAMLFILE_ERROR_SIZE, "%s:%u: %s: ", file->path,
			yamlfile_line(node), key);
	if (size < 0 || size >= YAMLFILE_ERROR_SIZE)
		return -EINVAL;
	va_start(args, fmt);
	vsnprintf(file->error + size, (size_t)(YAMLFILE_ERROR_SIZE - size), fmt, args);
	va_end(args);
	return -EINVAL;
}

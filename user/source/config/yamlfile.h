/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML file as libyaml's tree of nodes, read with errors that name file, line
 * and key. A tree indeed: anchors and aliases, with which a small file says a
 * great deal and a node can hold itself, are refused.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "cleanup.h"

enum {
	YAMLFILE_ERROR_SIZE = 512,
	YAMLFILE_KEYS_MAX = 256, /* in one mapping */
	YAMLFILE_KEY_SIZE = 128, /* of a key with the path to it */
	YAMLFILE_DEPTH_MAX = 16, /* lists and mappings in each other */
};

struct yamlfile {
	const char *path; /* borrowed */
	yaml_document_t document;
	char *error; /* borrowed, YAMLFILE_ERROR_SIZE */
};

/* Load the one document of `path`. -EINVAL malformed, -EFBIG past max bytes or -errno, with a
 * sentence in error. path and error are borrowed for the file's life. The caller owns *out. */
int yamlfile_open(const char *path, size_t max, char error[static YAMLFILE_ERROR_SIZE],
		  struct yamlfile *out);
void yamlfile_close(struct yamlfile *file);
static inline void cleanup_yamlfile_fn(struct yamlfile *file)
{
	yamlfile_close(file);
}
#define cleanup_yamlfile cleanup(cleanup_yamlfile_fn)

/* NULL when the file says nothing. */
const yaml_node_t *yamlfile_root(struct yamlfile *file);
unsigned int yamlfile_line(const yaml_node_t *node);
const char *yamlfile_text(const yaml_node_t *scalar);
/* "key:" with nothing behind it. */
bool yamlfile_is_null(const yaml_node_t *node);

const yaml_node_t *yamlfile_node(struct yamlfile *file, int index);

/* Below, `key` is what an error calls the place. All give -EINVAL with the sentence in file->error.
 */
/* The node must be a scalar without a NUL byte. */
int yamlfile_check_text(struct yamlfile *file, const yaml_node_t *node, const char *key);
/* The mapping's keys are short texts, each there once. */
int yamlfile_check_keys(struct yamlfile *file, const yaml_node_t *mapping, const char *key);

/* "path.key", or "key" when path is "": what check_keys() has let through fits. */
void yamlfile_join(const char *path, const char *key, char out[static YAMLFILE_KEY_SIZE]);

/* Write the sentence. Gives -EINVAL back: return yamlfile_blame(...). */
int yamlfile_blame(struct yamlfile *file, const yaml_node_t *node, const char *key, const char *fmt,
		   ...) __attribute__((format(printf, 4, 5)));

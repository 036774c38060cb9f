/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mapping of a YAML file whose keys are known: each is a row with what reads its
 * value, an unknown one is an error that names those that are.
 */
#pragma once

#include "source/config/yamlfile.h"

/* Called in the order of the file. `where` is the place for errors: "http_server_config.http2".
 * -EINVAL with a sentence in file->error, or -ENOMEM. */
struct yamlkey {
	const char *name;
	int (*read)(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx);
};

struct yamlkeys {
	const char *path; /* to the mapping; "" the file's top */
	const struct yamlkey *keys;
	size_t count;
	void *ctx;
};

/* "key:" with nothing behind it, and a key without a value, are as if not there. */
int yamlkeys_read(struct yamlfile *file, const yaml_node_t *node, const struct yamlkeys *keys);

/* Each item of a list of single values, with "key[2]" as its place. At most `max` of them. */
struct yamlitems {
	int (*read)(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx);
	size_t max;
	void *ctx;
};
int yamlkeys_read_list(struct yamlfile *file, const yaml_node_t *node, const char *where,
		       const struct yamlitems *items);

/* A value that is one text; the caller owns *out, what it held is freed. An empty text: NULL. */
int yamlkeys_read_text(struct yamlfile *file, const yaml_node_t *node, const char *where,
		       char **out);
int yamlkeys_read_bool(struct yamlfile *file, const yaml_node_t *node, const char *where,
		       bool *out);

// SPDX-License-Identifier: Apache-2.0
#include "source/config/web_config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/duration.h"
#include "core/web/bcrypt_hash.h"
#include "source/config/web_tls_config.h"
#include "source/config/yamlkeys.h"

_Static_assert((int)WEB_ERROR_SIZE == YAMLFILE_ERROR_SIZE, "the sentence is handed through");

/* ---- http_server_config ---- */

static int read_http2(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	bool is_on;
	int err = yamlkeys_read_bool(file, node, where, &is_on);

	(void)ctx;
	if (err)
		return err;
	if (is_on)
		return yamlfile_blame(file, node, where,
				      "the agent speaks HTTP/1.1 alone: say false, or nothing");
	return 0;
}

/* A header that ended early would let the rest be one of its own. */
static bool is_header_text(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static int read_header(struct yamlfile *file, const yaml_node_t *node, const char *where,
		       struct web_header *out)
{
	char *value = NULL;
	int err = yamlkeys_read_text(file, node, where, &value);

	if (!err && value && !is_header_text(value))
		err = yamlfile_blame(file, node, where, "contains a control character");
	if (err) {
		free(value);
		return err;
	}
	out->value = value;
	return 0;
}

static int read_one_of(struct yamlfile *file, const yaml_node_t *node, const char *where,
		       const char *words)
{
	int err = yamlfile_check_text(file, node, where);
	const char *text, *at;
	size_t size;

	if (err)
		return err;
	text = yamlfile_text(node);
	size = strlen(text);
	for (at = words; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strcspn(at, " ") == size && !strncmp(at, text, size))
			return 0;
	return yamlfile_blame(file, node, where, "'%s' is not one of: %s", text, words);
}

static int add_header(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	/* An empty value unsets a header, as in the toolkit. */
	static const struct {
		const char *name, *words; /* NULL: any text */
	} headers[] = {
		{ "Content-Security-Policy", NULL },	 { "X-Frame-Options", "deny sameorigin" },
		{ "X-Content-Type-Options", "nosniff" }, { "X-XSS-Protection", NULL },
		{ "Strict-Transport-Security", NULL },
	};
	struct web_settings *out = ctx;
	const char *name = strrchr(where, '.') + 1;
	struct web_header header = { 0 };
	size_t i = 0;
	int err;

	_Static_assert(array_size(headers) <= WEB_HEADERS_MAX, "the settings hold all of them");
	while (i + 1 < array_size(headers) && strcmp(headers[i].name, name) != 0)
		i++;
	header.name = headers[i].name;
	err = read_header(file, node, where, &header);
	if (!err && header.value && headers[i].words)
		err = read_one_of(file, node, where, headers[i].words);
	if (err || !header.value) {
		free(header.value);
		return err;
	}
	out->headers[out->header_count++] = header;
	return 0;
}

static int read_headers(struct yamlfile *file, const yaml_node_t *node, const char *where,
			void *ctx)
{
	static const struct yamlkey keys[] = {
		{ "Content-Security-Policy", add_header },   { "X-Frame-Options", add_header },
		{ "X-Content-Type-Options", add_header },    { "X-XSS-Protection", add_header },
		{ "Strict-Transport-Security", add_header },
	};
	const struct yamlkeys mapping = { where, keys, array_size(keys), ctx };

	return yamlkeys_read(file, node, &mapping);
}

static int read_http(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	static const struct yamlkey keys[] = {
		{ "http2", read_http2 },
		{ "headers", read_headers },
	};
	const struct yamlkeys mapping = { where, keys, array_size(keys), ctx };

	return yamlkeys_read(file, node, &mapping);
}

/* ---- basic_auth_users ---- */

/* Errors do not repeat the hash: they end up in logs. */
static int check_hash(struct yamlfile *file, const yaml_node_t *node, const char *where)
{
	unsigned int cost;

	if (bcrypt_hash_cost(yamlfile_text(node), &cost))
		return yamlfile_blame(file, node, where,
				      "is not a hash of bcrypt such as $2y$10$ and 53 characters");
	if (cost > WEB_CONFIG_COST_MAX)
		return yamlfile_blame(file, node, where,
				      "cost %u would hold the agent up for too long; at most %d",
				      cost, WEB_CONFIG_COST_MAX);
	return 0;
}

static int add_user(struct yamlfile *file, const yaml_node_pair_t *pair, struct web_settings *out)
{
	const yaml_node_t *key = yamlfile_node(file, pair->key);
	const yaml_node_t *value = yamlfile_node(file, pair->value);
	struct web_user user;
	char where[YAMLFILE_KEY_SIZE];
	int err;

	yamlfile_join("basic_auth_users", yamlfile_text(key), where);
	if (strchr(yamlfile_text(key), ':'))
		return yamlfile_blame(file, key, where, "no name of a user contains ':'");
	err = yamlfile_check_text(file, value, where);
	if (!err)
		err = check_hash(file, value, where);
	if (err)
		return err;
	user.name = strdup(yamlfile_text(key));
	user.hash = strdup(yamlfile_text(value));
	out->users[out->user_count++] = user;
	return user.name && user.hash ? 0 : -ENOMEM;
}

static int read_users(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	const yaml_node_pair_t *pair;
	struct web_settings *out = ctx;
	int err;

	if (node->type != YAML_MAPPING_NODE)
		return yamlfile_blame(file, node, where, "expected a mapping");
	err = yamlfile_check_keys(file, node, where);
	for (pair = node->data.mapping.pairs.start; !err && pair < node->data.mapping.pairs.top;
	     pair++) {
		if (out->user_count == WEB_USERS_MAX)
			return yamlfile_blame(file, node, where, "more than %d users",
					      WEB_USERS_MAX);
		err = add_user(file, pair, out);
	}
	return err;
}

/* ---- rate_limit ---- */

#define RATE_PERIOD_MAX_NS (3600ULL * 1000000000)

static int read_interval(struct yamlfile *file, const yaml_node_t *node, const char *where,
			 void *ctx)
{
	struct web_settings *out = ctx;
	uint64_t period_ns;
	int err = yamlfile_check_text(file, node, where);

	if (err)
		return err;
	if (!strcmp(yamlfile_text(node), "0")) {
		out->rate_period_ns = 0;
		return 0;
	}
	if (duration_parse(yamlfile_text(node), &period_ns) || period_ns > RATE_PERIOD_MAX_NS)
		return yamlfile_blame(file, node, where,
				      "'%s' is not a duration such as 1s, of at most 1h",
				      yamlfile_text(node));
	out->rate_period_ns = period_ns;
	return 0;
}

static int read_burst(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	struct web_settings *out = ctx;
	int err = yamlfile_check_text(file, node, where);
	const char *text;

	if (err)
		return err;
	text = yamlfile_text(node);
	if (!*text || strlen(text) > 6 || text[strspn(text, "0123456789")])
		return yamlfile_blame(file, node, where, "'%s' is not a number of requests", text);
	out->rate_burst = (uint32_t)strtoul(text, NULL, 10);
	return 0;
}

static int read_rate(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	static const struct yamlkey keys[] = {
		{ "interval", read_interval },
		{ "burst", read_burst },
	};
	const struct yamlkeys mapping = { where, keys, array_size(keys), ctx };
	const struct web_settings *out = ctx;
	int err = yamlkeys_read(file, node, &mapping);

	if (!err && out->rate_period_ns && !out->rate_burst)
		err = yamlfile_blame(file, node, where, "a burst of 0 would refuse every request");
	return err;
}

/* ---- the whole ---- */

static int read_tls(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	(void)where;
	return web_tls_config_read(file, node, ctx);
}

static int read_root(struct yamlfile *file, struct web_settings *out)
{
	static const struct yamlkey keys[] = {
		{ "tls_server_config", read_tls },
		{ "http_server_config", read_http },
		{ "basic_auth_users", read_users },
		{ "rate_limit", read_rate },
	};
	const struct yamlkeys mapping = { "", keys, array_size(keys), out };
	const yaml_node_t *root = yamlfile_root(file);

	return !root || yamlfile_is_null(root) ? 0 : yamlkeys_read(file, root, &mapping);
}

/* After an error: what to look at again. */
static struct web_settings only_files(struct web_settings *settings)
{
	struct web_settings files = { .file_count = settings->file_count };

	memcpy(files.files, settings->files, sizeof(files.files));
	settings->file_count = 0;
	web_settings_clear(settings);
	return files;
}

int web_config_read(const char *path, struct web_settings *out, char error[static WEB_ERROR_SIZE])
{
	cleanup_yamlfile struct yamlfile file = { 0 };
	struct web_settings settings = { 0 };
	int err = web_settings_add_file(&settings, path);

	if (!err)
		err = yamlfile_open(path, WEB_CONFIG_FILE_MAX, error, &file);
	if (!err)
		err = read_root(&file, &settings);
	if (err == -ENOMEM)
		snprintf(error, WEB_ERROR_SIZE, "%s: out of memory", path);
	*out = err ? only_files(&settings) : settings;
	return err;
}

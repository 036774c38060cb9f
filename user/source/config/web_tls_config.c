// SPDX-License-Identifier: Apache-2.0
#include "source/config/web_tls_config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "source/base/file.h"
#include "source/config/yamlkeys.h"

/* What is given as text or as a file. */
enum part { PART_CERT, PART_KEY, PART_CA, PART_COUNT };

static const struct {
	const char *text, *file; /* keys */
} parts[PART_COUNT] = {
	[PART_CERT] = { "cert", "cert_file" },
	[PART_KEY] = { "key", "key_file" },
	[PART_CA] = { "client_ca", "client_ca_file" },
};

struct reader {
	struct web_settings *out;
	char *files[PART_COUNT]; /* as written */
	const yaml_node_t *file_nodes[PART_COUNT];
	const yaml_node_t *auth_node, *sans_node, *suites_node, *max_node;
};

static char **text_of(struct reader *reader, enum part part)
{
	struct web_tls_settings *tls = &reader->out->tls;

	return part == PART_CERT ? &tls->cert : part == PART_KEY ? &tls->key : &tls->client_ca;
}

/* ---- keys ---- */

#define PART_READERS(name, part)                                                                  \
	static int read_##name(struct yamlfile *file, const yaml_node_t *node, const char *where, \
			       void *ctx)                                                         \
	{                                                                                         \
		return yamlkeys_read_text(file, node, where, text_of(ctx, part));                 \
	}                                                                                         \
	static int read_##name##_file(struct yamlfile *file, const yaml_node_t *node,             \
				      const char *where, void *ctx)                               \
	{                                                                                         \
		struct reader *reader = ctx;                                                      \
                                                                                                  \
		reader->file_nodes[part] = node;                                                  \
		return yamlkeys_read_text(file, node, where, &reader->files[part]);               \
	}

PART_READERS(cert, PART_CERT)
PART_READERS(key, PART_KEY)
PART_READERS(client_ca, PART_CA)

static int read_auth_type(struct yamlfile *file, const yaml_node_t *node, const char *where,
			  void *ctx)
{
	static const struct {
		const char *name;
		enum web_client_auth auth;
	} types[] = {
		{ "NoClientCert", WEB_CLIENT_NONE },
		{ "RequestClientCert", WEB_CLIENT_REQUEST },
		{ "RequireAnyClientCert", WEB_CLIENT_ANY },
		{ "RequireClientCert", WEB_CLIENT_ANY }, /* what it was once called */
		{ "VerifyClientCertIfGiven", WEB_CLIENT_VERIFY_GIVEN },
		{ "RequireAndVerifyClientCert", WEB_CLIENT_VERIFY },
	};
	struct reader *reader = ctx;
	int err = yamlfile_check_text(file, node, where);

	if (err)
		return err;
	for (size_t i = 0; i < array_size(types); i++) {
		if (strcmp(types[i].name, yamlfile_text(node)) != 0)
			continue;
		reader->out->tls.client_auth = types[i].auth;
		reader->auth_node = node;
		return 0;
	}
	return yamlfile_blame(file, node, where,
			      "'%s' is not one of NoClientCert, RequestClientCert, "
			      "RequireAnyClientCert, VerifyClientCertIfGiven, "
			      "RequireAndVerifyClientCert",
			      yamlfile_text(node));
}

static int read_san(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	struct web_tls_settings *tls = &((struct reader *)ctx)->out->tls;
	char *san = NULL;
	int err = yamlkeys_read_text(file, node, where, &san);

	if (err)
		return err;
	if (!san)
		return yamlfile_blame(file, node, where, "is empty");
	tls->sans[tls->san_count++] = san;
	return 0;
}

static int read_sans(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	const struct yamlitems items = { read_san, WEB_SANS_MAX, ctx };

	((struct reader *)ctx)->sans_node = node;
	return yamlkeys_read_list(file, node, where, &items);
}

static int read_version(struct yamlfile *file, const yaml_node_t *node, const char *where,
			enum tls_version *out)
{
	int err = yamlfile_check_text(file, node, where);

	if (err)
		return err;
	if (tls_version_parse(yamlfile_text(node), out))
		return yamlfile_blame(file, node, where,
				      "'%s' is not one of TLS10, TLS11, TLS12, TLS13",
				      yamlfile_text(node));
	return 0;
}

static int read_min(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	return read_version(file, node, where, &((struct reader *)ctx)->out->tls.choice.min);
}

static int read_max(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	struct reader *reader = ctx;

	reader->max_node = node;
	return read_version(file, node, where, &reader->out->tls.choice.max);
}

static int read_suite(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	struct tls_choice *choice = &((struct reader *)ctx)->out->tls.choice;
	uint8_t suite;

	if (tls_suite_parse(yamlfile_text(node), &suite))
		return yamlfile_blame(file, node, where,
				      "'%s' is not a cipher suite that Go calls secure",
				      yamlfile_text(node));
	choice->suites[choice->suite_count++] = suite;
	return 0;
}

static int read_suites(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	const struct yamlitems items = { read_suite, TLS_SUITES_MAX, ctx };

	((struct reader *)ctx)->suites_node = node;
	return yamlkeys_read_list(file, node, where, &items);
}

static int read_curve(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	struct tls_choice *choice = &((struct reader *)ctx)->out->tls.choice;
	uint8_t curve;

	if (tls_curve_parse(yamlfile_text(node), &curve))
		return yamlfile_blame(file, node, where,
				      "'%s' is not one of CurveP256, CurveP384, CurveP521, X25519",
				      yamlfile_text(node));
	choice->curves[choice->curve_count++] = curve;
	return 0;
}

static int read_curves(struct yamlfile *file, const yaml_node_t *node, const char *where, void *ctx)
{
	const struct yamlitems items = { read_curve, TLS_CURVES_MAX, ctx };

	return yamlkeys_read_list(file, node, where, &items);
}

static int read_preference(struct yamlfile *file, const yaml_node_t *node, const char *where,
			   void *ctx)
{
	return yamlkeys_read_bool(file, node, where,
				  &((struct reader *)ctx)->out->tls.choice.prefers_server);
}

static const struct yamlkey keys[] = {
	{ "cert", read_cert },
	{ "cert_file", read_cert_file },
	{ "key", read_key },
	{ "key_file", read_key_file },
	{ "client_auth_type", read_auth_type },
	{ "client_ca", read_client_ca },
	{ "client_ca_file", read_client_ca_file },
	{ "client_allowed_sans", read_sans },
	{ "min_version", read_min },
	{ "max_version", read_max },
	{ "cipher_suites", read_suites },
	{ "prefer_server_cipher_suites", read_preference },
	{ "curve_preferences", read_curves },
};

/* ---- the whole ---- */

#define PATH "tls_server_config"

/* A name without a slash in front is of the configuration's folder. */
static char *place_of(const char *config, const char *name)
{
	const char *slash = strrchr(config, '/');
	char *path;

	if (*name == '/' || !slash)
		return strdup(name);
	if (asprintf(&path, "%.*s/%s", (int)(slash - config), config, name) < 0)
		return NULL;
	return path;
}

static int read_file(struct yamlfile *file, struct reader *reader, enum part part)
{
	const yaml_node_t *node = reader->file_nodes[part];
	cleanup_free char *path = place_of(file->path, reader->files[part]);
	char where[YAMLFILE_KEY_SIZE];
	size_t size;
	int err;

	err = path ? web_settings_add_file(reader->out, path) : -ENOMEM;
	if (!err)
		err = file_read(path, WEB_PEM_MAX, text_of(reader, part), &size);
	if (!err || err == -ENOMEM)
		return err;
	yamlfile_join(PATH, parts[part].file, where);
	yamlfile_blame(file, node, where, "'%s': %s", path, file_strerror(err));
	return err;
}

static int read_files(struct yamlfile *file, const yaml_node_t *node, struct reader *reader)
{
	int err = 0;

	for (enum part part = 0; part < PART_COUNT && !err; part++) {
		bool has_text = *text_of(reader, part);

		if (reader->files[part] && has_text)
			err = yamlfile_blame(file, node, PATH, "has both %s and %s",
					     parts[part].text, parts[part].file);
		else if (reader->files[part])
			err = read_file(file, reader, part);
		else if (!has_text && part != PART_CA)
			err = yamlfile_blame(file, node, PATH, "needs %s or %s", parts[part].text,
					     parts[part].file);
	}
	return err;
}

static int check_clients(struct yamlfile *file, const yaml_node_t *node,
			 const struct reader *reader)
{
	const struct web_tls_settings *tls = &reader->out->tls;
	bool verifies = tls->client_auth >= WEB_CLIENT_VERIFY_GIVEN;

	if (tls->client_ca && tls->client_auth == WEB_CLIENT_NONE)
		return yamlfile_blame(file, node, PATH,
				      "has authorities for clients, but client_auth_type asks none "
				      "for a certificate");
	if (tls->san_count && tls->client_auth == WEB_CLIENT_NONE)
		return yamlfile_blame(file, reader->sans_node, PATH ".client_allowed_sans",
				      "client_auth_type asks none for a certificate");
	if (verifies && !tls->client_ca)
		return yamlfile_blame(file, reader->auth_node, PATH ".client_auth_type",
				      "needs client_ca_file or client_ca: the system's authorities "
				      "are not asked");
	return 0;
}

static int check_choice(struct yamlfile *file, const struct reader *reader)
{
	const struct tls_choice *choice = &reader->out->tls.choice;
	const char *surplus = tls_choice_surplus(choice);

	if (surplus)
		return yamlfile_blame(file, reader->suites_node, PATH ".cipher_suites",
				      "these offer %s, too, which GnuTLS cannot leave out: name it "
				      "or fewer",
				      surplus);
	return 0;
}

static int check_versions(struct yamlfile *file, const yaml_node_t *node,
			  const struct reader *reader)
{
	const struct tls_choice *choice = &reader->out->tls.choice;

	if (choice->min <= choice->max)
		return 0;
	return yamlfile_blame(file, reader->max_node ? reader->max_node : node, PATH,
			      "min_version is above max_version");
}

int web_tls_config_read(struct yamlfile *file, const yaml_node_t *node, struct web_settings *out)
{
	struct reader reader = { .out = out };
	const struct yamlkeys mapping = { PATH, keys, array_size(keys), &reader };
	int err;

	out->tls.is_on = true;
	out->tls.choice = tls_choice_default();
	err = yamlkeys_read(file, node, &mapping);
	if (!err)
		err = read_files(file, node, &reader);
	if (!err)
		err = check_clients(file, node, &reader);
	if (!err)
		err = check_versions(file, node, &reader);
	if (!err)
		err = check_choice(file, &reader);
	for (enum part part = 0; part < PART_COUNT; part++)
		free(reader.files[part]);
	return err;
}

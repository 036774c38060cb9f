/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Web settings: what a web configuration file says of who may ask and how: TLS,
 * users, headers, a rate. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/web/tls_words.h"

enum {
	WEB_HEADERS_MAX = 5,
	WEB_USERS_MAX = 64,
	WEB_SANS_MAX = 64,
	WEB_FILES_MAX = 4, /* the configuration, certificate, key, authorities */
	WEB_ERROR_SIZE = 512,
};

/* As crypto/tls of Go has them. */
enum web_client_auth {
	WEB_CLIENT_NONE, /* is asked for no certificate */
	WEB_CLIENT_REQUEST, /* whatever it shows, or nothing */
	WEB_CLIENT_ANY, /* must show one, of anybody */
	WEB_CLIENT_VERIFY_GIVEN, /* one that is shown must be good */
	WEB_CLIENT_VERIFY,
	WEB_CLIENT_COUNT,
};

/* Every string here is owned. */
struct web_tls_settings {
	bool is_on;
	char *cert, *key, *client_ca; /* PEM; client_ca NULL: none */
	enum web_client_auth client_auth;
	char *sans[WEB_SANS_MAX]; /* one of them must be the client certificate's; none: any */
	size_t san_count;
	struct tls_choice choice;
};

struct web_header {
	const char *name; /* a literal */
	char *value;
};

struct web_user {
	char *name;
	char *hash; /* of bcrypt */
};

/* No trace of the hash stays. */
void web_user_clear(struct web_user *user);

struct web_settings {
	struct web_tls_settings tls;
	struct web_header headers[WEB_HEADERS_MAX];
	size_t header_count;
	struct web_user users[WEB_USERS_MAX];
	size_t user_count; /* 0: everybody may ask */
	uint64_t rate_period_ns; /* a request each, after `rate_burst` at once; 0: any rate */
	uint32_t rate_burst;
	char *files[WEB_FILES_MAX]; /* all this is from them, the configuration first */
	size_t file_count;
};

/* One file more; the path is copied. -ENOMEM. At most WEB_FILES_MAX. */
int web_settings_add_file(struct web_settings *settings, const char *path);

void web_settings_clear(struct web_settings *settings);
static inline void cleanup_web_settings_fn(struct web_settings *settings)
{
	web_settings_clear(settings);
}
#define cleanup_web_settings cleanup(cleanup_web_settings_fn)

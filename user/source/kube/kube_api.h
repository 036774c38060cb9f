/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where one object of the Kubernetes API is asked for, and with which token. The
 * object is selected by its name in its collection, so that a list of it and a watch
 * of it cost the API server the reading of one key.
 */
#pragma once

#include "cleanup.h"

struct supplier_settings;

enum {
	KUBE_VERSION_SIZE = 64, /* of a resourceVersion; today's have at most 20 digits */
};

struct kube_api {
	char *object_url; /* owned: the collection's, with the selector */
	const char *token_file, *ca_file; /* borrowed; NULL none */
};

/* path is that of the collection, such as "/api/v1/nodes"; the object has the name of the node. The
 * settings' texts are borrowed from now on. 1: they have no URL, *out untouched. -EINVAL a URL that
 * is not http:// or https://, or no name; -ENOMEM. Says why in the log when it fails. */
int kube_api_init(const struct supplier_settings *settings, const char *path, struct kube_api *out);
void kube_api_clear(struct kube_api *api);

/* Of a list when version is "", else of a watch from there, which the server ends after timeout_s
 * seconds. NULL: no memory. The caller owns it. */
char *kube_api_url(const struct kube_api *api, const char *version, unsigned int timeout_s);

/* The header with the token that the file has now; NULL without such a file, and over http://,
 * which would show it to everyone on the way. -EINVAL what is in the file is no token, -ENOMEM, or
 * as file_read(). The caller owns *out. */
int kube_api_authorization(const struct kube_api *api, char **out);

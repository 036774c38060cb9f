// SPDX-License-Identifier: Apache-2.0
#include "source/kube/kube_api.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "log.h"
#include "net/percent.h"
#include "source/base/token.h"
#include "source/supplier/supplier.h"

static bool is_given(const char *text)
{
	return text && text[0];
}

/* Length of the URL without slashes at its end, which the path begins with; 0: not usable. */
static size_t check_url(const char *url)
{
	size_t size = strlen(url);

	if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
		return 0;
	if (strpbrk(url, "?#"))
		return 0;
	while (url[size - 1] == '/')
		size--;
	return size;
}

int kube_api_init(const struct supplier_settings *settings, const char *path, struct kube_api *out)
{
	const char *url = settings->kubernetes_url;
	cleanup_free char *name = NULL;
	char *object_url;
	bool is_secure;
	size_t size;

	if (!is_given(url))
		return 1;
	size = check_url(url);
	if (!size)
		return log_err(-EINVAL, "cannot ask Kubernetes at '%s'", url);
	if (!is_given(settings->node))
		return log_err(-EINVAL, "cannot ask Kubernetes for '%s' without a name", path);

	name = percent_encode(settings->node);
	if (!name || asprintf(&object_url, "%.*s%s?fieldSelector=metadata.name%%3D%s", (int)size,
			      url, path, name) < 0)
		return log_err(-ENOMEM, "cannot ask Kubernetes for '%s'", path);

	is_secure = strncasecmp(url, "https://", 8) == 0;
	if (!is_secure && is_given(settings->kubernetes_token_file))
		log_info("'%s' is asked for '%s' without the token, which is for https:// alone",
			 url, path);
	*out = (struct kube_api){
		.object_url = object_url,
		.token_file = is_secure && is_given(settings->kubernetes_token_file)
				      ? settings->kubernetes_token_file
				      : NULL,
		.ca_file = is_given(settings->kubernetes_ca_file) ? settings->kubernetes_ca_file
								  : NULL,
	};
	return 0;
}

void kube_api_clear(struct kube_api *api)
{
	free(api->object_url);
	*api = (struct kube_api){ 0 };
}

char *kube_api_url(const struct kube_api *api, const char *version, unsigned int timeout_s)
{
	cleanup_free char *encoded = NULL;
	char *url;
	int size;

	if (!version[0]) {
		size = asprintf(&url, "%s&limit=1", api->object_url);
		return size < 0 ? NULL : url;
	}
	encoded = percent_encode(version);
	if (!encoded)
		return NULL;
	size = asprintf(
		&url, "%s&watch=true&allowWatchBookmarks=true&timeoutSeconds=%u&resourceVersion=%s",
		api->object_url, timeout_s, encoded);
	return size < 0 ? NULL : url;
}

int kube_api_authorization(const struct kube_api *api, char **out)
{
	return token_header(api->token_file, out);
}

// SPDX-License-Identifier: Apache-2.0
#include "net/web_text.h"

#include <ctype.h>
#include <string.h>

bool web_text_is_url(const struct curl_api *api, const char *text)
{
	CURLU *url = api->url();
	char *scheme = NULL;
	bool is_good;

	is_good = url && !api->url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER) &&
		  !api->url_get(url, CURLUPART_SCHEME, &scheme, 0) &&
		  (!strcmp(scheme, "http") || !strcmp(scheme, "https"));
	api->free(scheme);
	api->url_cleanup(url);
	return is_good;
}

bool web_text_is_header(const char *text)
{
	size_t name = strcspn(text, ":");
	const char *value = text + name + 1;

	for (size_t i = 0; i < name; i++) {
		if (!isalnum((unsigned char)text[i]) && !strchr("-_", text[i]))
			return false;
	}
	if (!name || !text[name] || !value[strspn(value, " \t")])
		return false;
	for (; *value; value++) {
		if (iscntrl((unsigned char)*value) && *value != '\t')
			return false;
	}
	return true;
}

bool web_text_is_method(const char *text)
{
	return text[0] && !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")];
}

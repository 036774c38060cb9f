// SPDX-License-Identifier: Apache-2.0
#include "net/upload.h"

#include <stdio.h>

#include "net/web_text.h"

enum { HEADER_SIZE = 128 };

CURLcode upload_set(const struct curl_api *api, CURL *easy, const struct upload *upload,
		    struct curl_slist **headers)
{
	struct curl_slist *longer;
	char header[HEADER_SIZE];
	CURLcode code;
	int size;

	if (!upload->body)
		return CURLE_OK;
	size = snprintf(header, sizeof(header), "Content-Type: %s",
			upload->content_type ? upload->content_type : "");
	if (size >= HEADER_SIZE || !web_text_is_header(header))
		return CURLE_BAD_FUNCTION_ARGUMENT;
	longer = api->slist_append(*headers, header);
	if (!longer)
		return CURLE_OUT_OF_MEMORY;
	*headers = longer;

	/* The size first: else the copy ends at a NUL. */
	code = api->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)upload->size);
	return code ? code : api->easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, upload->body);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Upload: what a request brings along. */
#pragma once

#include <stddef.h>

#include "net/curl.h"

struct upload {
	const char *body; /* NULL: nothing */
	size_t size;
	const char *content_type; /* "application/json"; NULL or too long for a header is none */
};

/* Copies the body into the transfer, which is a POST from now on where no method says otherwise,
 * and adds its header to the list. */
CURLcode upload_set(const struct curl_api *api, CURL *easy, const struct upload *upload,
		    struct curl_slist **headers);

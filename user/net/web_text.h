/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be put into a request. Texts that end a line early would be a second
 * header, or a second request.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "net/curl.h"

/* http or https, with a host and without a user. */
bool web_text_is_url(const struct curl_api *api, const char *text);
/* "Name: value" in one line. Without a value it is none: libcurl takes that as the wish to send no
 * such header. */
bool web_text_is_header(const char *text);
bool web_text_is_method(const char *text); /* "GET" */

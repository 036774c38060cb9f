// SPDX-License-Identifier: Apache-2.0
#include "sink/web/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/web/web_settings.h"

/* What an answer says by itself stays. */
static enum MHD_Result add_common(const struct web_header *headers, struct MHD_Response *response)
{
	enum MHD_Result result = MHD_YES;

	for (const struct web_header *at = headers; at && at->name && result; at++)
		if (!MHD_get_response_header(response, at->name))
			result = MHD_add_response_header(response, at->name, at->value);
	return result;
}

enum MHD_Result answer_send(const struct answer *answer, const struct http_response *response)
{
	struct MHD_Response *whole = MHD_create_response_from_buffer(response->size, response->body,
								     MHD_RESPMEM_MUST_FREE);
	enum MHD_Result result = MHD_YES;

	if (!whole) {
		free(response->body);
		return MHD_NO;
	}
	if (response->content_type)
		result = MHD_add_response_header(whole, MHD_HTTP_HEADER_CONTENT_TYPE,
						 response->content_type);
	for (const struct http_header *at = response->headers; at && at->name && result; at++)
		result = MHD_add_response_header(whole, at->name, at->value);
	if (result == MHD_YES)
		result = add_common(answer->headers, whole);
	if (result == MHD_YES)
		result = MHD_queue_response(answer->connection, response->status, whole);
	MHD_destroy_response(whole);
	return result;
}

char *http_error_json(const char *text)
{
	char *json;

	return asprintf(&json, "{\"v\":1,\"error\":\"%s\"}\n", text) < 0 ? NULL : json;
}

static enum MHD_Result send_text(const struct answer *answer, const struct http_response *base,
				 const char *text)
{
	struct http_response response = *base;

	response.content_type = answer->is_json ? "application/json" : "text/plain; charset=utf-8";
	if (answer->is_json)
		response.body = http_error_json(text);
	else if (asprintf(&response.body, "%s\n", text) < 0)
		response.body = NULL;
	if (!response.body)
		return MHD_NO;
	response.size = strlen(response.body);
	return answer_send(answer, &response);
}

enum MHD_Result answer_error(const struct answer *answer, unsigned int status, const char *text)
{
	static const struct http_header allow[] = { { MHD_HTTP_HEADER_ALLOW, "GET, HEAD" },
						    { NULL, NULL } };
	const struct http_response base = {
		.status = status,
		.headers = status == MHD_HTTP_METHOD_NOT_ALLOWED ? allow : NULL,
	};

	return send_text(answer, &base, text);
}

enum MHD_Result answer_ask_password(const struct answer *answer)
{
	static const struct http_header headers[] = {
		{ MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Basic realm=\"podip\"" }, { NULL, NULL }
	};
	const struct http_response base = { .status = MHD_HTTP_UNAUTHORIZED, .headers = headers };

	return send_text(answer, &base, "unauthorized");
}

enum MHD_Result answer_ask_to_wait(const struct answer *answer, unsigned int wait_s)
{
	char text[16];
	const struct http_header headers[] = { { MHD_HTTP_HEADER_RETRY_AFTER, text },
					       { NULL, NULL } };
	const struct http_response base = { .status = MHD_HTTP_TOO_MANY_REQUESTS,
					    .headers = headers };

	snprintf(text, sizeof(text), "%u", wait_s);
	return send_text(answer, &base, "too many requests");
}

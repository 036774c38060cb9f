/* SPDX-License-Identifier: Apache-2.0 */
/* Answer: what a request of the HTTP server gets. */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

struct web_header;

struct http_header {
	const char *name, *value; /* literals */
};

/* What a handler fills. body is malloc()ed; the server takes it. */
struct http_response {
	unsigned int status;
	const char *content_type; /* a literal */
	char *body;
	size_t size;
	const struct http_header *headers; /* more of them, up to one without a name; NULL: none */
};

/* Whom it is for. Everything is borrowed. */
struct answer {
	struct MHD_Connection *connection;
	const struct web_header *headers; /* that each has, but for its own; NULL: none */
	bool is_json; /* errors are */
};

/* As the library takes it; MHD_NO closes the connection. Takes the response's body. */
enum MHD_Result answer_send(const struct answer *answer, const struct http_response *response);
/* Of a literal. */
enum MHD_Result answer_error(const struct answer *answer, unsigned int status, const char *text);
enum MHD_Result answer_ask_password(const struct answer *answer);
enum MHD_Result answer_ask_to_wait(const struct answer *answer, unsigned int wait_s);

/* Text, a literal, as the body of an error of a unix socket; the caller owns it. NULL: out of
 * memory. */
char *http_error_json(const char *text);

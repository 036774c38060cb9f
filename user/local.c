// SPDX-License-Identifier: Apache-2.0
#include "local.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "core/base/recent.h"
#include "core/capacity/account.h"
#include "core/status/node_json.h"
#include "core/status/status_json.h"
#include "loop.h"

/* ---- answers ---- */

static int refuse(const char *text, struct http_response *out)
{
	char *body = http_error_json(text);

	if (!body)
		return -ENOMEM;
	*out = (struct http_response){ .status = 400,
				       .content_type = "application/json",
				       .body = body,
				       .size = strlen(body) };
	return 0;
}

/* Takes the reference; NULL is out of memory. */
static int answer_json(json_t *json, struct http_response *out)
{
	char *body = NULL;
	size_t size;
	FILE *stream = json ? open_memstream(&body, &size) : NULL;
	int err;

	if (!stream) {
		json_decref(json);
		return -ENOMEM;
	}
	err = json_dumpf(json, stream, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(json);
	fputc('\n', stream);
	if (fclose(stream) || err) {
		free(body);
		return -ENOMEM;
	}
	*out = (struct http_response){
		.status = 200, .content_type = "application/json", .body = body, .size = size
	};
	return 0;
}

/* ---- routes ---- */

static int on_status(const struct http_request *request, void *ctx, struct http_response *out)
{
	const struct local *local = ctx;
	struct metrics_input input;
	struct status status;
	json_t *json;
	int err;

	if (request->argument_count)
		return refuse("/v1/status takes no arguments", out);
	local->source.measure(&input, local->source.ctx);
	err = status_take(&input, local->node, loop_wall_ns(), &status);
	if (err)
		return err;
	json = status_to_json(&status);
	status_clear(&status);
	return answer_json(json, out);
}

static int on_snapshot(const struct http_request *request, void *ctx, struct http_response *out)
{
	const struct local *local = ctx;

	if (request->argument_count)
		return refuse("/v1/snapshot takes no arguments", out);
	return answer_json(
		snapshot_to_json(local->state, local->identities, account_ranges(local->account)),
		out);
}

static int on_leaks(const struct http_request *request, void *ctx, struct http_response *out)
{
	const struct local *local = ctx;

	if (request->argument_count)
		return refuse("/v1/leaks takes no arguments", out);
	return answer_json(json_pack("{s:i, s:o}", "v", 1, "leaks",
				     audit_to_json(local->audit, loop_wall_ns())),
			   out);
}

/* 0: not a count. */
static size_t parse_count(const char *text)
{
	size_t count = 0;

	if (!text || !*text || strlen(text) > 5 || text[strspn(text, "0123456789")])
		return 0;
	for (; *text; text++)
		count = count * 10 + (size_t)(*text - '0');
	return count <= LOCAL_EVENTS_MAX ? count : 0;
}

static int on_events(const struct http_request *request, void *ctx, struct http_response *out)
{
	const struct local *local = ctx;
	const struct http_argument *last = &request->arguments[0];
	struct http_response response = { .status = 200, .content_type = "application/x-ndjson" };
	size_t count = LOCAL_EVENTS_DEFAULT;
	int err;

	if (request->argument_count > 1 ||
	    (request->argument_count && strcmp(last->name, "last") != 0))
		return refuse("/v1/events takes one argument, last", out);
	if (request->argument_count)
		count = parse_count(last->value);
	if (!count)
		return refuse("last is not a number from 1 to 10000", out);
	err = recent_last(local->recent, count, &response.body, &response.size);
	if (err)
		return err;
	*out = response;
	return 0;
}

static int on_metrics(const struct http_request *request, void *ctx, struct http_response *out)
{
	const struct local *local = ctx;

	return serve_metrics(&local->source, request, out);
}

static int on_health(const struct http_request *request, void *ctx, struct http_response *out)
{
	(void)request;
	(void)ctx;
	return serve_health(out);
}

static int on_ready(const struct http_request *request, void *ctx, struct http_response *out)
{
	const struct local *local = ctx;

	(void)request;
	return serve_ready(&local->source, out);
}

const struct http_route local_routes[] = {
	{ "/v1/status", on_status, false }, { "/v1/snapshot", on_snapshot, false },
	{ "/v1/leaks", on_leaks, false },   { "/v1/events", on_events, false },
	{ "/metrics", on_metrics, false },  { "/healthz", on_health, false },
	{ "/readyz", on_ready, false },
};

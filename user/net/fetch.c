// SPDX-License-Identifier: Apache-2.0
/*
 * libcurl calls on_head() and on_body() from within multi_turn(), and may not be
 * called back from there. What a callback of ours asks for meanwhile waits until the
 * turn is over: a started request to be added, a cancelled one to be freed.
 */
#include "net/fetch.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "core/base/text.h"
#include "log.h"
#include "net/curl.h"
#include "net/multi.h"
#include "net/reply.h"
#include "net/upload.h"
#include "net/web_text.h"

enum {
	NS_PER_MS = 1000000,
	NS_PER_S = 1000000000,
	CONNECT_PART = 4, /* of the timeout */
};

_Static_assert((int)FETCH_ETAG_SIZE >= (int)HEAD_ETAG_SIZE, "an ETag would be cut");

struct fetcher {
	const struct curl_api *api;
	struct multi *multi;
	struct fetch *fetches[FETCHES_MAX]; /* NULL: a free place */
	bool is_turning; /* libcurl is at work, and may not be called */
};

struct fetch {
	struct fetcher *fetcher;
	struct fetch **place; /* in fetcher->fetches */
	CURL *easy;
	struct curl_slist *headers;
	fetch_line_fn on_line;
	fetch_done_fn on_done;
	void *ctx;
	uint64_t silence_ns; /* 0: no such bound */
	uint64_t heard_ns; /* when something came, or it was started */
	struct reply reply;
	bool is_added; /* libcurl has it */
	bool is_cancelled; /* during a turn: to be freed after it */
	bool is_ending; /* finish() has it, and frees it */
	char words[CURL_ERROR_SIZE]; /* libcurl's, when it fails */
};

static void free_fetch(struct fetch *fetch)
{
	const struct curl_api *api;

	if (!fetch)
		return;
	api = fetch->fetcher->api;
	api->easy_cleanup(fetch->easy);
	api->slist_free_all(fetch->headers);
	reply_clear(&fetch->reply);
	free(fetch);
}
DEFINE_CLEANUP(fetch, struct fetch *, free_fetch)
#define cleanup_fetch cleanup(cleanup_fetch_fn)

/* From here on it is nobody's but the caller's. */
static void take_out(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;

	*fetch->place = NULL;
	fetcher->api->multi_remove_handle(multi_handle(fetcher->multi), fetch->easy);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static bool is_request(const struct curl_api *api, const struct fetch_request *request)
{
	for (size_t i = 0; i < FETCH_HEADERS_MAX && request->headers[i]; i++) {
		if (!web_text_is_header(request->headers[i]))
			return false;
	}
	return (!request->method || web_text_is_method(request->method)) &&
	       web_text_is_url(api, request->url) && request->timeout_ns &&
	       request->max_bytes <= SSIZE_MAX - 1;
}

/* Rounded up; libcurl's 0 would be another word for never. */
static long in_units(uint64_t ns, uint64_t unit_ns)
{
	uint64_t units = ns / unit_ns + (ns % unit_ns != 0);

	return (long)(units < INT_MAX ? units : INT_MAX);
}

static int give_line(char *line, size_t size, void *ctx)
{
	struct fetch *fetch = ctx;
	int err = fetch->on_line(line, size, fetch->ctx);

	/* No more after that, of those that came with it. */
	return fetch->is_cancelled ? -ECANCELED : err;
}

static long status_of(const struct fetch *fetch)
{
	long status = 0;

	fetch->fetcher->api->easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static size_t on_head(char *line, size_t one, size_t size, void *ctx)
{
	struct fetch *fetch = ctx;

	(void)one;
	fetch->heard_ns = now_ns();
	if (fetch->is_cancelled || reply_add_head(&fetch->reply, line, size))
		return CURL_WRITEFUNC_ERROR;
	return size;
}

static size_t on_body(char *piece, size_t one, size_t size, void *ctx)
{
	struct fetch *fetch = ctx;

	(void)one;
	fetch->heard_ns = now_ns();
	if (fetch->is_cancelled || reply_add_body(&fetch->reply, status_of(fetch), piece, size))
		return CURL_WRITEFUNC_ERROR;
	return size;
}

static CURLcode set_request(const struct curl_api *api, struct fetch *fetch,
			    const struct fetch_request *request)
{
	const struct {
		CURLoption option;
		const void *value; /* NULL: not set */
	} pointers[] = {
		{ CURLOPT_PRIVATE, fetch },
		{ CURLOPT_HEADERDATA, fetch },
		{ CURLOPT_WRITEDATA, fetch },
		{ CURLOPT_ERRORBUFFER, fetch->words },
		{ CURLOPT_HTTPHEADER, fetch->headers },
		{ CURLOPT_URL, request->url },
		{ CURLOPT_UNIX_SOCKET_PATH, request->socket_path },
		{ CURLOPT_CUSTOMREQUEST, request->method },
		{ CURLOPT_CAINFO, request->ca_file },
	};
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{ CURLOPT_TIMEOUT_MS, in_units(request->timeout_ns, NS_PER_MS) },
		{ CURLOPT_CONNECTTIMEOUT_MS,
		  in_units(request->timeout_ns, (uint64_t)NS_PER_MS * CONNECT_PART) },
	};
	CURLcode code = CURLE_OK;

	for (size_t i = 0; !code && i < array_size(pointers); i++) {
		if (pointers[i].value)
			code = api->easy_setopt(fetch->easy, pointers[i].option, pointers[i].value);
	}
	/* That file alone, not the system's authorities beside it. */
	if (!code && request->ca_file)
		code = api->easy_setopt(fetch->easy, CURLOPT_CAPATH, NULL);
	for (size_t i = 0; !code && i < array_size(numbers); i++)
		code = api->easy_setopt(fetch->easy, numbers[i].option, numbers[i].value);
	if (!code)
		code = api->easy_setopt(fetch->easy, CURLOPT_HEADERFUNCTION, on_head);
	if (!code)
		code = api->easy_setopt(fetch->easy, CURLOPT_WRITEFUNCTION, on_body);
	return code;
}

static int set_up(struct fetch *fetch, const struct fetch_request *request)
{
	const struct curl_api *api = fetch->fetcher->api;
	CURLcode code;
	int err;

	err = curl_easy_open(api, &fetch->easy);
	if (err)
		return err;
	for (size_t i = 0; i < FETCH_HEADERS_MAX && request->headers[i]; i++) {
		struct curl_slist *headers = api->slist_append(fetch->headers, request->headers[i]);

		if (!headers)
			return -ENOMEM;
		fetch->headers = headers;
	}
	code = upload_set(
		api, fetch->easy,
		&(struct upload){ request->body, request->body_size, request->content_type },
		&fetch->headers);
	code = code ? code : set_request(api, fetch, request);
	if (code)
		return code == CURLE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
	return 0;
}

static int add(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;
	CURLMcode code;

	code = fetcher->api->multi_add_handle(multi_handle(fetcher->multi), fetch->easy);
	fetch->is_added = !code;
	return code ? -ENOMEM : 0;
}

static uint64_t silent_at(const struct fetch *fetch)
{
	if (!fetch || !fetch->silence_ns || fetch->silence_ns > UINT64_MAX - fetch->heard_ns)
		return UINT64_MAX;
	return fetch->heard_ns + fetch->silence_ns;
}

/* libcurl's own bound, on how slow it may be, wakes every third of a second, and is seconds late.
 */
static void set_alarm(struct fetcher *fetcher)
{
	uint64_t first_ns = UINT64_MAX;

	for (size_t i = 0; i < FETCHES_MAX; i++) {
		if (silent_at(fetcher->fetches[i]) < first_ns)
			first_ns = silent_at(fetcher->fetches[i]);
	}
	multi_wake_at(fetcher->multi, first_ns);
}

int fetcher_start(struct fetcher *fetcher, const struct fetch_request *request, struct fetch **out)
{
	cleanup_fetch struct fetch *fetch = NULL;
	size_t place = 0;
	int err;

	if (!is_request(fetcher->api, request))
		return -EINVAL;
	while (place < FETCHES_MAX && fetcher->fetches[place])
		place++;
	if (place == FETCHES_MAX)
		return -EBUSY;
	fetch = calloc(1, sizeof(*fetch));
	if (!fetch)
		return -ENOMEM;
	fetch->fetcher = fetcher;
	fetch->on_line = request->on_line;
	fetch->on_done = request->on_done;
	fetch->silence_ns = request->silence_ns;
	fetch->heard_ns = now_ns();
	fetch->ctx = request->ctx;
	fetch->reply.body.max_bytes = request->max_bytes;
	fetch->reply.body.on_line = give_line;
	fetch->reply.body.ctx = fetch;
	fetch->reply.has_lines = request->on_line;
	err = set_up(fetch, request);
	if (!err && !fetcher->is_turning)
		err = add(fetch);
	if (err)
		return err;

	fetch->place = &fetcher->fetches[place];
	*fetch->place = fetch;
	*out = take_ptr(fetch);
	return 0;
}

void fetch_cancel(struct fetch *fetch)
{
	if (!fetch)
		return;
	fetch->is_cancelled = true;
	if (fetch->fetcher->is_turning || fetch->is_ending)
		return;
	take_out(fetch);
	free_fetch(fetch);
}

static void finish(struct fetch *ended, CURLcode code)
{
	cleanup_fetch struct fetch *fetch = ended;
	const struct curl_api *api = fetch->fetcher->api;
	struct reply *reply = &fetch->reply;
	struct fetch_answer answer = { .status = status_of(fetch) };
	const char *why;

	take_out(fetch);
	fetch->is_ending = true;
	if (!code)
		reply_end(reply, answer.status);
	if (fetch->is_cancelled)
		return;

	answer.err = reply->err ? reply->err : curl_errno(api, fetch->easy, code);
	why = fetch->words[0] ? fetch->words : api->easy_strerror(code);
	if (answer.err)
		text_to_line(reply->err ? reply->why : why, answer.why, sizeof(answer.why));
	answer.body = reply_text(reply, &answer.size);
	text_copy(answer.etag, sizeof(answer.etag), reply->head.etag);
	fetch->on_done(&answer, fetch->ctx);
}

/* What was asked for during the turn. */
static void catch_up(struct fetcher *fetcher)
{
	for (size_t i = 0; i < FETCHES_MAX; i++) {
		struct fetch *fetch = fetcher->fetches[i];

		if (fetch && fetch->is_cancelled)
			fetch_cancel(fetch);
		else if (fetch && !fetch->is_added && add(fetch))
			finish(fetch, CURLE_OUT_OF_MEMORY);
	}
}

static void end_silent(struct fetcher *fetcher)
{
	uint64_t time_ns = now_ns();

	for (size_t i = 0; i < FETCHES_MAX; i++) {
		struct fetch *fetch = fetcher->fetches[i];

		if (silent_at(fetch) > time_ns)
			continue;
		reply_fail(&fetch->reply, -ETIMEDOUT, "nothing came for %.1f s",
			   (double)fetch->silence_ns / NS_PER_S);
		finish(fetch, CURLE_OPERATION_TIMEDOUT);
	}
}

int fetcher_turn(struct fetcher *fetcher)
{
	CURLM *handle = multi_handle(fetcher->multi);
	CURLMsg *message;
	int err, left;

	fetcher->is_turning = true;
	err = multi_turn(fetcher->multi);
	fetcher->is_turning = false;
	catch_up(fetcher);
	while ((message = fetcher->api->multi_info_read(handle, &left))) {
		struct fetch *fetch = NULL;
		/* The message is gone with its transfer. */
		CURLcode code = message->data.result;

		fetcher->api->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &fetch);
		finish(fetch, code);
	}
	end_silent(fetcher);
	set_alarm(fetcher);
	return err;
}

int fetcher_open(struct fetcher **out)
{
	cleanup_fetcher struct fetcher *fetcher = calloc(1, sizeof(*fetcher));
	int err;

	if (!fetcher)
		return log_err(-ENOMEM, "cannot make a fetcher");
	err = curl_load(CURL_LIBRARY, &fetcher->api);
	if (err)
		return err;
	err = multi_open(fetcher->api, &fetcher->multi);
	if (err)
		return log_err(err, "cannot set up libcurl");

	*out = take_ptr(fetcher);
	return 0;
}

void fetcher_close(struct fetcher *fetcher)
{
	if (!fetcher)
		return;
	for (size_t i = 0; i < FETCHES_MAX; i++)
		fetch_cancel(fetcher->fetches[i]);
	multi_close(fetcher->multi);
	free(fetcher);
}

int fetcher_fd(const struct fetcher *fetcher)
{
	return multi_fd(fetcher->multi);
}

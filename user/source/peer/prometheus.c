// SPDX-License-Identifier: Apache-2.0
#include "source/peer/prometheus.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"
#include "net/fetch.h"
#include "net/percent.h"
#include "source/base/json.h"
#include "source/base/token.h"

struct prometheus {
	struct prometheus_config config;
	char *url; /* of the queries */
	struct fetcher *fetcher;
};

/* Of one query. */
struct reading {
	const struct prometheus_sink *sink;
	char *error; /* of PROMETHEUS_ERROR_SIZE bytes */
	bool is_done;
	int err;
};

static int __attribute__((format(printf, 3, 4)))
tell(char error[static PROMETHEUS_ERROR_SIZE], int err, const char *fmt, ...)
{
	char text[PROMETHEUS_ERROR_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	text_to_line(text, error, PROMETHEUS_ERROR_SIZE);
	return err;
}

/* Length without slashes at the end; 0: not usable. */
static size_t check_url(const char *url)
{
	size_t size = strlen(url), scheme = 0;

	if (!strncasecmp(url, "http://", 7))
		scheme = 7;
	else if (!strncasecmp(url, "https://", 8))
		scheme = 8;
	if (!scheme || strpbrk(url, "?# "))
		return 0;
	while (size > scheme && url[size - 1] == '/')
		size--;
	return size > scheme ? size : 0;
}

int prometheus_open(const struct prometheus_config *config, struct prometheus **out,
		    char error[static PROMETHEUS_ERROR_SIZE])
{
	cleanup_prometheus struct prometheus *prometheus = NULL;
	size_t size = check_url(config->url);
	int err;

	if (!size)
		return tell(error, -EINVAL, "'%s' is not a URL such as http://127.0.0.1:9090",
			    config->url);
	if (config->token_file && strncasecmp(config->url, "https://", 8) != 0)
		return tell(error, -EINVAL, "a token is for https:// alone, not for '%s'",
			    config->url);
	prometheus = calloc(1, sizeof(*prometheus));
	if (!prometheus)
		return tell(error, -ENOMEM, "no memory");
	prometheus->config = *config;
	if (asprintf(&prometheus->url, "%.*s/api/v1/query", (int)size, config->url) < 0) {
		prometheus->url = NULL; /* asprintf() leaves it undefined */
		return tell(error, -ENOMEM, "no memory");
	}
	signal(SIGPIPE, SIG_IGN); /* as the fetcher wants it */
	err = fetcher_open(&prometheus->fetcher);
	if (err)
		return tell(error, err, "cannot ask by HTTP: %s", strerror(-err));

	*out = take_ptr(prometheus);
	return 0;
}

void prometheus_close(struct prometheus *prometheus)
{
	if (!prometheus)
		return;
	fetcher_close(prometheus->fetcher);
	free(prometheus->url);
	free(prometheus);
}

/* ---- the answer ---- */

/* "1.5", "NaN", "+Inf": the value of a sample is text, since JSON has no word for some. */
static int parse_value(const json_t *pair, double *out_value, double *out_time_s)
{
	const char *text = json_string_value(json_array_get(pair, 1));
	const json_t *time = json_array_get(pair, 0);
	double value;
	char *end;

	if (!text || json_array_size(pair) != 2 || !json_is_number(time) ||
	    (!isdigit((unsigned char)*text) && !strchr("+-NI", *text)))
		return -EBADMSG;
	value = strtod(text, &end);
	if (end == text || *end)
		return -EBADMSG;
	*out_value = value;
	*out_time_s = json_number_value(time);
	return 0;
}

/* With `sink` the samples are given to it; without, only looked at. */
static int read_vector(const json_t *vector, const struct prometheus_sink *sink)
{
	for (size_t i = 0; i < json_array_size(vector); i++) {
		const json_t *sample = json_array_get(vector, i);
		const json_t *labels = json_child(sample, "metric");
		double value, time_s;
		int err = labels ? parse_value(json_list(sample, "value"), &value, &time_s)
				 : -EBADMSG;

		if (!err && sink)
			err = sink->fn(labels, value, time_s, sink->ctx);
		if (err)
			return err;
	}
	return 0;
}

static const char *or_none(const char *text)
{
	return text ? text : "";
}

static int read_root(const json_t *root, struct reading *reading)
{
	const char *status = or_none(json_text(root, "status"));
	const json_t *data = json_child(root, "data");
	const char *type = or_none(json_text(data, "resultType"));
	const json_t *vector = json_list(data, "result");
	int err;

	if (!strcmp(status, "error"))
		return tell(reading->error, -EREMOTEIO, "it says %s: %s",
			    or_none(json_text(root, "errorType")),
			    or_none(json_text(root, "error")));
	if (strcmp(status, "success") != 0 || !vector || strcmp(type, "vector") != 0 ||
	    read_vector(vector, NULL))
		return tell(reading->error, -EBADMSG, "its answer is no vector of samples");
	err = read_vector(vector, reading->sink);
	return err ? tell(reading->error, err, "%s", strerror(-err)) : 0;
}

/* Prometheus tells errors in JSON with status 400, 422 or 503; proxies in words. */
static int read_answer(const struct fetch_answer *answer, struct reading *reading)
{
	cleanup_json json_t *root = NULL;
	char words[PROMETHEUS_ERROR_SIZE / 2];
	bool is_good = answer->status >= 200 && answer->status < 300;
	int err;

	if (answer->err)
		return tell(reading->error, answer->err, "%s", answer->why);
	err = json_read(answer->body, answer->size, &root);
	if (!err && (is_good || json_text(root, "errorType")))
		return read_root(root, reading);
	if (is_good)
		return tell(reading->error, err,
			    err == -E2BIG ? "its answer has too many values, more than %d"
					  : "its answer is not JSON",
			    JSON_VALUES_MAX);
	text_to_line(answer->body, words, sizeof(words));
	return tell(reading->error, -EREMOTEIO, "status %ld%s%.120s", answer->status,
		    *words ? ": " : "", words);
}

static void on_done(const struct fetch_answer *answer, void *ctx)
{
	struct reading *reading = ctx;

	reading->err = read_answer(answer, reading);
	reading->is_done = true;
}

/* ---- the question ---- */

static char *form_of(const struct prometheus_query *query)
{
	cleanup_free char *promql = percent_encode(query->promql);
	char *form;
	int size;

	if (!promql)
		return NULL;
	if (query->time_s > 0)
		size = asprintf(&form, "query=%s&time=%.3f", promql, query->time_s);
	else
		size = asprintf(&form, "query=%s", promql);
	return size < 0 ? NULL : form;
}

static int wait_for(struct fetcher *fetcher, const struct reading *reading)
{
	struct pollfd ready = { .fd = fetcher_fd(fetcher), .events = POLLIN };

	/* The fetcher's own bound of time ends it. */
	while (!reading->is_done) {
		if (poll(&ready, 1, -1) < 0 && errno != EINTR)
			return -errno;
		if (ready.revents && fetcher_turn(fetcher))
			return -EIO;
	}
	return 0;
}

static int start(struct prometheus *prometheus, const char *form, uint64_t timeout_ns,
		 struct reading *reading, struct fetch **out)
{
	cleanup_free char *authorization = NULL;
	struct fetch_request request = {
		.url = prometheus->url,
		.body = form,
		.body_size = strlen(form),
		.content_type = "application/x-www-form-urlencoded",
		.ca_file = prometheus->config.ca_file,
		.max_bytes = PROMETHEUS_BODY_MAX,
		.timeout_ns = timeout_ns,
		.on_done = on_done,
		.ctx = reading,
	};
	const char *token_file = prometheus->config.token_file;
	int err;

	err = token_header(token_file, &authorization);
	if (!err && token_file && !authorization)
		err = -ENOENT;
	if (err)
		return tell(reading->error, err, "no token in '%s': %s", token_file,
			    strerror(-err));
	request.headers[0] = authorization;
	err = fetcher_start(prometheus->fetcher, &request, out);
	return err ? tell(reading->error, err, "cannot ask: %s", strerror(-err)) : 0;
}

int prometheus_ask(struct prometheus *prometheus, const struct prometheus_query *query,
		   const struct prometheus_sink *sink, char error[static PROMETHEUS_ERROR_SIZE])
{
	struct reading reading = { .sink = sink, .error = error };
	cleanup_free char *form = form_of(query);
	struct fetch *fetch = NULL;
	int err;

	if (!form)
		return tell(error, -ENOMEM, "no memory");
	err = start(prometheus, form, query->timeout_ns, &reading, &fetch);
	if (err)
		return err;
	err = wait_for(prometheus->fetcher, &reading);
	/* The fetch is gone then. */
	if (reading.is_done)
		return reading.err;
	fetch_cancel(fetch);
	return tell(error, err, "cannot wait: %s", strerror(-err));
}

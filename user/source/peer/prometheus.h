/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instant queries to the HTTP API of Prometheus or of what speaks as it does:
 * POST URL/api/v1/query. For commands that ask and wait, not for the agent.
 * Source: prometheus.io/docs/prometheus/latest/querying/api, "Instant queries".
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "cleanup.h"

enum {
	PROMETHEUS_BODY_MAX = 8 << 20,
	PROMETHEUS_ERROR_SIZE = 512,
};

struct prometheus;

struct prometheus_config {
	const char *url; /* "https://prometheus:9090/prefix"; http or https, no query */
	const char *ca_file; /* NULL: the system's authorities */
	const char *token_file; /* NULL: no token; read anew for each query, for https alone */
};

struct prometheus_query {
	const char *promql; /* whose result is a vector */
	double time_s; /* since the epoch, of the evaluation; 0: now, by the server's clock */
	uint64_t timeout_ns;
};

/* One element of the result; the value may be NAN or infinite. Anything but 0 ends the query with
 * that. */
typedef int (*prometheus_sample_fn)(const json_t *labels, double value, double time_s, void *ctx);

/* Both give a sentence in `error` when they fail, for a terminal. */

/* Asks nobody yet; borrows what config points to. -EINVAL a URL that is none, or a token for http;
 * -ENOSYS no libcurl, -ENOMEM. The caller owns *out. */
int prometheus_open(const struct prometheus_config *config, struct prometheus **out,
		    char error[static PROMETHEUS_ERROR_SIZE]);
void prometheus_close(struct prometheus *prometheus);
DEFINE_CLEANUP(prometheus, struct prometheus *, prometheus_close)
#define cleanup_prometheus cleanup(cleanup_prometheus_fn)

struct prometheus_sink {
	prometheus_sample_fn fn;
	void *ctx;
};

/* Waits for the answer. -EBADMSG it is not understood, -E2BIG more than JSON_VALUES_MAX values,
 * -EREMOTEIO the server tells an error, or as struct fetch_answer. No sample is given of an answer
 * that is not whole and good. */
int prometheus_ask(struct prometheus *prometheus, const struct prometheus_query *query,
		   const struct prometheus_sink *sink, char error[static PROMETHEUS_ERROR_SIZE]);

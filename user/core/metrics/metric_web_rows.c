// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/metric_web_rows.h"

#include "cleanup.h"

static void refused(struct exposition *out, const struct metrics_input *input)
{
	static const char *const causes[METRICS_WEB_CAUSE_COUNT] = {
		[METRICS_WEB_CONNECTION_LIMIT] = "connection_limit",
		[METRICS_WEB_PEER_LIMIT] = "peer_limit",
		[METRICS_WEB_SLOW] = "slow",
		[METRICS_WEB_HANDSHAKE] = "handshake",
		[METRICS_WEB_PASSWORD] = "password",
		[METRICS_WEB_PASSWORD_RATE] = "password_rate",
		[METRICS_WEB_RATE] = "rate",
	};

	for (size_t i = 0; i < array_size(causes); i++)
		exposition_sample(out, (double)input->web.refused[i], causes[i]);
}

static void socket_refused(struct exposition *out, const struct metrics_input *input)
{
	static const char *const causes[METRICS_SOCKET_CAUSE_COUNT] = {
		[METRICS_SOCKET_USER] = "user",
		[METRICS_SOCKET_CONNECTION_LIMIT] = "connection_limit",
		[METRICS_SOCKET_SLOW] = "slow",
	};

	for (size_t i = 0; i < array_size(causes); i++)
		exposition_sample(out, (double)input->socket_refused[i], causes[i]);
}

static void reloads(struct exposition *out, const struct metrics_input *input)
{
	exposition_sample(out, (double)input->web.reloads.applied, "success");
	exposition_sample(out, (double)input->web.reloads.failed, "failure");
}

static double reload_successful(const struct metrics_input *input)
{
	return !input->web.reloads.last_failed;
}

static void not_before(struct exposition *out, const struct metrics_input *input)
{
	if (input->web.has_certificate)
		exposition_sample(out, input->web.not_before_s);
}

static void not_after(struct exposition *out, const struct metrics_input *input)
{
	if (input->web.has_certificate)
		exposition_sample(out, input->web.not_after_s);
}

const struct metric_row metric_web_rows[] = {
	{ .metric = { .name = "podip_web_refused_total",
		      .type = METRIC_COUNTER,
		      .help = "Connections and requests that the web server refused or ended.",
		      .labels = { "cause" } },
	  .by = { .collect = refused } },
	{ .metric = { .name = "podip_socket_refused_total",
		      .type = METRIC_COUNTER,
		      .help = "Connections to the agent's unix socket that it refused or ended; cause user: by others than root and its own.",
		      .labels = { "cause" } },
	  .by = { .collect = socket_refused } },
	{ .metric = { .name = "podip_web_config_reloads_total",
		      .type = METRIC_COUNTER,
		      .help = "Times that the web configuration or a certificate of it was read again.",
		      .labels = { "result" } },
	  .by = { .collect = reloads } },
	{ .metric = { .name = "podip_web_config_reload_successful",
		      .type = METRIC_GAUGE,
		      .help = "Did the last try succeed? Else what was before goes on." },
	  .by = { .of_agent = reload_successful } },
	{ .metric = { .name = "podip_web_certificate_not_before_timestamp_seconds",
		      .type = METRIC_GAUGE,
		      .unit = "seconds",
		      .help = "From when the web server's certificate is valid, since the epoch." },
	  .by = { .collect = not_before } },
	{ .metric = { .name = "podip_web_certificate_not_after_timestamp_seconds",
		      .type = METRIC_GAUGE,
		      .unit = "seconds",
		      .help = "Until when the web server's certificate is valid, and what signed it as far as it is shown; since the epoch." },
	  .by = { .collect = not_after } },
};

const size_t metric_web_row_count = array_size(metric_web_rows);

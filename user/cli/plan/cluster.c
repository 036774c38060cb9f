// SPDX-License-Identifier: Apache-2.0
#include "cli/plan/cluster.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/base/output.h"
#include "cli/option/flags.h"
#include "cli/plan/cluster_print.h"
#include "cli/plan/plan_args.h"
#include "core/plan/cluster_query.h"
#include "core/plan/cluster_view.h"
#include "source/peer/prometheus.h"

enum { WATCH_DEFAULT_S = 10, WATCH_MAX_S = 24 * 3600 };

struct arguments {
	struct prometheus_config config;
	const char *selector;
	uint64_t timeout_ns;
	unsigned int watch_s; /* 0: once */
	bool is_json;
};

static int parse_selector(const char *text, void *field)
{
	if (*text && cluster_selector_check(text))
		return -EINVAL;
	*(const char **)field = text;
	return 0;
}

/* "": --watch alone. */
static int parse_watch(const char *text, void *field)
{
	unsigned int *seconds = field;

	if (!*text)
		*seconds = WATCH_DEFAULT_S;
	return *text && plan_read_count("--watch", text, WATCH_MAX_S, seconds) ? -EBADMSG : 0;
}

#define FIELD(name) offsetof(struct arguments, name)

static const struct option_row rows[] = {
	{ .flag = "prometheus",
	  .arg = "URL",
	  .help = "or what speaks its HTTP API",
	  .expected = "a URL",
	  .parse = option_borrow,
	  .has_env = true,
	  .offset = FIELD(config.url) },
	{ .flag = "ca-file",
	  .arg = "FILE",
	  .help = "authorities whom its certificate must be of",
	  .expected = "a file",
	  .parse = option_borrow,
	  .offset = FIELD(config.ca_file) },
	{ .flag = "token-file",
	  .arg = "FILE",
	  .help = "bearer token for it, sent by https alone",
	  .expected = "a file",
	  .parse = option_borrow,
	  .offset = FIELD(config.token_file) },
	{ .flag = "selector",
	  .arg = "MATCHERS",
	  .fallback = "",
	  .help = "of these series alone: cluster=\"a\",job=~\"b|c\"",
	  .expected = "a list such as cluster=\"a\",job=~\"b|c\"",
	  .parse = parse_selector,
	  .offset = FIELD(selector) },
	{ .flag = "timeout",
	  .arg = "DURATION",
	  .fallback = "10s",
	  .help = "for each of a dozen queries",
	  .expected = "a duration such as 5s",
	  .parse = option_period,
	  .offset = FIELD(timeout_ns) },
	{ .flag = "watch",
	  .arg = "[SECONDS]",
	  .help = "again and again, every 10 s if not told",
	  .parse = parse_watch,
	  .offset = FIELD(watch_s) },
	{ .flag = "output",
	  .letter = 'o',
	  .arg = "table|json",
	  .fallback = "table",
	  .help = "what to print",
	  .expected = "table or json",
	  .parse = output_format,
	  .offset = FIELD(is_json) },
};

/* ---- ask ---- */

struct taking {
	struct cluster_view *view;
	const struct cluster_query *query;
	double time_s; /* of the first sample of all: the others are asked for as of then */
};

static const char *label(const json_t *labels, const char *name)
{
	const char *text = json_string_value(json_object_get(labels, name));

	return text ? text : "";
}

static int take_sample(const json_t *labels, double value, double time_s, void *ctx)
{
	struct taking *taking = ctx;
	const struct cluster_sample sample = {
		.cluster = label(labels, "cluster"),
		.range = label(labels, "range"),
		.cidr = label(labels, "cidr"),
		.family = label(labels, "family"),
		.scope = label(labels, "scope"),
		.value = value,
	};

	if (!taking->time_s)
		taking->time_s = time_s;
	return cluster_view_add(taking->view, taking->query->value, taking->query->is_of_nodes,
				&sample);
}

static int ask_all(struct prometheus *prometheus, const struct arguments *arguments,
		   struct cluster_view *view)
{
	struct taking taking = { .view = view };
	const struct prometheus_sink sink = { take_sample, &taking };
	char error[PROMETHEUS_ERROR_SIZE];
	int err = 0;

	for (unsigned int i = 0; i < cluster_query_count && !err; i++) {
		cleanup_free char *text =
			cluster_query_text(&cluster_queries[i], arguments->selector);
		const struct prometheus_query query = { text, taking.time_s,
							arguments->timeout_ns };

		if (!text) {
			fputs("podip: no memory\n", stderr);
			return -ENOMEM;
		}
		taking.query = &cluster_queries[i];
		err = prometheus_ask(prometheus, &query, &sink, error);
	}
	if (err)
		fprintf(stderr, "podip: cannot ask Prometheus at '%s': %s\n", arguments->config.url,
			error);
	return err;
}

static int show(struct prometheus *prometheus, const struct arguments *arguments)
{
	cleanup_cluster_view struct cluster_view view = { 0 };
	int status;

	if (ask_all(prometheus, arguments, &view))
		return STATUS_FAILED;
	cluster_view_finish(&view);
	if (view.refused)
		fprintf(stderr, "podip: %zu samples of '%s' are not podip's, ignoring\n",
			view.refused, arguments->config.url);
	if (arguments->watch_s && isatty(STDOUT_FILENO))
		fputs("\033[H\033[J", stdout); /* home, clear to the end */
	status = arguments->is_json ? output_json(cluster_print_json(&view))
				    : cluster_print_table(&view);
	/* Of a pipe that has gone. */
	if (fflush(stdout) || ferror(stdout))
		return STATUS_FAILED;
	return status;
}

/* A Prometheus that is down for a while does not end it; a reader who has gone does. */
static int watch(struct prometheus *prometheus, const struct arguments *arguments)
{
	const struct timespec pause = { .tv_sec = arguments->watch_s };

	while (true) {
		show(prometheus, arguments);
		if (ferror(stdout))
			return STATUS_FAILED;
		nanosleep(&pause, NULL);
		if (!arguments->is_json && !isatty(STDOUT_FILENO))
			puts("");
	}
}

static int run(const struct command *command, int argc, char **argv)
{
	struct arguments arguments = { 0 };
	cleanup_prometheus struct prometheus *prometheus = NULL;
	char error[PROMETHEUS_ERROR_SIZE];
	int result = command_read(command, argc, argv, &arguments, NULL), err;

	if (result != COMMAND_RUN)
		return output_status(result);
	if (!arguments.config.url) {
		flags_complain("which Prometheus? --prometheus URL; podip cluster --help");
		return STATUS_USAGE;
	}
	err = prometheus_open(&arguments.config, &prometheus, error);
	if (err) {
		flags_complain("--prometheus: %s", error);
		return err == -EINVAL ? STATUS_USAGE : STATUS_FAILED;
	}
	return arguments.watch_s ? watch(prometheus, &arguments) : show(prometheus, &arguments);
}

const struct command cli_cluster_command = {
	.name = "cluster",
	.summary = "the ranges of all nodes, as Prometheus has them",
	.examples = "  podip cluster --prometheus http://127.0.0.1:9090\n"
		    "  podip cluster --prometheus http://127.0.0.1:9090 -o json\n"
		    "  podip cluster --prometheus http://127.0.0.1:9090 --watch 5\n"
		    "  podip cluster --prometheus https://metrics.example/prometheus \\\n"
		    "      --token-file token --ca-file ca.crt --selector 'cluster=\"blue\"'\n",
	.text = "The ranges of all nodes, the fullest first, as Prometheus has them from podip's\n"
		"agents. A range that each node has for itself is one row, of its fullest block.\n"
		"LEFT: nodes that still find a block, or whose own range has a free address.\n",
	.rows = rows,
	.row_count = array_size(rows),
	.run = run,
};

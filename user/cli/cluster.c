// SPDX-License-Identifier: Apache-2.0
#include "cli/cluster.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cluster_print.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/plan_args.h"
#include "core/cluster_query.h"
#include "core/cluster_view.h"
#include "source/prometheus.h"

#define NS_PER_S 1000000000ULL

static const char help[] =
	"  podip cluster --prometheus http://127.0.0.1:9090\n"
	"  podip cluster --prometheus http://127.0.0.1:9090 -o json\n"
	"  podip cluster --prometheus http://127.0.0.1:9090 --watch 5\n"
	"  podip cluster --prometheus https://metrics.example/prometheus \\\n"
	"      --token-file token --ca-file ca.crt --selector 'cluster=\"blue\"'\n\n"
	"The ranges of all nodes, the fullest first, as Prometheus has them from podip's\n"
	"agents. A range that each node has for itself is one row, of its fullest block.\n"
	"LEFT: nodes that still find a block, or whose own range has a free address.\n\n"
	"      --prometheus URL        or what speaks its HTTP API\n"
	"      --ca-file FILE          authorities whom its certificate must be of\n"
	"      --token-file FILE       bearer token for it, sent by https alone\n"
	"      --selector MATCHERS     of these series alone: cluster=\"a\",job=~\"b|c\"\n"
	"      --timeout DURATION      for each of a dozen queries [10s]\n"
	"      --watch [SECONDS]       again and again [10]\n"
	"  -o, --output table|json     [table]\n"
	"  -h, --help\n";

enum {
	FLAG_PROMETHEUS = 256,
	FLAG_CA,
	FLAG_TOKEN,
	FLAG_SELECTOR,
	FLAG_TIMEOUT,
	FLAG_WATCH,
	WATCH_DEFAULT_S = 10,
	WATCH_MAX_S = 24 * 3600,
};

static const struct option flags[] = {
	{ "prometheus", required_argument, NULL, FLAG_PROMETHEUS },
	{ "ca-file", required_argument, NULL, FLAG_CA },
	{ "token-file", required_argument, NULL, FLAG_TOKEN },
	{ "selector", required_argument, NULL, FLAG_SELECTOR },
	{ "timeout", required_argument, NULL, FLAG_TIMEOUT },
	{ "watch", optional_argument, NULL, FLAG_WATCH },
	{ "output", required_argument, NULL, PLAN_FLAG_OUTPUT },
	{ "help", no_argument, NULL, PLAN_FLAG_HELP },
	{ 0 },
};

struct arguments {
	struct prometheus_config config;
	const char *selector;
	uint64_t timeout_ns;
	unsigned int watch_s; /* 0: once */
	bool is_json;
};

/* "--watch 5": getopt_long() takes "--watch=5" alone. */
static const char *take_seconds(int argc, char **argv)
{
	if (optarg)
		return optarg;
	if (optind < argc && argv[optind][0] >= '0' && argv[optind][0] <= '9')
		return argv[optind++];
	return NULL;
}

static int take_flag(int flag, const char *value, struct arguments *out)
{
	switch (flag) {
	case FLAG_PROMETHEUS:
		out->config.url = value;
		return 0;
	case FLAG_CA:
		out->config.ca_file = value;
		return 0;
	case FLAG_TOKEN:
		out->config.token_file = value;
		return 0;
	case FLAG_SELECTOR:
		out->selector = value;
		return *value && cluster_selector_check(value)
			       ? plan_complain("--selector", value,
					       "a list such as cluster=\"a\",job=~\"b|c\"")
			       : 0;
	case FLAG_TIMEOUT:
		return option_period(value, &out->timeout_ns)
			       ? plan_complain("--timeout", value, "a duration such as 5s")
			       : 0;
	case FLAG_WATCH:
		out->watch_s = WATCH_DEFAULT_S;
		return value ? plan_read_count("--watch", value, WATCH_MAX_S, &out->watch_s) : 0;
	default:
		return plan_read_output(value, &out->is_json);
	}
}

/* As output_read(). */
static int read_flags(int argc, char **argv, struct arguments *out)
{
	int c, err;

	argv[0] = "podip"; /* whom getopt_long() speaks for */
	while ((c = getopt_long(argc, argv, "o:h", flags, NULL)) >= 0) {
		if (c == PLAN_FLAG_HELP) {
			fputs(help, stdout);
			return OUTPUT_EXIT;
		}
		if (c == '?')
			return -EINVAL; /* getopt_long() has said why */
		err = take_flag(c, c == FLAG_WATCH ? take_seconds(argc, argv) : optarg, out);
		if (err)
			return err;
	}
	if (optind < argc) {
		fprintf(stderr, "podip: unexpected argument '%s'\n", argv[optind]);
		return -EINVAL;
	}
	if (!out->config.url) {
		fputs("podip: which Prometheus? --prometheus URL; podip cluster --help\n", stderr);
		return -EINVAL;
	}
	return 0;
}

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

int cli_cluster(int argc, char **argv)
{
	struct arguments arguments = { .selector = "", .timeout_ns = 10 * NS_PER_S };
	cleanup_prometheus struct prometheus *prometheus = NULL;
	char error[PROMETHEUS_ERROR_SIZE];
	int err;

	err = read_flags(argc, argv, &arguments);
	if (err)
		return err == OUTPUT_EXIT ? 0 : STATUS_USAGE;
	err = prometheus_open(&arguments.config, &prometheus, error);
	if (err) {
		fprintf(stderr, "podip: --prometheus: %s\n", error);
		return err == -EINVAL ? STATUS_USAGE : STATUS_FAILED;
	}
	return arguments.watch_s ? watch(prometheus, &arguments) : show(prometheus, &arguments);
}

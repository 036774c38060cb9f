// SPDX-License-Identifier: Apache-2.0
/*
 * fleet: the agents of many nodes, for what is measured over their number.
 *
 * SIMULATED: there is no node, no pod and no kernel behind the numbers. Families and
 * labels are the agent's own, their number on a node is about that of an agent which
 * knows all sources. /metrics/N is the one of node N.
 *
 *	fleet [--nodes N] [--ranges N] [--full-blocks N] [--seed N] [--port-file FILE]
 *	      [--sd-file FILE]
 *
 * The port lands in --port-file, the targets, as file_sd_configs of Prometheus reads
 * them, in --sd-file. --full-blocks N: so many nodes have a block in the parent range,
 * all of them if not set. Ends on SIGTERM.
 */
#include "fleet_node.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "core/metrics/exposition.h"

struct server {
	struct fleet fleet;
	double start_s;
	const char *port_path;
	const char *sd_path;
};

static double clock_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- answering ---- */

static bool parse_number(const char *text, unsigned long max, unsigned long *out)
{
	char *end;

	errno = 0;
	*out = strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *out <= max;
}

static int make_text(const struct server *server, unsigned int number, char **out, size_t *out_size)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return -errno;
	fleet_node_write(&server->fleet, number, clock_s() - server->start_s, stream);
	if (fclose(stream)) {
		free(text);
		return -ENOMEM;
	}
	*out = text;
	*out_size = size;
	return 0;
}

/* libmicrohttpd's. */
static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **request)
{
	static const char folder[] = "/metrics/";
	const struct server *server = ctx;
	unsigned int status = MHD_HTTP_NOT_FOUND;
	struct MHD_Response *response;
	enum MHD_Result result;
	unsigned long number;
	char *text = NULL;
	size_t size = 0;

	(void)method, (void)version, (void)upload, (void)upload_size, (void)request;
	if (!strncmp(url, folder, strlen(folder)) &&
	    parse_number(url + strlen(folder), server->fleet.nodes - 1, &number))
		status = make_text(server, (unsigned int)number, &text, &size)
				 ? MHD_HTTP_INTERNAL_SERVER_ERROR
				 : MHD_HTTP_OK;
	response = MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
	if (!response) {
		free(text);
		return MHD_NO;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				exposition_content_type(EXPOSITION_TEXT));
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* ---- files ---- */

static void print_targets(const struct server *server, unsigned int port, FILE *out)
{
	for (unsigned int i = 0; i < server->fleet.nodes; i++)
		fprintf(out,
			"%s{\"targets\":[\"127.0.0.1:%u\"],\"labels\":{\"__metrics_path__\":"
			"\"/metrics/%u\",\"instance\":\"node-%u\",\"node\":\"node-%u\"}}",
			i ? ",\n" : "[", port, i, i, i);
	fputs("]\n", out);
}

static void print_port(const struct server *server, unsigned int port, FILE *out)
{
	(void)server;
	fprintf(out, "%u\n", port);
}

/* At once, so that who waits for the file does not read half of it. */
static int write_file(const struct server *server, const char *path, unsigned int port,
		      void (*print)(const struct server *server, unsigned int port, FILE *out))
{
	char new_path[PATH_MAX];
	cleanup_fclose FILE *file = NULL;

	if (!*path)
		return 0;
	snprintf(new_path, sizeof(new_path), "%s.new", path);
	file = fopen(new_path, "we");
	if (!file)
		return -errno;
	print(server, port, file);
	if (fflush(file))
		return -errno;
	return rename(new_path, path) < 0 ? -errno : 0;
}

/* ---- running ---- */

static int run(struct server *server)
{
	struct sockaddr_in loopback = { .sin_family = AF_INET,
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct MHD_Daemon *daemon;
	unsigned int port;
	sigset_t ends;
	int signal, err;

	/* Before there are threads: they all inherit it. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	server->start_s = clock_s();
	daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL, 0, NULL, NULL,
				  on_request, server, MHD_OPTION_SOCK_ADDR, &loopback,
				  MHD_OPTION_CONNECTION_LIMIT, FLEET_NODES_MAX + 16,
				  MHD_OPTION_END);
	if (!daemon)
		return -EADDRNOTAVAIL;
	port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	err = write_file(server, server->sd_path, port, print_targets);
	if (!err)
		err = write_file(server, server->port_path, port, print_port);
	if (!err)
		sigwait(&ends, &signal);
	MHD_stop_daemon(daemon);
	return err;
}

static const char usage[] =
	"usage: fleet [--nodes N] [--ranges N] [--full-blocks N] [--seed N] [--port-file FILE]\n"
	"             [--sd-file FILE]\n";

static bool parse(int argc, char **argv, struct server *out)
{
	static const struct option options[] = {
		{ "nodes", required_argument, NULL, 'n' },
		{ "ranges", required_argument, NULL, 'r' },
		{ "full-blocks", required_argument, NULL, 'f' },
		{ "seed", required_argument, NULL, 's' },
		{ "port-file", required_argument, NULL, 'p' },
		{ "sd-file", required_argument, NULL, 'd' },
		{ 0 },
	};
	unsigned long nodes = 100, ranges = FLEET_RANGES_MAX, full = ULONG_MAX, seed = 1;
	bool is_good = true;
	int option;

	while (is_good && (option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 'n')
			is_good = parse_number(optarg, FLEET_NODES_MAX, &nodes) && nodes;
		else if (option == 'r')
			is_good = parse_number(optarg, FLEET_RANGES_MAX, &ranges) && ranges;
		else if (option == 'f')
			is_good = parse_number(optarg, FLEET_NODES_MAX, &full);
		else if (option == 's')
			is_good = parse_number(optarg, ULONG_MAX, &seed);
		else if (option == 'p')
			out->port_path = optarg;
		else if (option == 'd')
			out->sd_path = optarg;
		else
			is_good = false;
	}
	out->fleet = (struct fleet){ .nodes = (unsigned int)nodes,
				     .ranges = (unsigned int)ranges,
				     .full_blocks = (unsigned int)(full < nodes ? full : nodes),
				     .seed = seed };
	return is_good && optind == argc;
}

int main(int argc, char **argv)
{
	struct server server = { .port_path = "", .sd_path = "" };
	int err;

	if (!parse(argc, argv, &server)) {
		fputs(usage, stderr);
		return 2;
	}
	err = run(&server);
	if (err)
		fprintf(stderr, "fleet: %s\n", strerror(-err));
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

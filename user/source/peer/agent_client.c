// SPDX-License-Identifier: Apache-2.0
#include "source/peer/agent_client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "core/base/text.h"
#include "net/fetch.h"
#include "source/base/json.h"

static const uint64_t timeout_ns = 5000000000;

struct agent_client {
	char *socket_path;
	struct fetcher *fetcher;
};

/* Of one question. */
struct asking {
	char *body;
	size_t size;
	char *error; /* of AGENT_CLIENT_ERROR_SIZE bytes */
	bool is_done;
	int err;
};

/* Does somebody answer there? libcurl would say less. */
static int knock(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (strlen(path) >= sizeof(name.sun_path))
		return -ENAMETOOLONG;
	memcpy(name.sun_path, path, strlen(path) + 1);
	/* EAGAIN: it has much to do. */
	if (connect(fd, (struct sockaddr *)&name, sizeof(name)) < 0 && errno != EAGAIN)
		return errno == EPERM ? -EACCES : -errno;
	return 0;
}

const char *agent_client_why(int err)
{
	switch (err) {
	case -ENOENT:
	case -ENOTDIR:
		return "there is no such file; start one with 'podip run', or name its --socket";
	case -ECONNREFUSED:
		return "it is gone and has left the file behind; start one with 'podip run'";
	case -EACCES:
		return "permission denied; ask as root or as the agent's own user";
	default:
		return strerror(-err);
	}
}

int agent_client_open(const char *socket_path, struct agent_client **out)
{
	cleanup_agent_client struct agent_client *client = NULL;
	int err = knock(socket_path);

	if (err)
		return err;
	client = calloc(1, sizeof(*client));
	if (!client)
		return -ENOMEM;
	client->socket_path = strdup(socket_path);
	if (!client->socket_path)
		return -ENOMEM;
	signal(SIGPIPE, SIG_IGN); /* as the fetcher wants it */
	err = fetcher_open(&client->fetcher);
	if (err)
		return err;

	*out = take_ptr(client);
	return 0;
}

void agent_client_close(struct agent_client *client)
{
	if (!client)
		return;
	fetcher_close(client->fetcher);
	free(client->socket_path);
	free(client);
}

/* ---- the answer ---- */

static int __attribute__((format(printf, 3, 4)))
tell(char error[static AGENT_CLIENT_ERROR_SIZE], int err, const char *fmt, ...)
{
	char text[AGENT_CLIENT_ERROR_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	text_to_line(text, error, AGENT_CLIENT_ERROR_SIZE);
	return err;
}

/* {"v":1,"error":"..."}, or words of who knows whom. */
static int tell_status(const struct fetch_answer *answer, struct asking *asking)
{
	cleanup_json json_t *root = NULL;
	const char *text = NULL;

	if (!json_read(answer->body, answer->size, &root))
		text = json_text(root, "error");
	return tell(asking->error, -EPROTO, "status %ld: %.150s", answer->status,
		    text ? text : answer->body);
}

static int take_answer(const struct fetch_answer *answer, struct asking *asking)
{
	char *body;

	if (answer->err)
		return tell(asking->error, answer->err, "%s", answer->why);
	if (answer->status != 200)
		return tell_status(answer, asking);
	body = malloc(answer->size + 1);
	if (!body)
		return tell(asking->error, -ENOMEM, "no memory");
	memcpy(body, answer->body, answer->size + 1);
	asking->body = body;
	asking->size = answer->size;
	return 0;
}

static void on_done(const struct fetch_answer *answer, void *ctx)
{
	struct asking *asking = ctx;

	asking->err = take_answer(answer, asking);
	asking->is_done = true;
}

/* The fetcher's own bound of time ends it. */
static int wait_for(struct fetcher *fetcher, const struct asking *asking)
{
	struct pollfd ready = { .fd = fetcher_fd(fetcher), .events = POLLIN };

	while (!asking->is_done) {
		if (poll(&ready, 1, -1) < 0 && errno != EINTR)
			return -errno;
		if (ready.revents && fetcher_turn(fetcher))
			return -EIO;
	}
	return 0;
}

static int ask(struct agent_client *client, const char *path, struct asking *asking)
{
	cleanup_free char *url = NULL;
	struct fetch *fetch = NULL;
	struct fetch_request request = { .socket_path = client->socket_path,
					 .max_bytes = AGENT_CLIENT_ANSWER_MAX,
					 .timeout_ns = timeout_ns,
					 .on_done = on_done,
					 .ctx = asking };
	int err;

	if (asprintf(&url, "http://localhost%s", path) < 0) {
		url = NULL; /* asprintf() leaves it undefined */
		return tell(asking->error, -ENOMEM, "no memory");
	}
	request.url = url;
	err = fetcher_start(client->fetcher, &request, &fetch);
	if (err)
		return tell(asking->error, err, "cannot ask: %s", strerror(-err));
	err = wait_for(client->fetcher, asking);
	/* The fetch is gone then. */
	if (asking->is_done)
		return asking->err;
	fetch_cancel(fetch);
	return tell(asking->error, err, "cannot wait: %s", strerror(-err));
}

int agent_client_get(struct agent_client *client, const char *path, char **out_body,
		     size_t *out_size, char error[static AGENT_CLIENT_ERROR_SIZE])
{
	struct asking asking = { .error = error };
	int err = ask(client, path, &asking);

	if (err)
		return err;
	*out_body = asking.body;
	*out_size = asking.size;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agent client: asks the agent that runs on this node, over its unix socket (HTTP/1.1;
 * JSON). For commands: it waits.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"

enum { AGENT_CLIENT_ERROR_SIZE = 256, AGENT_CLIENT_ANSWER_MAX = 64 << 20 };

struct agent_client;

/* -ENOENT, -ECONNREFUSED: no agent runs here; -EACCES: it may not be asked. The caller owns *out.
 */
int agent_client_open(const char *socket_path, struct agent_client **out);
/* What such an error means here and what to do, for "...: %s". Good until the next strerror(). */
const char *agent_client_why(int err);
void agent_client_close(struct agent_client *client);
DEFINE_CLEANUP(agent_client, struct agent_client *, agent_client_close)
#define cleanup_agent_client cleanup(cleanup_agent_client_fn)

/* GET path ("/v1/status"); the body, NUL-terminated, is owned by the caller. Anything but 200 is
 * -EPROTO; `error` then says what it was, in one line. */
int agent_client_get(struct agent_client *client, const char *path, char **out_body,
		     size_t *out_size, char error[static AGENT_CLIENT_ERROR_SIZE]);

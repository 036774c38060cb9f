/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the agent answers on its unix socket beside /metrics, /healthz and /readyz:
 * GET /v1/status, /v1/snapshot, /v1/leaks and /v1/events?last=N. JSON; an error is
 * {"v":1,"error":"..."}.
 */
#pragma once

#include "serve.h"
#include "sink/web/http.h"

struct account;
struct audit;
struct identities;
struct recent;
struct state;

enum { LOCAL_EVENTS_DEFAULT = 100, LOCAL_EVENTS_MAX = 10000 };

/* The ctx of the routes. Everything is borrowed. */
struct local {
	const char *node;
	struct serve_source source;
	const struct state *state;
	const struct identities *identities;
	const struct account *account;
	const struct audit *audit;
	const struct recent *recent;
};

enum { LOCAL_ROUTE_COUNT = 7 };
extern const struct http_route local_routes[LOCAL_ROUTE_COUNT];

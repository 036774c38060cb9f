/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nearby: does a request come from this node or pod itself, `kubectl port-forward`
 * among it? Pure.
 *
 * The peer's address must be of loopback; and the request must have been meant so: a
 * proxy beside us passes on what others ask, and a browser can be made to ask here by
 * a page whose own name was made to resolve to 127.0.0.1. Headers only ever make a
 * request one from afar; a proxy that writes them as somebody here would is not told
 * from somebody here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/base/addr.h"

struct nearby {
	struct ip peer;
	const char *host; /* header Host, or NULL */
	size_t host_count; /* headers of that name: of several each reader may take another */
	bool is_old; /* HTTP/1.0: of proxies that say nothing else, and of nobody here */
	bool is_forwarded; /* it has a header that a proxy adds */
};

bool nearby_is(const struct nearby *nearby);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nearby: does a request come from this node or pod itself, `kubectl port-forward`
 * among it? Pure.
 *
 * The peer's address must be of loopback; and the request must have been meant so: a
 * proxy beside us passes on what others ask, and a browser can be made to ask here by
 * a page whose own name was made to resolve to 127.0.0.1. Headers only ever make a
 * request one from afar.
 */
#pragma once

#include <stdbool.h>

#include "core/base/addr.h"

struct nearby {
	struct ip peer;
	const char *host; /* header Host, or NULL */
	bool is_forwarded; /* it has a header that a proxy adds */
};

bool nearby_is(const struct nearby *nearby);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Visitors: the connections of the HTTP server, in the places that core/web/places has
 * for them. Whom it tells to go is shut down; libmicrohttpd, which owns the descriptor,
 * sees the end and closes it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/web/places.h"

/* Zero at birth. */
struct visitors {
	struct places places;
	int fds[PLACES_MAX]; /* borrowed */
	uint64_t crowded, of_peer, slow; /* that were shut down, by why */
};

/* Somebody else may have to go. The place, or -ENOSPC. */
int visitors_enter(struct visitors *visitors, int fd, const struct peer *peer, uint64_t now_ns);
/* Before its descriptor is closed. Was it told to go? */
bool visitors_leave(struct visitors *visitors, int place);
/* Shut down whose time has ended. */
void visitors_end_slow(struct visitors *visitors, uint64_t now_ns);
/* Until visitors_end_slow() has something to do; -1: until somebody comes. */
int visitors_wait_ms(const struct visitors *visitors, uint64_t now_ns);

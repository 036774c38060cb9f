/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Usher: shows connections of the HTTP server to the places that core/web/places has for
 * them, and shuts down whom that tells to go; libmicrohttpd, which owns the descriptor,
 * sees the end and closes it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/web/places.h"

/* Zero at birth. */
struct usher {
	struct places places;
	int fds[PLACES_MAX]; /* borrowed */
	uint64_t crowded, of_peer, slow; /* that were shut down, by why */
};

/* Somebody else may have to go. The place, or -ENOSPC. */
int usher_enter(struct usher *usher, int fd, const struct peer *peer, uint64_t now_ns);
/* Before its descriptor is closed. Was it told to go? */
bool usher_leave(struct usher *usher, int place);
/* Shut down whose time has ended. */
void usher_end_slow(struct usher *usher, uint64_t now_ns);
/* Until usher_end_slow() has something to do; -1: until somebody comes. */
int usher_wait_ms(const struct usher *usher, uint64_t now_ns);

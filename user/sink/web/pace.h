/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pace: how soon libmicrohttpd runs again. While a handshake of TLS waits for its
 * client it asks to be run again at once, without end (0.9.75: a socket that had
 * nothing to read stays marked as ready), so that one client with half a hello would
 * take a whole processor. What it really has left is done in a few runs; news of
 * sockets come by its descriptor, at once.
 */
#pragma once

#include <stdbool.h>

enum {
	PACE_RUNS = 8, /* at once, without news */
	PACE_MS = 5, /* then */
};

/* Zero at birth. */
struct pace {
	unsigned int runs; /* without news, one after another */
};

/* Has the descriptor, of epoll, anything to tell? */
bool pace_has_news(int fd);
/* After a run: the time to wait, of what the library asks for; -1 and more than 0 stay. */
int pace_wait_ms(struct pace *pace, bool had_news, int asked_ms);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals as a descriptor of the loop: SIGTERM and SIGINT end it well, SIGHUP asks
 * for what is outside to be looked at anew; SIGPIPE is ignored.
 */
#pragma once

struct loop;

struct signals {
	int fd; /* -1 at birth */
	void (*on_reload)(void *ctx); /* SIGHUP; NULL: it does nothing */
	void *ctx;
};

/* on_reload and ctx are set already. -errno. *signals stays in the loop; signals_close() in any
 * case. */
int signals_open(struct loop *loop, struct signals *signals);
void signals_close(struct signals *signals);

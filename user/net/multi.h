/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl's transfers behind one file descriptor: an epoll set of their sockets, of
 * the timer that they ask for, and of one for whoever drives them.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "net/curl.h"

struct multi;

enum { MULTI_CONNECTIONS_MAX = 4 }; /* that stay open for a next transfer */

/* api is borrowed; the caller owns *out. -ENOMEM or of epoll and timerfd. */
int multi_open(const struct curl_api *api, struct multi **out);
void multi_close(struct multi *multi); /* once all easy handles are removed */
DEFINE_CLEANUP(multi, struct multi *, multi_close)
#define cleanup_multi cleanup(cleanup_multi_fn)

CURLM *multi_handle(const struct multi *multi); /* to add to and remove from; borrowed */
int multi_fd(const struct multi *multi); /* readable when multi_turn() has work; borrowed */
/* Be readable at that time of CLOCK_MONOTONIC, too, whatever libcurl waits for. */
void multi_wake_at(struct multi *multi, uint64_t when_ns);
/* Goes on with what is ready, without waiting: calls the callbacks of the easy handles. 0 or
 * -errno. */
int multi_turn(struct multi *multi);

/* SPDX-License-Identifier: Apache-2.0 */
/* Drives a fetcher where a test has no loop. */
#pragma once

#include <stdbool.h>

#include "net/fetch.h"

/* Lets the requests go on until is_done() says so; fails the test when it does not within 10 s. */
void fetching_run(struct fetcher *fetcher, bool (*is_done)(void *ctx), void *ctx);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The newest events, as HTML. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct record;

enum { PAGE_EVENTS_MAX = 100 };

/* A table, the newest on top: events are in the order of the log. Those of links and namespaces are
 * left out, past PAGE_EVENTS_MAX the oldest, too. Without shows_pods nothing is told that names a
 * pod, or may in somebody's words. */
void page_events_write(const struct record *events, size_t count, bool shows_pods, FILE *out);

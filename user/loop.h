/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event loop: one thread, one epoll set. Signals, timers, the event ring and
 * sockets are all file descriptors with a callback, so nothing runs anywhere
 * but here and no state needs a lock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"

struct loop;

/* 0 to go on, LOOP_STOP to end loop_run() well, -errno to end it badly. */
enum { LOOP_STOP = 1 };
typedef int (*loop_fn)(void *ctx);

int loop_new(struct loop **out);
void loop_free(struct loop *loop);
DEFINE_CLEANUP(loop, struct loop *, loop_free)
#define cleanup_loop cleanup(cleanup_loop_fn)

/* fd is borrowed. loop_add_edge() calls once per wake-up, not for as long as data waits. */
int loop_add(struct loop *loop, int fd, loop_fn fn, void *ctx);
int loop_add_edge(struct loop *loop, int fd, loop_fn fn, void *ctx);
/* Called after all that was ready in one turn. */
void loop_at_end_of_turn(struct loop *loop, loop_fn fn, void *ctx);
int loop_run(struct loop *loop);
/* One turn, for who has other work, too: what is ready within timeout_ms (-1: whenever). 0,
 * LOOP_STOP or -errno. */
int loop_turn(struct loop *loop, int timeout_ms);

/* CLOCK_MONOTONIC; and the time since the epoch. */
uint64_t loop_now_ns(void);
int64_t loop_wall_ns(void);

/* One-shot timers are descriptors, too. loop_timer_set(): in `delay_ns`, at least 1; 0 stops it. */
int loop_timer_open(void);
int loop_timer_set(int timer, uint64_t delay_ns);
void loop_timer_read(int timer);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capture: hearing what CNI plugins write to stdout. With fentry and kprobe the
 * hook is one of the probe's, always attached and free for all others. Else it is the
 * entry of write(2), which makes every system call of the machine a little slower: it
 * is attached while plugins run and for a while after.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "source/kernel/kernel.h"

struct capture_hook;
struct object;

/* How long it is to stay attached after the last plugin: the kubelet tries again every 11 to 16 s.
 */
#define CAPTURE_HOLD_NS 60000000000ULL
/* Between two tries, where the kernel refuses: each may be a line in the node's audit log. */
#define CAPTURE_RETRY_NS 60000000000ULL

/* The object is borrowed for the hook's life. -ENOMEM. The caller owns *out. */
int capture_open(const struct object *object, struct capture_hook **out);
void capture_close(struct capture_hook *hook);
DEFINE_CLEANUP(capture, struct capture_hook *, capture_close)
#define cleanup_capture cleanup(cleanup_capture_fn)

/* Privileges are as they will be: would it be attached? To be known before the first plugin runs.
 */
void capture_check(struct capture_hook *hook);
/* A plugin runs: attach where that is needed. What fails is tried again with the next one, what was
 * refused no sooner than after CAPTURE_RETRY_NS, and said in the log once. */
void capture_hold(struct capture_hook *hook, uint64_t now_ns);
/* No plugin has run for a while. */
void capture_release(struct capture_hook *hook);

/* Why plugins are not heard, and what that costs, until it works again; borrowed. NULL: nothing is
 * wrong. */
const char *capture_trouble(const struct capture_hook *hook);
enum capture capture_way(const struct capture_hook *hook);
/* Would a plugin be heard now? */
bool capture_is_on(const struct capture_hook *hook);

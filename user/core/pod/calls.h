/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls: runs of CNI plugins, put together from what the kernel programs tell:
 * exec, what was written to stdout, exit. A plugin runs others (bridge runs
 * host-local), and whatever it runs inherits its environment: while a call is
 * under way, everything with the same container, interface and command is part of
 * it, and its own end is the call's. Pure; bounded.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "cleanup.h"
#include "core/pod/failure.h"
#include "core/pod/pod.h"

enum call_command {
	CALL_ADD,
	CALL_DEL,
	CALL_CHECK,
	CALL_VERSION,
	CALL_STATUS,
	CALL_GC,
	CALL_OTHER,
	CALL_COMMAND_COUNT,
};

enum call_result {
	CALL_SUCCESS,
	CALL_ERROR, /* exit status other than 0 */
	CALL_KILLED, /* by a signal: runtimes do so when they have waited long enough */
	CALL_RESULT_COUNT,
};

enum {
	CALLS_MAX = 512, /* under way at once */
	CALLS_PROCESS_MAX = 2048, /* processes of them */
	CALLS_TEXT_MAX = 4096, /* of one call's stdout */
	CALL_PLUGIN_SIZE = 32,
};

struct call {
	uint64_t start_ns; /* CLOCK_MONOTONIC */
	uint64_t duration_ns; /* of one that ended */
	enum call_command command;
	enum call_result result; /* of one that ended */
	int status; /* exit status, or the signal's number */
	char plugin[CALL_PLUGIN_SIZE]; /* the file's name */
	char ifname[CALL_IFNAME_SIZE];
	char netns[CALL_NETNS_SIZE]; /* path; "" not known, or cut */
	struct pod pod; /* container_id is CNI_CONTAINERID */
	bool is_cut; /* some value of its environment did not fit, and is left out */
	char text[CALLS_TEXT_MAX]; /* what it wrote to stdout; not terminated */
	size_t text_size;
	bool is_text_cut;
};

struct calls;

struct calls_stats {
	uint32_t under_way;
	uint64_t refused; /* execs that met CALLS_MAX or CALLS_PROCESS_MAX, or no memory */
	uint64_t strays; /* execs with a plugin's environment, outside CNI_PATH and outside every
			    call */
	uint64_t cut; /* calls with is_cut */
	uint64_t forgotten; /* calls whose end was never told */
};

/* -ENOMEM. The caller owns *out. */
int calls_new(struct calls **out);
void calls_free(struct calls *calls);
DEFINE_CLEANUP(calls, struct calls *, calls_free)
#define cleanup_calls cleanup(cleanup_calls_fn)

/* A plugin starts. The call that begins with it, borrowed until its end; NULL when it is part of
 * one, no plugin, or there is no room. A process that executes once more goes on with its call. */
const struct call *calls_exec(struct calls *calls, const struct call_exec *exec);
void calls_output(struct calls *calls, const struct call_output *output);
/* A process ends. The call that ended with it, borrowed until the next use of calls; or NULL. */
const struct call *calls_exit(struct calls *calls, const struct call_exit *exit);
/* Drop what began more than age_ns before now_ns: its end was lost. */
void calls_expire(struct calls *calls, uint64_t now_ns, uint64_t age_ns);
struct calls_stats calls_stats(const struct calls *calls);

/* "ADD", ..., "other"; "success", "error", "killed": values of labels. */
const char *call_command_name(enum call_command command);
const char *call_result_name(enum call_result result);

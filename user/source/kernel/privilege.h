/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which capabilities the agent uses, for what, and by which of the kernel's checks:
 * one table, which the agent, `podip doctor` and the manual's table read. Sets of
 * capabilities are masks: bit n is capability n.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/kernel/filtered.h"
#include "source/kernel/kernel.h"

/* Until the agent listens, or for as long as it runs. */
enum privilege_phase { PRIVILEGE_START, PRIVILEGE_RUN, PRIVILEGE_PHASE_COUNT };

/* On what it depends which capabilities are used. */
struct privilege_scene {
	enum backend backend;
	enum capture capture; /* beside that backend */
	bool is_own_netns; /* the agent's network namespace is the node's */
	bool has_tracefs; /* mounted where the agent sees it */
	bool hides_symbols; /* addresses of kernel functions, from those without CAP_SYSLOG */
	bool charges_memlock; /* BPF counts against RLIMIT_MEMLOCK (before 5.11), which is low */
	bool guards_bpf; /* every bpf(2) needs CAP_BPF (before 5.19, unprivileged BPF is off) */
	bool guards_perf; /* perf_event_open() wants CAP_SYS_ADMIN beside CAP_PERFMON (Debian,
			     Ubuntu); not known, and no, where that is not held */
	bool has_low_port; /* an address to listen on is kept for the privileged */
	unsigned int filtered; /* as the kernel's */
};

/* One use of one capability. */
struct privilege {
	unsigned int capability;
	enum privilege_phase phase;
	const char *what; /* value of podip_degraded's label */
	const char *where; /* it is used, in words */
	const char *check; /* the kernel's function and file */
	const char *cost; /* of its lack */
	uint64_t instead; /* any one of these does as well */
	bool (*is_used)(const struct privilege_scene *scene);
	enum filtered call; /* which it is held for; FILTERED_COUNT: one that no profile refuses */
};

enum { PRIVILEGE_COUNT = 14 };

extern const struct privilege privileges[PRIVILEGE_COUNT];

/* "CAP_BPF"; "CAP_?" of one that is in no row. */
const char *privilege_capability_name(unsigned int capability);

/* Look at the machine: all of the scene but backend, capture, is_own_netns and has_low_port, which
 * stay as they are. */
void privilege_look(const struct kernel *kernel, struct privilege_scene *scene);
/* Is the node's netns, that of process 1 under proc_dir, also ours? Yes, where it is hidden. */
bool privilege_is_own_netns(const char *proc_dir);
/* How plugins' words are heard with this backend, or would be if it were not refused, or but for
 * privileges: to be put into a scene that tells what is missing. */
enum capture privilege_capture(const struct kernel *kernel, enum backend backend);
/* Effective capabilities of this process. */
uint64_t privilege_held(void);
/* All that are used in this phase; those that stand in for another are not among them. */
uint64_t privilege_set(const struct privilege_scene *scene, enum privilege_phase phase);
/* Is it used there and neither it nor a stand-in held? */
bool privilege_is_missing(const struct privilege *privilege, const struct privilege_scene *scene,
			  uint64_t held);
/* Why what it is held for is refused all the same, in words; NULL: it is missing, not used, or not
 * known to be refused. With no more than is kept of `held` perf_event_open() is tried. */
const char *privilege_refusal(const struct privilege *privilege,
			      const struct privilege_scene *scene, uint64_t held);
/* What to keep of `held`, so that what runs goes on running: stand-ins, too, where they are all
 * there is. */
uint64_t privilege_kept(const struct privilege_scene *scene, uint64_t held);

enum { PRIVILEGE_NAMES_SIZE = 320 };

/* Is perf_event_open() refused to this thread as it is? The kernel's -errno, or 0. */
int privilege_perf_err(void);

/* "CAP_BPF, CAP_PERFMON", by number; "none". */
void privilege_names(uint64_t set, char out[static PRIVILEGE_NAMES_SIZE]);

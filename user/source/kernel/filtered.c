// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/filtered.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"

/* An attribute is no larger than a page: E2BIG, before it is read. A command that there is not: of
 * two that there are the kernel asks for capabilities first, and not for those of a user namespace.
 */
static long ask_bpf(void)
{
	return syscall(SYS_bpf, -1, NULL, 1U << 20);
}

/* -1, as our own filter wants it; the flags are checked first. */
static long ask_perf_event_open(void)
{
	return syscall(SYS_perf_event_open, NULL, -1, 0, -1, ~0UL);
}

static long ask_fsopen(void)
{
	return syscall(SYS_fsopen, NULL, ~0U);
}

static const struct {
	const char *name;
	long (*ask)(void);
	int answer; /* the kernel's errno */
	unsigned int capability; /* without which it may be another; CAP_SYS_ADMIN does as well */
	bool is_for_all; /* none is asked for */
} calls[] = {
	[FILTERED_BPF] = { "bpf(2)", ask_bpf, E2BIG, CAP_BPF, false },
	[FILTERED_PERF_EVENT_OPEN] = { "perf_event_open(2)", ask_perf_event_open, EINVAL, 0, true },
	[FILTERED_FSOPEN] = { "fsopen(2)", ask_fsopen, EINVAL, CAP_SYS_ADMIN, false },
};

_Static_assert(array_size(calls) == FILTERED_COUNT, "a call lacks its row");

const char *filtered_name(enum filtered call)
{
	return calls[call].name;
}

static bool holds(unsigned int capability)
{
	capng_get_caps_process();
	return capng_have_capability(CAPNG_EFFECTIVE, capability) ||
	       capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN);
}

bool filtered_is(enum filtered call)
{
	/* Then it is the kernel that lacks it; a filter that refuses this, too, says no 0. */
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0)
		return false;
	if (!calls[call].is_for_all && !holds(calls[call].capability))
		return false;
	errno = 0;
	return calls[call].ask() < 0 && errno != calls[call].answer;
}

unsigned int filtered_all(void)
{
	unsigned int all = 0;

	for (enum filtered i = 0; i < FILTERED_COUNT; i++)
		all |= filtered_is(i) ? 1U << i : 0;
	return all;
}

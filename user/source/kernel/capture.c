// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/capture.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "log.h"
#include "source/kernel/filtered.h"
#include "source/kernel/object.h"
#include "source/kernel/privilege.h"
#include "source/kernel/tracefs.h"
#include "walk.h" /* the skeleton names its types */

#include "podip.skel.h"

struct capture_hook {
	const struct object *object;
	uint32_t event_id; /* of the tracepoint */
	int event; /* -1 while it is not attached */
	bool is_final; /* what is wrong does not mend itself */
	bool has_asked_filter;
	uint64_t retry_ns; /* not before then */
	char why[FINDING_TEXT_SIZE]; /* it is not heard; empty: nothing is wrong */
	char trouble[FINDING_TEXT_SIZE + 128]; /* the same, and what it costs */
};

__attribute__((format(printf, 2, 3))) static void fail(struct capture_hook *hook, const char *fmt,
						       ...)
{
	char why[FINDING_TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (!strcmp(why, hook->why))
		return;
	memcpy(hook->why, why, sizeof(why));
	snprintf(hook->trouble, sizeof(hook->trouble),
		 "what CNI plugins say is not heard, failures are told by exit status and by what "
		 "is full: %s",
		 why);
	log_warn("cannot hear what CNI plugins say: %s, ignoring: failures are told by exit status "
		 "and by what is full",
		 why);
}

static void fail_to_attach(struct capture_hook *hook, int err, uint64_t now_ns)
{
	bool is_refused = err == -EPERM || err == -EACCES || err == -ENOSYS;

	/* A filter that does not refuse it now never will: ours is set by now. */
	if (is_refused && !take(hook->has_asked_filter, true))
		hook->is_final = filtered_is(FILTERED_PERF_EVENT_OPEN);
	hook->retry_ns = is_refused ? now_ns + CAPTURE_RETRY_NS : 0;
	if (hook->is_final)
		fail(hook, "perf_event_open(2) is refused by a seccomp profile");
	else if (is_refused)
		fail(hook, "the kernel, or a security module, refuses a perf event: %s",
		     strerror(-err));
	else
		fail(hook, "a perf event cannot be attached: %s", strerror(-err));
}

static void succeed(struct capture_hook *hook)
{
	if (*hook->why)
		log_info("hearing what CNI plugins say again");
	*hook->why = *hook->trouble = '\0';
}

/* The trace file system is out of reach later. */
static void open_event(struct capture_hook *hook)
{
	int err = tracefs_event_id("syscalls/sys_enter_write", &hook->event_id);

	hook->is_final = err;
	if (err)
		fail(hook, "the trace file system cannot be read: %s", strerror(-err));
}

int capture_open(const struct object *object, struct capture_hook **out)
{
	struct capture_hook *hook = calloc(1, sizeof(*hook));

	if (!hook)
		return -ENOMEM;
	hook->object = object;
	hook->event = -1;
	if (object->capture == CAPTURE_SYSCALL)
		open_event(hook);
	else if (object->capture == CAPTURE_NONE)
		fail(hook, "%s", object->capture_limit);
	*out = hook;
	return 0;
}

void capture_close(struct capture_hook *hook)
{
	if (!hook)
		return;
	close_fd(hook->event);
	free(hook);
}

static int attach(struct capture_hook *hook, int *out)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT,
					.size = sizeof(attr),
					.sample_period = 1,
					.wakeup_events = 1 };
	int program = bpf_program__fd(hook->object->skel->progs.tp_write);
	cleanup_close int event = -1;

	attr.config = hook->event_id;
	event = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (event < 0 || ioctl(event, PERF_EVENT_IOC_SET_BPF, program) < 0 ||
	    ioctl(event, PERF_EVENT_IOC_ENABLE, 0) < 0)
		return -errno;

	*out = take_fd(event);
	return 0;
}

static bool is_to_attach(const struct capture_hook *hook)
{
	return hook->object->capture == CAPTURE_SYSCALL && hook->event < 0 && !hook->is_final;
}

void capture_check(struct capture_hook *hook)
{
	int err = is_to_attach(hook) ? privilege_perf_err() : 0;

	if (err)
		fail_to_attach(hook, err, 0);
}

void capture_hold(struct capture_hook *hook, uint64_t now_ns)
{
	int err;

	if (!is_to_attach(hook) || now_ns < hook->retry_ns)
		return;
	err = attach(hook, &hook->event);
	if (err)
		fail_to_attach(hook, err, now_ns);
	else
		succeed(hook);
}

void capture_release(struct capture_hook *hook)
{
	close_fd(take_fd(hook->event));
}

const char *capture_trouble(const struct capture_hook *hook)
{
	return *hook->trouble ? hook->trouble : NULL;
}

enum capture capture_way(const struct capture_hook *hook)
{
	return *hook->why ? CAPTURE_NONE : hook->object->capture;
}

bool capture_is_on(const struct capture_hook *hook)
{
	return hook->event >= 0 || hook->object->capture == CAPTURE_FENTRY ||
	       hook->object->capture == CAPTURE_KPROBE;
}

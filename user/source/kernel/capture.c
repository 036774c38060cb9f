// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/capture.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "log.h"
#include "source/kernel/object.h"
#include "source/kernel/tracefs.h"
#include "walk.h" /* the skeleton names its types */

#include "podip.skel.h"

struct capture_hook {
	const struct object *object;
	uint32_t event_id; /* of the tracepoint */
	int event; /* -1 while it is not attached */
	bool has_failed;
};

static void fail(struct capture_hook *hook, int err)
{
	/* -ENOSYS: a seccomp profile's refusal, as final as the kernel's own. */
	hook->has_failed = err == -EPERM || err == -EACCES || err == -ENOENT || err == -ENOSYS;
	log_warn("cannot hear what CNI plugins say: %s, ignoring: failures are told by exit status "
		 "and state alone",
		 strerror(-err));
}

/* The trace file system is out of reach once privileges are shed. */
int capture_open(const struct object *object, struct capture_hook **out)
{
	struct capture_hook *hook = calloc(1, sizeof(*hook));
	int err = 0;

	if (!hook)
		return -ENOMEM;
	hook->object = object;
	hook->event = -1;
	if (object->capture == CAPTURE_SYSCALL)
		err = tracefs_event_id("syscalls/sys_enter_write", &hook->event_id);
	if (err) {
		fail(hook, err);
		hook->has_failed = true;
	}
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

void capture_hold(struct capture_hook *hook)
{
	int err;

	if (hook->object->capture != CAPTURE_SYSCALL || hook->event >= 0 || hook->has_failed)
		return;
	err = attach(hook, &hook->event);
	if (err)
		fail(hook, err);
}

void capture_release(struct capture_hook *hook)
{
	close_fd(take_fd(hook->event));
}

enum capture capture_way(const struct capture_hook *hook)
{
	return hook->has_failed ? CAPTURE_NONE : hook->object->capture;
}

bool capture_is_on(const struct capture_hook *hook)
{
	return hook->event >= 0 || hook->object->capture == CAPTURE_FENTRY ||
	       hook->object->capture == CAPTURE_KPROBE;
}

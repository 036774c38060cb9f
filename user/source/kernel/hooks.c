// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/hooks.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "source/kernel/attempt.h"
#include "source/kernel/symbols.h"

const struct hook hooks[HOOK_COUNT] = {
	{ BACKEND_FENTRY, HOOK_NEEDED, "fentry_link_listed", "list_netdevice",
	  "netns created, link added", NULL },
	{ BACKEND_FENTRY, HOOK_NEEDED, "fentry_link_unlisted", "unlist_netdevice", "link removed",
	  NULL },
	{ BACKEND_FENTRY, HOOK_NEEDED, "fexit_link_renamed", "dev_change_name", "link renamed",
	  NULL },
	{ BACKEND_FENTRY, HOOK_NEEDED, "fexit_link_renamed_6_18", "netif_change_name",
	  "link renamed", "dev_change_name" },
	{ BACKEND_FENTRY, HOOK_NEEDED, "fentry_netns_dead", "netdev_exit", "netns freed", NULL },
	{ BACKEND_FENTRY, HOOK_NEEDED, "fentry_ipv4", "rtmsg_ifa", "IPv4 address", NULL },
	{ BACKEND_FENTRY, HOOK_NEEDED, "fentry_ipv6", "inet6addr_notifier_call_chain",
	  "IPv6 address", NULL },
	{ BACKEND_FENTRY, HOOK_NEEDED, "fentry_ipv6_usable", "addrconf_dad_completed",
	  "IPv6 usable", NULL },
	{ BACKEND_KPROBE, HOOK_NEEDED, "kprobe_link_listed", "list_netdevice",
	  "netns created, link added", NULL },
	{ BACKEND_KPROBE, HOOK_NEEDED, "kprobe_link_unlisted", "unlist_netdevice", "link removed",
	  NULL },
	{ BACKEND_KPROBE, HOOK_NEEDED, "kprobe_link_rename", "dev_change_name", "link renamed",
	  NULL },
	{ BACKEND_KPROBE, HOOK_NEEDED, "kretprobe_link_renamed", "dev_change_name", "link renamed",
	  NULL },
	{ BACKEND_KPROBE, HOOK_NEEDED, "kprobe_netns_dead", "netdev_exit", "netns freed", NULL },
	{ BACKEND_KPROBE, HOOK_NEEDED, "kprobe_ipv4", "rtmsg_ifa", "IPv4 address", NULL },
	{ BACKEND_KPROBE, HOOK_NEEDED, "kprobe_ipv6", "inet6addr_notifier_call_chain",
	  "IPv6 address", NULL },
	{ BACKEND_KPROBE, HOOK_NEEDED, "kprobe_ipv6_usable", "addrconf_dad_completed",
	  "IPv6 usable", NULL },
	{ BACKEND_TRACEPOINT, HOOK_NEEDED, "tp_notifier", "btf_trace_notifier_run",
	  "IPv4 and links: walk", NULL },
	{ BACKEND_TRACEPOINT, HOOK_NEEDED, "tp_work_queued", "btf_trace_workqueue_queue_work",
	  "netns: walk", NULL },
	{ BACKEND_TRACEPOINT, HOOK_NEEDED, "tp_work_started", "btf_trace_workqueue_execute_start",
	  "IPv6 under way", NULL },
	{ BACKEND_TRACEPOINT, HOOK_NEEDED, "tp_work_done", "btf_trace_workqueue_execute_end",
	  "IPv6: walk", NULL },
	/* Ends before beginnings: a run that began unheard leaves nothing behind. */
	{ BACKEND_FENTRY, HOOK_OPTIONAL, "fentry_pipe", "pipe_write", "CNI error text", NULL },
	{ BACKEND_FENTRY, HOOK_OPTIONAL, "fentry_anon_pipe", "anon_pipe_write", "CNI error text",
	  "pipe_write" },
	{ BACKEND_KPROBE, HOOK_OPTIONAL, "kprobe_pipe", "pipe_write", "CNI error text", NULL },
	{ BACKEND_KPROBE, HOOK_OPTIONAL, "kprobe_anon_pipe", "anon_pipe_write", "CNI error text",
	  "pipe_write" },
	{ BACKEND_NONE, HOOK_OPTIONAL, "tp_exit", "btf_trace_sched_process_exit", "CNI call ends",
	  NULL },
	{ BACKEND_NONE, HOOK_OPTIONAL, "tp_exec", "btf_trace_sched_process_exec", "CNI call begins",
	  NULL },
	{ BACKEND_NONE, HOOK_OPTIONAL, "tp_exec_bounded", "btf_trace_sched_process_exec",
	  "CNI call begins", NULL },
};

static const char *const backend_names[] = { "fentry", "kprobe", "tracepoint" };

_Static_assert(array_size(backend_names) == BACKEND_COUNT, "a backend lacks its name");

const char *backend_name(enum backend backend)
{
	return backend < BACKEND_COUNT ? backend_names[backend] : "none";
}

int backend_parse(const char *text, enum backend *out)
{
	for (size_t i = 0; i < array_size(backend_names); i++)
		if (!strcmp(text, backend_names[i])) {
			*out = i;
			return 0;
		}
	return -EINVAL;
}

void hooks_find(const struct symbol *symbols, bool has_kprobes, bool *out_found)
{
	for (size_t i = 0; i < HOOK_COUNT; i++)
		out_found[i] = hooks[i].backend == BACKEND_KPROBE
				       ? has_kprobes && !attempt_kprobe(symbols[i].name)
				       : symbols[i].btf_id != 0;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		const struct hook *better = &hooks[i];

		if (!better->instead_of || !out_found[i])
			continue;
		for (size_t j = 0; j < HOOK_COUNT; j++)
			if (hooks[j].backend == better->backend &&
			    !strcmp(hooks[j].function, better->instead_of))
				out_found[j] = false;
	}
}

/* A row that another one stands in for is not missing. */
static bool is_covered(const bool *found, const struct hook *row)
{
	for (size_t i = 0; i < HOOK_COUNT; i++)
		if (found[i] && hooks[i].backend == row->backend &&
		    !strcmp(hooks[i].fact, row->fact))
			return true;
	return false;
}

const struct hook *hooks_missing(enum backend backend, const bool *found)
{
	for (size_t i = 0; i < HOOK_COUNT; i++)
		if (hooks[i].backend == backend && hooks[i].need == HOOK_NEEDED &&
		    !is_covered(found, &hooks[i]))
			return &hooks[i];
	return NULL;
}

bool hooks_have_optional(enum backend backend, const bool *found)
{
	for (size_t i = 0; i < HOOK_COUNT; i++)
		if (hooks[i].backend == backend && hooks[i].need == HOOK_OPTIONAL && found[i])
			return true;
	return false;
}

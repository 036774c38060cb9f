// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Live hooks. Two of the three ways to hear changes share this set of functions
 * (fentry and kprobe); the third only learns here that something changed, and
 * user space finds out what by a walk. Programs report; user space decides.
 */
#include "events.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* ---- fentry: the same functions by BPF trampoline ---- */

SEC("fentry/list_netdevice")
int BPF_PROG(fentry_link_listed, struct net_device *dev)
{
	report_listed(dev);
	return 0;
}

SEC("fentry/unlist_netdevice")
int BPF_PROG(fentry_link_unlisted, struct net_device *dev)
{
	report_unlisted(dev);
	return 0;
}

SEC("fexit/dev_change_name")
int BPF_PROG(fexit_link_renamed, struct net_device *dev, const char *name, int err)
{
	if (!err)
		report_link_name(dev);
	return 0;
}

/* From 6.18 on dev_change_name() is a wrapper around this one. */
SEC("fexit/netif_change_name")
int BPF_PROG(fexit_link_renamed_6_18, struct net_device *dev, const char *name, int err)
{
	if (!err)
		report_link_name(dev);
	return 0;
}

SEC("fentry/netdev_exit")
int BPF_PROG(fentry_netns_dead, struct net *net)
{
	report_netns(EVENT_NETNS_DEL, net);
	return 0;
}

SEC("fentry/rtmsg_ifa")
int BPF_PROG(fentry_ipv4, int event, struct in_ifaddr *ifa)
{
	report_ipv4(event == RTM_NEWADDR ? EVENT_ADDR_ADD : EVENT_ADDR_DEL, ifa);
	return 0;
}

/* A new address is tentative here; addrconf_dad_completed() says when it is usable. */
SEC("fentry/inet6addr_notifier_call_chain")
int BPF_PROG(fentry_ipv6, unsigned long value, struct inet6_ifaddr *ifp)
{
	report_ipv6(value == NETDEV_DOWN ? EVENT_ADDR_DEL : EVENT_ADDR_ADD, ifp,
		    BPF_CORE_READ(ifp, flags));
	return 0;
}

SEC("fentry/addrconf_dad_completed")
int BPF_PROG(fentry_ipv6_usable, struct inet6_ifaddr *ifp)
{
	report_ipv6(EVENT_ADDR_ADD, ifp, BPF_CORE_READ(ifp, flags) & ~IFA_F_TENTATIVE);
	return 0;
}

/* ---- kprobe: the same functions where there are no trampolines ---- */

SEC("kprobe/list_netdevice")
int BPF_KPROBE(kprobe_link_listed, struct net_device *dev)
{
	report_listed(dev);
	return 0;
}

SEC("kprobe/unlist_netdevice")
int BPF_KPROBE(kprobe_link_unlisted, struct net_device *dev)
{
	report_unlisted(dev);
	return 0;
}

/* The name is final only on return, where arguments are gone: keep the device by thread. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64); /* rtnl_lock lets one thread rename at a time */
	__type(key, __u64);
	__type(value, struct net_device *);
} renaming SEC(".maps");

SEC("kprobe/dev_change_name")
int BPF_KPROBE(kprobe_link_rename, struct net_device *dev)
{
	__u64 thread = bpf_get_current_pid_tgid();

	bpf_map_update_elem(&renaming, &thread, &dev, BPF_ANY);
	return 0;
}

SEC("kretprobe/dev_change_name")
int BPF_KRETPROBE(kretprobe_link_renamed, int err)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct net_device **dev = bpf_map_lookup_elem(&renaming, &thread);

	if (dev && !err)
		report_link_name(*dev);
	bpf_map_delete_elem(&renaming, &thread);
	return 0;
}

SEC("kprobe/netdev_exit")
int BPF_KPROBE(kprobe_netns_dead, struct net *net)
{
	report_netns(EVENT_NETNS_DEL, net);
	return 0;
}

SEC("kprobe/rtmsg_ifa")
int BPF_KPROBE(kprobe_ipv4, int event, struct in_ifaddr *ifa)
{
	report_ipv4(event == RTM_NEWADDR ? EVENT_ADDR_ADD : EVENT_ADDR_DEL, ifa);
	return 0;
}

SEC("kprobe/inet6addr_notifier_call_chain")
int BPF_KPROBE(kprobe_ipv6, unsigned long value, struct inet6_ifaddr *ifp)
{
	report_ipv6(value == NETDEV_DOWN ? EVENT_ADDR_DEL : EVENT_ADDR_ADD, ifp,
		    BPF_CORE_READ(ifp, flags));
	return 0;
}

SEC("kprobe/addrconf_dad_completed")
int BPF_KPROBE(kprobe_ipv6_usable, struct inet6_ifaddr *ifp)
{
	report_ipv6(EVENT_ADDR_ADD, ifp, BPF_CORE_READ(ifp, flags) & ~IFA_F_TENTATIVE);
	return 0;
}

/* ---- tracepoint: something changed, a walk will tell what ---- */

/* Addresses of the kernel functions that tell of a change; 0 where kallsyms hides one. */
__u64 fn_fib_inetaddr_event; /* IPv4 address, in every netns */
__u64 fn_inetdev_event; /* any link */
__u64 fn_cleanup_net; /* namespaces die */
__u64 fn_check_lifetime; /* IPv4 insert, since 6.14 */
__u64 fn_addrconf_dad_work; /* IPv6 add; its end is the end of DAD */
__u64 fn_mld_ifc_work; /* IPv6 delete: two ticks after the groups were left */

#define find_function(name) bpf_kallsyms_lookup_name(#name, sizeof(#name), 0, &fn_##name)

/* Reading /proc/kallsyms would take 60 ms. Returns 0 when the two that matter most are known. */
SEC("syscall")
int find_functions(void *ctx)
{
	find_function(check_lifetime);
	find_function(addrconf_dad_work);
	find_function(mld_ifc_work);
	find_function(inetdev_event);
	return find_function(fib_inetaddr_event) || find_function(cleanup_net);
}

volatile __u64 triggers;

/* With a full barrier on every architecture, as a ring commit would have; needs 5.12. */
static __always_inline void trigger(void)
{
	__u64 start_ns = bpf_ktime_get_ns();

	if (__sync_fetch_and_add(&triggers, 1) != ~0ULL)
		wake();
	count_run(PROGRAM_TRIGGER, start_ns);
}

SEC("tp_btf/notifier_run")
int tp_notifier(__u64 *ctx)
{
	__u64 callback = ctx[0];

	if (callback == fn_fib_inetaddr_event || callback == fn_inetdev_event)
		trigger();
	return 0;
}

enum {
	HINT_STEPS = 16, /* devices and addresses of a netns: pods have one or two of each */
	HINT_ADDRESSES = 4, /* of one device */
};

static __always_inline void hint_ipv4_of(const struct net_device *dev)
{
	const struct in_ifaddr *ifa = BPF_CORE_READ(dev, ip_ptr, ifa_list);

	for (int i = 0; i < HINT_ADDRESSES && ifa; i++) {
		report_ipv4(EVENT_ADDR_ADD, ifa);
		ifa = BPF_CORE_READ(ifa, ifa_next);
	}
}

/* Each IPv4 address queues its netns' work behind it, with the address in its list already. Devices
 * and addresses in one loop: nested ones take the verifier ten times as long. */
static __always_inline void hint_ipv4(const struct work_struct *work)
{
	const struct net *net =
		(const void *)work - bpf_core_field_offset(struct net, ipv4.addr_chk_work.work);
	const struct list_head *head =
		(const void *)net + bpf_core_field_offset(struct net, dev_base_head);
	const struct list_head *at = BPF_CORE_READ(head, next);
	const struct in_ifaddr *ifa = NULL;

	if (BPF_CORE_READ(net, ns.inum) == host_inum)
		return;
	for (int i = 0; i < HINT_STEPS; i++) {
		const struct net_device *dev;

		if (ifa) {
			report_ipv4(EVENT_ADDR_ADD, ifa);
			ifa = BPF_CORE_READ(ifa, ifa_next);
			continue;
		}
		if (at == head)
			break;
		dev = (const void *)at - bpf_core_field_offset(struct net_device, dev_list);
		if (BPF_CORE_READ(dev, ifindex) != LOOPBACK_IFINDEX)
			ifa = BPF_CORE_READ(dev, ip_ptr, ifa_list);
		at = BPF_CORE_READ(at, next);
	}
}

/* IPv6 addresses whose DAD work runs now, by the worker that runs it. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 256);
	__type(key, __u64);
	__type(value, const struct inet6_dev *);
} dad_running SEC(".maps");

SEC("tp_btf/workqueue_execute_start")
int BPF_PROG(tp_work_started, struct work_struct *work)
{
	__u64 worker = bpf_get_current_pid_tgid();
	const struct inet6_ifaddr *ifp;
	const struct inet6_dev *idev;

	if ((__u64)BPF_CORE_READ(work, func) != fn_addrconf_dad_work)
		return 0;
	ifp = (const void *)work - bpf_core_field_offset(struct inet6_ifaddr, dad_work.work);
	idev = BPF_CORE_READ(ifp, idev);
	bpf_map_update_elem(&dad_running, &worker, &idev, BPF_ANY);
	return 0;
}

/* The work is done and the address usable, unless it is gone by now: then its device may be, too,
 * and what is left of it does not point back. */
static __always_inline void hint_ipv6(void)
{
	__u64 worker = bpf_get_current_pid_tgid();
	const struct inet6_dev **found = bpf_map_lookup_elem(&dad_running, &worker);
	const struct list_head *head, *at;
	const struct inet6_dev *idev;
	const struct net_device *dev;

	if (!found)
		return;
	idev = *found;
	bpf_map_delete_elem(&dad_running, &worker);
	dev = BPF_CORE_READ(idev, dev);
	if (BPF_CORE_READ(dev, ip6_ptr) != idev ||
	    BPF_CORE_READ(dev, nd_net.net, ns.inum) == host_inum)
		return;
	hint_ipv4_of(dev); /* before 6.14 nothing else hints at them */
	head = (const void *)idev + bpf_core_field_offset(struct inet6_dev, addr_list);
	at = BPF_CORE_READ(head, next);
	for (int i = 0; i < HINT_ADDRESSES && at && at != head; i++) {
		const struct inet6_ifaddr *ifp =
			(const void *)at - bpf_core_field_offset(struct inet6_ifaddr, if_list);
		__u32 flags = BPF_CORE_READ(ifp, flags);

		if (!(flags & IFA_F_TENTATIVE) && BPF_CORE_READ(ifp, state) != ADDRESS_DEAD)
			report_ipv6(EVENT_ADDR_ADD, ifp, flags);
		at = BPF_CORE_READ(at, next);
	}
}

SEC("tp_btf/workqueue_queue_work")
int BPF_PROG(tp_work_queued, int cpu, void *pool, struct work_struct *work)
{
	const struct net *net = NULL;
	__u64 fn = (__u64)BPF_CORE_READ(work, func);

	if (fn == fn_check_lifetime) {
		if (bpf_core_field_exists(net->ipv4.addr_chk_work))
			hint_ipv4(work);
		trigger();
	} else if (fn == fn_cleanup_net) {
		trigger();
	}
	return 0;
}

/* tp_btf cannot take this one's function pointer. */
SEC("raw_tp/workqueue_execute_end")
int tp_work_done(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 fn = ctx->args[1];

	if (fn == fn_addrconf_dad_work) {
		hint_ipv6();
		trigger();
	} else if (fn == fn_mld_ifc_work || fn == fn_cleanup_net) {
		trigger();
	}
	return 0;
}

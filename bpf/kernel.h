/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every kernel type and field that the programs read, and no more. CO-RE matches
 * them to the running kernel by name, so order and omissions do not matter.
 * Adding a line here adds a kernel dependency: say since which version, where it
 * is younger than 5.10.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* Sixteen bytes, whatever names the kernel gives them; only its BTF id and its size are used. */
struct in6_addr {
	__u64 half[2];
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next, *prev;
};

struct ns_common {
	unsigned int inum;
};

struct xarray {
	void *xa_head;
};

struct xa_node {
	unsigned char shift;
	void *slots[64];
};

struct idr {
	struct xarray idr_rt;
};

struct work_struct {
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
};

struct netns_ipv4 {
	struct delayed_work addr_chk_work; /* 6.14: one for each netns */
};

struct net {
	struct list_head list; /* of all namespaces, in order of creation */
	struct list_head dev_base_head;
	struct ns_common ns;
	struct netns_ipv4 ipv4;
	struct idr netns_ids; /* nsid, as rtnetlink of this netns says it -> struct net */
	__u64 net_cookie; /* 5.12; before that an atomic64_t that is mostly 0 */
};

struct atomic64_cookie {
	long long counter;
};

struct net___before_5_12 {
	struct atomic64_cookie net_cookie;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct rtnl_link_ops {
	const char *kind;
};

struct in_device;
struct inet6_dev;

struct net_device {
	int ifindex;
	char name[16];
	possible_net_t nd_net;
	struct list_head dev_list;
	struct in_device *ip_ptr;
	struct inet6_dev *ip6_ptr;
	const struct rtnl_link_ops *rtnl_link_ops;
	bool dismantle; /* set before a device that dies is unlisted; a move leaves it clear */
};

struct net_device___with_priv {
	unsigned char priv[1]; /* 6.11; before that netdev_priv() is behind the struct */
};

struct in_ifaddr {
	struct in_ifaddr *ifa_next;
	struct in_device *ifa_dev;
	__be32 ifa_local;
	__u32 ifa_flags;
	unsigned char ifa_scope;
	unsigned char ifa_prefixlen;
};

struct in_device {
	struct net_device *dev;
	struct in_ifaddr *ifa_list;
};

struct inet6_ifaddr {
	struct in6_addr addr;
	__u32 prefix_len;
	int state;
	__u32 flags;
	__u16 scope;
	struct delayed_work dad_work;
	struct inet6_dev *idev;
	struct list_head if_list;
};

struct inet6_dev {
	struct net_device *dev;
	struct list_head addr_list;
};

struct nsproxy {
	struct net *net_ns;
};

struct mm_struct {
	unsigned long env_start, env_end;
};

struct file;

struct fdtable {
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live; /* threads that have not begun to exit */
	unsigned int flags;
	int group_exit_code;
};

struct task_struct {
	int pid;
	int tgid;
	int exit_code;
	struct task_struct *real_parent;
	struct nsproxy *nsproxy;
	struct mm_struct *mm;
	struct files_struct *files;
	struct signal_struct *signal;
};

struct linux_binprm {
	const char *filename; /* as it was asked for: of a script, the script */
};

struct kiocb {
	struct file *ki_filp;
};

enum iter_type___ubuf {
	ITER_UBUF___ubuf, /* 6.0: one buffer, where earlier kernels have an array of one */
};

struct iov_iter {
	__u8 iter_type; /* 5.14 */
	unsigned long iov_offset;
	unsigned long count;
	void *ubuf; /* 6.0 */
	const struct iovec *__iov; /* 6.4 */
};

struct iov_iter___before_6_4 {
	const struct iovec *iov;
};

struct iovec {
	void *iov_base;
	unsigned long iov_len;
};

struct trace_event_raw_sys_enter {
	unsigned long args[6];
};

#pragma clang attribute pop

enum {
	LOOPBACK_IFINDEX = 1, /* lo is the first device of every netns, and only lo */
	AF_INET = 2,
	AF_INET6 = 10,
	RTM_NEWADDR = 20,
	NETDEV_DOWN = 2,
	IFA_F_DADFAILED = 0x08,
	IFA_F_TENTATIVE = 0x40,
	SIGNAL_GROUP_EXIT = 4, /* group_exit_code is the process's, whatever its threads' are */
	ADDRESS_DEAD = 4, /* INET6_IFADDR_STATE_DEAD: told of as deleted, still in the list */
};

/* Only a cookie that stays the same for the life of its netns identifies it. */
static __always_inline __u64 netns_cookie(const struct net *net)
{
	const struct net___before_5_12 *old = (const void *)net;

	if (bpf_core_field_exists(old->net_cookie.counter))
		return 0;
	if (!bpf_core_field_exists(net->net_cookie))
		return 0;
	return BPF_CORE_READ(net, net_cookie);
}

/* The other end of a veth or netkit pair: the first member of the driver's private part in every
 * version of both drivers; reading module BTF would need CAP_SYS_ADMIN for the same answer. */
static __always_inline const void *pair_peer_address(const struct net_device *dev)
{
	const struct net_device___with_priv *with_priv = (const void *)dev;
	__u64 offset;

	if (bpf_core_field_exists(with_priv->priv))
		offset = bpf_core_field_offset(with_priv->priv);
	else
		offset = (bpf_core_type_size(struct net_device) + 31) & ~31ULL;
	return (const char *)dev + offset;
}

/* First eight bytes of a link kind, as one number: enough to tell ours apart. */
static __always_inline bool is_pair_kind(__u64 kind)
{
	__u32 first = (__u32)kind;
	__u32 rest = (__u32)(kind >> 32);

	return (first == 0x68746576 /* veth */ && !(rest & 0xff)) ||
	       (first == 0x6b74656e /* netk */ && (rest & 0xffffff) == 0x7469 /* it */);
}

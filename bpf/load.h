/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two ways to load a field of a kernel object whose address is a number: straight
 * (6.2 and later), or by a probe read.
 */
#pragma once

#include "kernel.h"

extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

/* Sixteen bytes of kernel memory as numbers, whatever lies there. Loads through the types
 * themselves would be typed pointers, each with an identity of its own, and the verifier would
 * never see two turns of the loop as alike. A bad address reads as zero. */
#define raw(address)                                                                         \
	((const void *)&(                                                                    \
		 (const struct in6_addr *)bpf_rdonly_cast(                                   \
			 (const void *)(address), bpf_core_type_id_kernel(struct in6_addr))) \
		 ->half[0])

/* A weak kfunc in a program fails at load where the kernel lacks it; a constant `direct` leaves the
 * call out of the forms that must do without. */
#define get(direct, address, type, field)                                                  \
	({                                                                                 \
		const __u64 where = (address) + bpf_core_field_offset(struct type, field); \
		__typeof__(((struct type *)0)->field) value = 0;                           \
		if (direct)                                                                \
			value = *(const __typeof__(value) *)raw(where);                    \
		else                                                                       \
			bpf_probe_read_kernel(&value, sizeof(value), (const void *)where); \
		value;                                                                     \
	})

#define around(address, type, field) ((address)-bpf_core_field_offset(struct type, field))

static __always_inline void get_16(__u64 *to, __u64 address, bool direct)
{
	const __u64 *half;

	if (!direct) {
		bpf_probe_read_kernel(to, 16, (const void *)address);
		return;
	}
	half = raw(address);
	to[0] = half[0];
	to[1] = half[1];
}

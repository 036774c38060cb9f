/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One ring, and how a fact gets into it.
 *
 * Waking user space costs a hundred times what a record does, so it happens once
 * per burst: user space sets `armed` before it sleeps; the first record that finds
 * it set clears it and wakes. The record is published (an atomic exchange) before
 * `armed` is read, and user space sets `armed` before it looks at the ring for the
 * last time, so one of the two always sees the other.
 *
 * Weak, because each object that reports has these and the linker makes one of
 * them.
 */
#pragma once

#include "kernel.h"

#include "stats.h"

/* 8,192 events: a second of the worst churn measured. Mapped twice, all of it counts as resident.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_stats);
} cpu_stats SEC(".maps") __weak;

volatile __u32 armed __weak;
__u32 host_inum __weak; /* the node's own netns: it has no pod addresses, and runtimes live in it */

static __always_inline void wake(void)
{
	void *nudge;

	if (!armed)
		return;
	armed = 0;

	nudge = bpf_ringbuf_reserve(&events, sizeof(__u64), 0);
	if (nudge)
		bpf_ringbuf_discard(nudge, BPF_RB_FORCE_WAKEUP);
	else
		armed = 1;
}

static __always_inline struct cpu_stats *this_cpu_stats(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpu_stats, &zero);
}

/* `size` bytes of the ring; NULL when it is full, which is counted under `loss`. *out_seq is the
 * record's number on this CPU, taken by lost ones, too. */
static __always_inline void *reserve(__u64 size, enum loss loss, __u32 *out_seq)
{
	struct cpu_stats *stats = this_cpu_stats();
	void *record;

	if (!stats)
		return NULL;
	*out_seq = (__u32)++stats->seq;

	record = bpf_ringbuf_reserve(&events, size, 0);
	if (!record)
		stats->lost[loss]++;
	return record;
}

static __always_inline void count_run(__u32 program, __u64 start_ns)
{
	struct cpu_stats *stats = this_cpu_stats();

	if (!stats || program >= PROGRAM_COUNT)
		return;
	stats->programs[program].runs++;
	stats->programs[program].time_ns += bpf_ktime_get_ns() - start_ns;
}

/* A run of `program` that began at start_ns ends with this record. */
static __always_inline void publish(void *record, __u32 program, __u64 start_ns)
{
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	wake();
	count_run(program, start_ns);
}

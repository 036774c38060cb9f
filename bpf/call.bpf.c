// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Runs of CNI plugins: a process whose environment has CNI_COMMAND, what it
 * writes to stdout, and how it ends. Runtimes run them in the node's own netns:
 * elsewhere nobody's environment is searched, so a pod can neither forge a call nor
 * pay for the search.
 *
 * The environment lies at the top of a stack that exec has just filled, so it is
 * there to be read without a page fault.
 */
#include "ring.h"

#include "call.h"

enum {
	CHUNK_SIZE = 256,
	CHUNKS_MAX = 256, /* of an environment: a variable is one for each 255 bytes */
	RUNNING_MAX = 1024,
};

/* A process under way that is a plugin, or was run by one. */
struct running {
	__u64 out; /* its stdout: a struct file */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RUNNING_MAX);
	__type(key, __u32);
	__type(value, struct running);
} running SEC(".maps");

/* In memory and not on the stack: the verifier then need not follow each value through the loop. */
struct search {
	__u64 owner; /* who searches: one that was preempted must not go on with another's */
	__u64 at, end;
	__u64 is_inside; /* a variable that began in an earlier chunk */
	__u64 values[CALL_FILE]; /* where each begins; 0 not found */
	char chunk[CHUNK_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct search);
} searches SEC(".maps");

#define text_4(a, b, c, d) ((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24)
#define text_8(a, b, c, d, e, f, g, h) (text_4(a, b, c, d) | text_4(e, f, g, h) << 32)

static __always_inline void note(struct search *search, enum call_field field, __u64 name_size)
{
	search->values[field] = search->at + name_size;
}

static __always_inline void note_variable(struct search *search)
{
	__u64 first = *(__u64 *)&search->chunk[0], second = *(__u64 *)&search->chunk[8];
	__u32 half = (__u32)second;

	switch (first) {
	case text_8('C', 'N', 'I', '_', 'C', 'O', 'M', 'M'):
		if (half == text_4('A', 'N', 'D', '='))
			note(search, CALL_COMMAND, sizeof("CNI_COMMAND"));
		break;
	case text_8('C', 'N', 'I', '_', 'C', 'O', 'N', 'T'):
		if (second == text_8('A', 'I', 'N', 'E', 'R', 'I', 'D', '='))
			note(search, CALL_CONTAINER_ID, sizeof("CNI_CONTAINERID"));
		break;
	case text_8('C', 'N', 'I', '_', 'N', 'E', 'T', 'N'):
		if ((half & 0xffff) == text_4('S', '=', 0, 0))
			note(search, CALL_NETNS, sizeof("CNI_NETNS"));
		break;
	case text_8('C', 'N', 'I', '_', 'I', 'F', 'N', 'A'):
		if ((half & 0xffffff) == text_4('M', 'E', '=', 0))
			note(search, CALL_IFNAME, sizeof("CNI_IFNAME"));
		break;
	case text_8('C', 'N', 'I', '_', 'A', 'R', 'G', 'S'):
		if ((half & 0xff) == '=')
			note(search, CALL_ARGS, sizeof("CNI_ARGS"));
		break;
	case text_8('C', 'N', 'I', '_', 'P', 'A', 'T', 'H'):
		if ((half & 0xff) == '=')
			note(search, CALL_PATH, sizeof("CNI_PATH"));
		break;
	}
}

/* True at the end. What an earlier, longer variable left in the chunk cannot complete a name: its
 * own NUL stands between. */
static __always_inline bool search_chunk(struct search *search)
{
	long size;

	if (search->at >= search->end)
		return true;
	size = bpf_probe_read_user_str(search->chunk, CHUNK_SIZE, (const void *)search->at);
	if (size <= 0)
		return true;
	if (!search->is_inside)
		note_variable(search);
	search->is_inside = size == CHUNK_SIZE;
	search->at += search->is_inside ? size - 1 : size;
	return false;
}

static long search_step(__u32 index, void *ctx)
{
	__u32 zero = 0;
	struct search *search = bpf_map_lookup_elem(&searches, &zero);

	return !search || search_chunk(search);
}

/* By bpf_loop() (5.17+), or by a bounded loop, which takes the verifier fifty times as long. True
 * when the end was seen. */
static __always_inline bool search_chunks(struct search *search, bool has_loop)
{
	if (has_loop)
		return bpf_loop(CHUNKS_MAX, search_step, NULL, 0) < CHUNKS_MAX;
	for (int i = 0; i < CHUNKS_MAX; i++)
		if (search_chunk(search))
			return true;
	return false;
}

static __always_inline bool search_environment(struct search *search, const struct mm_struct *mm,
					       bool has_loop)
{
	__builtin_memset(search->values, 0, sizeof(search->values));
	search->owner = bpf_get_current_pid_tgid();
	search->at = BPF_CORE_READ(mm, env_start);
	search->end = BPF_CORE_READ(mm, env_end);
	search->is_inside = 0;
	return search_chunks(search, has_loop) && search->owner == bpf_get_current_pid_tgid();
}

/* A value that just fits is told from one that was cut by what stands behind it. */
#define copy(exec, member, field, from)                                             \
	do {                                                                        \
		const void *where = (const void *)(from);                           \
		const __u32 room = sizeof((exec)->member);                          \
		char last = 0;                                                      \
		long size;                                                          \
                                                                                    \
		(exec)->member[0] = '\0';                                           \
		if (!where)                                                         \
			break;                                                      \
		size = bpf_probe_read_user_str((exec)->member, room, where);        \
		if (size == room)                                                   \
			bpf_probe_read_user(&last, sizeof(last), where + room - 1); \
		(exec)->found |= 1 << (field);                                      \
		if (size < 0 || last)                                               \
			(exec)->cut |= 1 << (field);                                \
	} while (0)

static __always_inline void fill_exec(struct call_exec *exec, const struct search *search,
				      const struct linux_binprm *binary)
{
	const char *file = BPF_CORE_READ(binary, filename);

	exec->cut = 0;
	exec->found = 1 << CALL_FILE;
	copy(exec, command, CALL_COMMAND, search->values[CALL_COMMAND]);
	copy(exec, container_id, CALL_CONTAINER_ID, search->values[CALL_CONTAINER_ID]);
	copy(exec, netns, CALL_NETNS, search->values[CALL_NETNS]);
	copy(exec, ifname, CALL_IFNAME, search->values[CALL_IFNAME]);
	copy(exec, args, CALL_ARGS, search->values[CALL_ARGS]);
	copy(exec, path, CALL_PATH, search->values[CALL_PATH]);
	exec->file[0] = '\0';
	if (bpf_probe_read_kernel_str(exec->file, sizeof(exec->file), file) == sizeof(exec->file))
		exec->cut |= 1 << CALL_FILE;
}

static __always_inline void report_exec(const struct task_struct *task, const struct search *search,
					const struct linux_binprm *binary, __u64 start_ns)
{
	struct file **files = BPF_CORE_READ(task, files, fdt, fd);
	__u32 pid = BPF_CORE_READ(task, tgid), seq;
	struct running process = {};
	struct cpu_stats *stats;
	struct call_exec *exec;

	bpf_probe_read_kernel(&process.out, sizeof(process.out), &files[1]);
	if (bpf_map_update_elem(&running, &pid, &process, BPF_ANY)) {
		stats = this_cpu_stats();
		if (stats)
			stats->untracked++;
		return;
	}
	exec = reserve(sizeof(*exec), LOSS_CALL, &seq);
	if (!exec)
		return;
	exec->time_ns = start_ns;
	exec->out = process.out;
	exec->pid = pid;
	exec->seq = seq;
	exec->cpu = (__u16)bpf_get_smp_processor_id();
	exec->pad = 0;
	fill_exec(exec, search, binary);
	publish(exec, PROGRAM_CALL, start_ns);
}

static __always_inline void on_exec(const struct task_struct *task,
				    const struct linux_binprm *binary, bool has_loop)
{
	const struct mm_struct *mm = BPF_CORE_READ(task, mm);
	__u64 start_ns;
	__u32 zero = 0;
	struct search *search;
	struct cpu_stats *stats;

	if (!mm || BPF_CORE_READ(task, nsproxy, net_ns, ns.inum) != host_inum)
		return;
	start_ns = bpf_ktime_get_ns();
	search = bpf_map_lookup_elem(&searches, &zero);
	if (!search)
		return;
	if (!search_environment(search, mm, has_loop)) {
		stats = this_cpu_stats();
		if (stats)
			stats->unsearched++;
	}
	count_run(PROGRAM_EXEC, start_ns);
	if (search->values[CALL_COMMAND] && search->owner == bpf_get_current_pid_tgid())
		report_exec(task, search, binary, start_ns);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(tp_exec, struct task_struct *task, int old_pid, struct linux_binprm *binary)
{
	on_exec(task, binary, true);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(tp_exec_bounded, struct task_struct *task, int old_pid, struct linux_binprm *binary)
{
	on_exec(task, binary, false);
	return 0;
}

/* Of the threads of a process the last one ends it. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(tp_exit, struct task_struct *task)
{
	__u32 pid = BPF_CORE_READ(task, tgid), seq;
	const struct signal_struct *signal;
	struct call_exit *exit;
	__u64 start_ns;

	if (!bpf_map_lookup_elem(&running, &pid))
		return 0;
	start_ns = bpf_ktime_get_ns();
	signal = BPF_CORE_READ(task, signal);
	if (BPF_CORE_READ(signal, live.counter) || bpf_map_delete_elem(&running, &pid))
		return 0;
	exit = reserve(sizeof(*exit), LOSS_CALL, &seq);
	if (!exit)
		return 0;
	*exit = (struct call_exit){
		.time_ns = start_ns,
		.pid = pid,
		.seq = seq,
		.cpu = (__u16)bpf_get_smp_processor_id(),
		.status = BPF_CORE_READ(signal, flags) & SIGNAL_GROUP_EXIT
				  ? (__u32)BPF_CORE_READ(signal, group_exit_code)
				  : (__u32)BPF_CORE_READ(task, exit_code),
	};
	publish(exit, PROGRAM_CALL, start_ns);
	return 0;
}

/* ---- what a plugin writes to stdout, by whichever of three hooks the kernel grants ---- */

static __always_inline void report_output(const struct running *process, const void *text,
					  __u64 size)
{
	__u64 start_ns = bpf_ktime_get_ns();
	__u32 kept = size < CALL_TEXT_SIZE ? (__u32)size : CALL_TEXT_SIZE, seq;
	struct call_output *output = reserve(sizeof(*output), LOSS_CALL, &seq);

	if (!output)
		return;
	output->time_ns = start_ns;
	output->out = process->out;
	output->pid = (__u32)(bpf_get_current_pid_tgid() >> 32);
	output->seq = seq;
	output->cpu = (__u16)bpf_get_smp_processor_id();
	output->pad = 0;
	output->size = (__u32)size;
	/* clang 14 forgets the bound that it has just checked. */
	asm volatile("if %0 <= %1 goto +1\n\t%0 = %1" : "+r"(kept) : "i"(CALL_TEXT_SIZE));
	if (bpf_probe_read_user(output->text, kept, text))
		output->size = 0;
	publish(output, PROGRAM_CALL, start_ns);
}

static __always_inline const struct running *this_process(void)
{
	__u32 pid = (__u32)(bpf_get_current_pid_tgid() >> 32);

	return bpf_map_lookup_elem(&running, &pid);
}

/* The first buffer of a writev() is all that is taken. */
static __always_inline void report_pipe(const struct kiocb *io, const struct iov_iter *from)
{
	const struct running *process = this_process();
	__u64 offset, size;
	const struct iovec *vector;
	const void *text;

	if (!process || (__u64)BPF_CORE_READ(io, ki_filp) != process->out)
		return;
	offset = BPF_CORE_READ(from, iov_offset);
	size = BPF_CORE_READ(from, count);
	if (bpf_core_enum_value_exists(enum iter_type___ubuf, ITER_UBUF___ubuf) &&
	    BPF_CORE_READ(from, iter_type) ==
		    bpf_core_enum_value(enum iter_type___ubuf, ITER_UBUF___ubuf)) {
		text = BPF_CORE_READ(from, ubuf);
	} else {
		const struct iov_iter___before_6_4 *old = (const void *)from;

		vector = bpf_core_field_exists(old->iov) ? BPF_CORE_READ(old, iov)
							 : BPF_CORE_READ(from, __iov);
		text = BPF_CORE_READ(vector, iov_base);
		size = BPF_CORE_READ(vector, iov_len) - offset;
	}
	report_output(process, text + offset, size);
}

SEC("fentry/pipe_write")
int BPF_PROG(fentry_pipe, struct kiocb *io, struct iov_iter *from)
{
	report_pipe(io, from);
	return 0;
}

/* From 6.15 on FIFOs have a function of their own. */
SEC("fentry/anon_pipe_write")
int BPF_PROG(fentry_anon_pipe, struct kiocb *io, struct iov_iter *from)
{
	report_pipe(io, from);
	return 0;
}

SEC("kprobe/pipe_write")
int BPF_KPROBE(kprobe_pipe, struct kiocb *io, struct iov_iter *from)
{
	report_pipe(io, from);
	return 0;
}

SEC("kprobe/anon_pipe_write")
int BPF_KPROBE(kprobe_anon_pipe, struct kiocb *io, struct iov_iter *from)
{
	report_pipe(io, from);
	return 0;
}

enum { STDOUT = 1 };

/* While it is attached every system call of the machine takes some ten nanoseconds more: user space
 * does so only while plugins run. */
SEC("tp/syscalls/sys_enter_write")
int tp_write(struct trace_event_raw_sys_enter *ctx)
{
	const struct running *process = this_process();

	if (process && ctx->args[0] == STDOUT)
		report_output(process, (const void *)ctx->args[1], ctx->args[2]);
	return 0;
}

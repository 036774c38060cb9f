// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/probe.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "call.h"
#include "log.h"
#include "source/kernel/object.h"
#include "walk.h" /* the skeleton names its types */

#include "podip.skel.h"

_Static_assert((int)PROGRAM_TRIGGER == (int)EVENT_KIND_COUNT,
	       "stats.h: programs follow the event kinds");

struct probe {
	struct object *object; /* borrowed */
	struct ring_buffer *ring;
	struct bpf_link **links;
	size_t link_count;
	probe_fn on_record;
	void *ctx;
	struct cpu_stats *per_cpu; /* scratch for reading the map */
	int cpu_count;
	uint64_t malformed;
	unsigned int drained; /* by the drain under way */
	bool has_triggers;
};

enum { DRAIN_MAX = 8192 }; /* events in one drain: a flood must not keep the loop */

static int on_sample(void *ctx, void *data, size_t size)
{
	struct probe *probe = ctx;
	struct probe_record record = { 0 };

	if (size == sizeof(struct event))
		record.event = data;
	else if (size == sizeof(struct call_exec))
		record.exec = data;
	else if (size == sizeof(struct call_output))
		record.output = data;
	else if (size == sizeof(struct call_exit))
		record.exit = data;
	else
		probe->malformed++;
	if (record.event || record.exec || record.output || record.exit)
		probe->on_record(&record, probe->ctx);
	return ++probe->drained < DRAIN_MAX ? 0 : -ECANCELED; /* stops the drain after this one */
}

static void do_without(struct probe *probe, const struct hook *hook, int error)
{
	if (hook->backend != BACKEND_NONE) {
		probe->object->capture = CAPTURE_NONE;
		probe->object->capture_limit = "the hook cannot be attached";
	}
	log_warn("cannot attach '%s' to '%s': %s, ignoring", hook->program, hook->function,
		 strerror(error));
}

static int attach_hooks(struct probe *probe)
{
	struct bpf_program *program;
	struct bpf_link *link;

	bpf_object__for_each_program(program, probe->object->skel->obj) probe->link_count++;
	probe->links = calloc(probe->link_count, sizeof(struct bpf_link *));
	if (!probe->links)
		return -ENOMEM;
	probe->link_count = 0;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		const struct hook *hook = &hooks[i];

		program = bpf_object__find_program_by_name(probe->object->skel->obj, hook->program);
		if ((hook->backend != probe->object->backend && hook->backend != BACKEND_NONE) ||
		    !program || bpf_program__fd(program) < 0)
			continue;
		link = bpf_program__attach(program);
		if (link)
			probe->links[probe->link_count++] = link;
		else if (hook->need == HOOK_OPTIONAL)
			do_without(probe, hook, errno);
		else
			return log_err(-errno, "cannot attach '%s' to '%s'", hook->program,
				       hook->function);
	}
	return 0;
}

/* The addresses that triggers compare with; without them walks are periodic. */
static bool find_functions(const struct podip_bpf *skel)
{
	int program = bpf_program__fd(skel->progs.find_functions);
	LIBBPF_OPTS(bpf_test_run_opts, run);

	return program >= 0 && !bpf_prog_test_run_opts(program, &run) && !run.retval;
}

static int open_ring(struct probe *probe)
{
	probe->cpu_count = libbpf_num_possible_cpus();
	if (probe->cpu_count < 0)
		return probe->cpu_count;
	probe->per_cpu = calloc((size_t)probe->cpu_count, sizeof(*probe->per_cpu));
	if (!probe->per_cpu)
		return -ENOMEM;
	probe->ring = ring_buffer__new(bpf_map__fd(probe->object->skel->maps.events), on_sample,
				       probe, NULL);
	return probe->ring ? 0 : -errno;
}

int probe_open(struct object *object, probe_fn on_record, void *ctx, struct probe **out)
{
	cleanup_probe struct probe *probe = calloc(1, sizeof(*probe));
	int err;

	if (!probe)
		return -ENOMEM;
	probe->object = object;
	probe->on_record = on_record;
	probe->ctx = ctx;

	err = open_ring(probe);
	if (err)
		return log_err(err, "cannot map the event ring");
	probe->has_triggers = object->backend == BACKEND_TRACEPOINT && find_functions(object->skel);
	err = attach_hooks(probe);
	if (err)
		return err;
	*out = take_ptr(probe);
	return 0;
}

void probe_close(struct probe *probe)
{
	if (!probe)
		return;
	for (size_t i = 0; i < probe->link_count; i++)
		bpf_link__destroy(probe->links[i]);
	free(probe->links);
	ring_buffer__free(probe->ring);
	free(probe->per_cpu);
	free(probe);
}

int probe_fd(const struct probe *probe)
{
	return ring_buffer__epoll_fd(probe->ring);
}

int probe_drain(struct probe *probe)
{
	int count;

	probe->drained = 0;
	count = ring_buffer__consume(probe->ring);
	return count == -ECANCELED ? DRAIN_MAX : count;
}

void probe_arm(struct probe *probe)
{
	__atomic_store_n(&probe->object->skel->bss->armed, 1, __ATOMIC_SEQ_CST);
}

bool probe_is_armed(const struct probe *probe)
{
	return __atomic_load_n(&probe->object->skel->bss->armed, __ATOMIC_SEQ_CST);
}

uint64_t probe_triggers(const struct probe *probe)
{
	return __atomic_load_n(&probe->object->skel->bss->triggers, __ATOMIC_SEQ_CST);
}

bool probe_has_triggers(const struct probe *probe)
{
	return probe->has_triggers;
}

struct probe_stats probe_stats(const struct probe *probe)
{
	struct probe_stats sum = { .malformed = probe->malformed,
				   .triggers = probe_triggers(probe) };
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(probe->object->skel->maps.cpu_stats), &zero,
				probe->per_cpu))
		return sum;
	for (int cpu = 0; cpu < probe->cpu_count; cpu++) {
		const struct cpu_stats *stats = &probe->per_cpu[cpu];

		for (size_t i = 0; i < LOSS_COUNT; i++)
			sum.lost[i] += stats->lost[i];
		sum.unsearched += stats->unsearched;
		sum.untracked += stats->untracked;
		for (size_t i = 0; i < PROGRAM_COUNT; i++) {
			sum.programs[i].runs += stats->programs[i].runs;
			sum.programs[i].time_ns += stats->programs[i].time_ns;
		}
	}
	return sum;
}

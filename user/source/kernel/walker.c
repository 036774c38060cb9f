// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/walker.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sys/mman.h>
#include <time.h>

#include "podip.skel.h"
#include "source/kernel/object.h"

enum {
	CONTINUE_MAX = 64, /* runs of one walk in the tail-call form: 1.1 million steps */
	RESTART_MAX = 3,
	LONG_WALK = 256, /* namespaces: from here on they do not stay in the cache */
	MAPPED_FIRST = 8192, /* slots: 1,000 namespaces with four addresses each */
};

struct walker {
	struct object *object; /* borrowed */
	struct bpf_program *program;
	const union walk_slot *slots; /* the first `mapped` of the array */
	uint32_t mapped;
	struct walker_stats stats;
};

static struct bpf_program *program_of(const struct object *object)
{
	switch (object->walk_form) {
	case WALK_FORM_DIRECT:
		return object->skel->progs.walk_direct;
	case WALK_FORM_LOOP:
		return object->skel->progs.walk_loop;
	default:
		return object->skel->progs.walk_tail;
	}
}

/* Every mapped page counts as resident, touched or not: map what walks need, not the bound. */
static int map_slots(struct walker *walker, uint32_t count)
{
	size_t size = count * sizeof(union walk_slot);
	void *slots = mmap(NULL, size, PROT_READ, MAP_SHARED,
			   bpf_map__fd(walker->object->skel->maps.slots), 0);

	if (slots == MAP_FAILED)
		return -errno;
	if (walker->slots)
		munmap((void *)walker->slots, walker->mapped * sizeof(union walk_slot));
	walker->slots = slots;
	walker->mapped = count;
	return 0;
}

int walker_open(struct object *object, struct walker **out)
{
	cleanup_walker struct walker *walker = calloc(1, sizeof(*walker));
	int err;

	if (!walker)
		return -ENOMEM;
	walker->object = object;
	walker->program = program_of(object);
	err = map_slots(walker, MAPPED_FIRST);
	if (err)
		return err;
	*out = take_ptr(walker);
	return 0;
}

void walker_close(struct walker *walker)
{
	if (!walker)
		return;
	if (walker->slots)
		munmap((void *)walker->slots, walker->mapped * sizeof(union walk_slot));
	free(walker);
}

static int map_enough(struct walker *walker, uint32_t count)
{
	uint32_t wanted = walker->mapped;

	while (wanted < count)
		wanted *= 2;
	return wanted > walker->mapped ? map_slots(walker, wanted) : 0;
}

static int run(struct bpf_program *program, uint64_t first, uint64_t second)
{
	uint64_t args[2] = { first, second };
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = args, .ctx_size_in = sizeof(args));
	int err = bpf_prog_test_run_opts(bpf_program__fd(program), &options);

	if (err)
		return err;
	return options.retval ? -ENOTRECOVERABLE : 0;
}

/* The tail-call form ends after some 16,000 steps. It goes on at the netns it was in, found again
 * by its inode because no pointer outlives a run; should that netns be gone, all starts over. */
static int run_to_end(struct walker *walker)
{
	const struct podip_bpf__bss *bss = walker->object->skel->bss;
	uint64_t slots = 0, skip_to = 0;
	uint32_t netns = 0;
	int restarts = 0;

	for (int i = 0; i < CONTINUE_MAX; i++) {
		int err = run(walker->program, slots, skip_to);

		if (err)
			return err;
		if (bss->walk.skip_to) {
			if (restarts++ == RESTART_MAX)
				break;
			slots = 0;
			skip_to = 0;
			netns = 0;
			continue;
		}
		netns += bss->walk.netns;
		if (bss->walk.done || bss->walk.full)
			break;
		netns--; /* the one under way is counted again */
		slots = bss->walk.netns_slot;
		skip_to = bss->walk.netns_inum;
	}
	walker->object->skel->bss->walk.netns = netns;
	return 0;
}

int walker_run(struct walker *walker, struct walk_view *out)
{
	const struct podip_bpf__bss *bss = walker->object->skel->bss;
	struct timespec start, end;
	int err;

	walker->object->skel->bss->walk_is_long = bss->walk.netns > LONG_WALK;
	clock_gettime(CLOCK_MONOTONIC, &start);
	err = run_to_end(walker);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (!err)
		err = map_enough(walker, bss->walk.slots);
	if (err)
		return err;

	walker->stats.runs++;
	walker->stats.time_ns += (uint64_t)(end.tv_sec - start.tv_sec) * 1000000000ULL +
				 (uint64_t)end.tv_nsec - (uint64_t)start.tv_nsec;
	if (!bss->walk.done)
		walker->stats.incomplete++;
	*out = (struct walk_view){ .slots = walker->slots,
				   .count = bss->walk.slots,
				   .netns = bss->walk.netns,
				   .is_complete = bss->walk.done };
	return 0;
}

int walker_find_nsid(struct walker *walker, int nsid, uint64_t *out_cookie, uint32_t *out_inum)
{
	const struct podip_bpf *skel = walker->object->skel;
	int err;

	if (nsid < 0)
		return -ENOENT;
	err = run(skel->progs.nsid_find, (uint64_t)nsid, 0);
	if (err)
		return err;
	if (!skel->bss->nsid_found.inum)
		return -ENOENT;
	*out_cookie = skel->bss->nsid_found.cookie;
	*out_inum = skel->bss->nsid_found.inum;
	return 0;
}

void walker_set_host(struct walker *walker, uint32_t inum)
{
	walker->object->skel->bss->walk_host_inum = inum;
	walker->object->skel->bss->host_inum = inum;
}

uint32_t walker_first_inum(const struct walker *walker)
{
	return walker->object->skel->bss->walk_first_inum;
}

struct walker_stats walker_stats(const struct walker *walker)
{
	return walker->stats;
}

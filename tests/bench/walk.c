// SPDX-License-Identifier: Apache-2.0
/*
 * The agent's own walker against rtnetlink, over the namespaces that there are.
 * All take turns in each round, a few runs each, and each round compares what they
 * found. The first run of a turn finds the caches as another one left them (cold),
 * the others as it left them itself (warm). The agent works on what a bare run
 * gives; the time with its records copied into an array as the peers have it is
 * printed beside it.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "bench/peers.h"
#include "bench/promise.h"
#include "lab/lab.h"
#include "source/kernel/object.h"
#include "source/kernel/walker.h"

enum {
	ADDRS_MAX = WALK_SLOT_MAX,
	ROUNDS_MAX = 100000,
	RUNS = 5, /* in a turn */
	DISTURBED_MAX = 10, /* percent of rounds that others may disturb */
};

enum { TIME_WALK, TIME_COPY, TIME_PEER, TIME_COUNT = TIME_PEER + PEER_KIND_COUNT };

enum heat { COLD, WARM, HEAT_COUNT };

static const char *const heat_names[HEAT_COUNT] = { "cold", "warm" };

struct addrs {
	struct peer_addr *items;
	size_t count;
};

struct round {
	double us[TIME_COUNT][RUNS];
};

struct bench {
	uint64_t round_count;
	double targets[PEER_KIND_COUNT];
	enum walk_form form;
	bool must_meet;
	struct object *object;
	struct walker *walker;
	struct peers *peers;
	struct addrs walked, listed[PEER_KIND_COUNT];
	struct round *rounds;
	double *scratch; /* of all runs of one kind */
	uint64_t disturbed;
};

static double elapsed_us(uint64_t since_ns)
{
	return (double)(lab_now_ns() - since_ns) / 1e3;
}

static void copy(const struct walk_view *view, struct addrs *out)
{
	uint32_t netns = 0, ifindex = 0;

	out->count = 0;
	for (uint32_t i = 0; i < view->count; i++) {
		const union walk_slot *slot = &view->slots[i];
		struct peer_addr *addr = &out->items[out->count];

		if (slot->kind == WALK_NETNS)
			netns = slot->netns.inum;
		else if (slot->kind == WALK_LINK)
			ifindex = slot->link.ifindex;
		if (slot->kind != WALK_ADDR)
			continue;
		*addr = (struct peer_addr){ .netns = netns,
					    .ifindex = ifindex,
					    .family = slot->addr.family,
					    .prefix_len = slot->addr.prefix_len };
		memcpy(addr->addr, slot->addr.addr, sizeof(addr->addr));
		out->count++;
	}
}

static int walk(struct bench *bench, double *out_walk_us, double *out_copy_us)
{
	uint64_t start_ns = lab_now_ns();
	struct walk_view view;
	int err = walker_run(bench->walker, &view);

	*out_walk_us = elapsed_us(start_ns);
	if (err || !view.is_complete)
		return err ? err : -ENOSPC;
	copy(&view, &bench->walked);
	*out_copy_us = elapsed_us(start_ns);
	return 0;
}

static int list(struct bench *bench, enum peer_kind kind, double *out_us)
{
	struct addrs *listed = &bench->listed[kind];
	uint64_t start_ns = lab_now_ns();
	int err = peers_list(bench->peers, kind, ADDRS_MAX, listed->items, &listed->count);

	*out_us = elapsed_us(start_ns);
	return err;
}

static int order(const struct peer_addr *a, const struct peer_addr *b)
{
	return memcmp(&a->netns, &b->netns, sizeof(a->netns));
}

/* Namespaces without a name are the walker's alone: leave them out, both being sorted. */
static void drop_unnamed(struct addrs *walked, const struct addrs *listed)
{
	size_t kept = 0, j = 0;

	for (size_t i = 0; i < walked->count; i++) {
		while (j < listed->count && order(&listed->items[j], &walked->items[i]) < 0)
			j++;
		if (j < listed->count && !order(&listed->items[j], &walked->items[i]))
			walked->items[kept++] = walked->items[i];
	}
	walked->count = kept;
}

static bool is_same_set(struct bench *bench)
{
	struct addrs *walked = &bench->walked;

	for (int kind = 0; kind < PEER_KIND_COUNT; kind++)
		peer_addrs_sort(bench->listed[kind].items, bench->listed[kind].count);
	peer_addrs_sort(walked->items, walked->count);
	drop_unnamed(walked, &bench->listed[PEER_SETNS]);
	for (int kind = 0; kind < PEER_KIND_COUNT; kind++)
		if (!peer_addrs_equal(walked->items, walked->count, bench->listed[kind].items,
				      bench->listed[kind].count))
			return false;
	return true;
}

/* Each in turn is the first, so that none always finds the same one's caches. */
static int run_round(struct bench *bench, uint64_t number, struct round *out)
{
	int err = 0;

	for (uint64_t i = 0; !err && i < 1 + PEER_KIND_COUNT; i++) {
		uint64_t turn = (number + i) % (1 + PEER_KIND_COUNT);

		for (int run = 0; !err && run < RUNS; run++) {
			if (turn == PEER_KIND_COUNT)
				err = walk(bench, &out->us[TIME_WALK][run],
					   &out->us[TIME_COPY][run]);
			else
				err = list(bench, turn, &out->us[TIME_PEER + turn][run]);
		}
	}
	return err;
}

static int run_rounds(struct bench *bench)
{
	uint64_t done = 0;
	int err;

	(void)run_round(bench, 0, &bench->rounds[0]); /* what is touched first costs page faults */
	while (done < bench->round_count) {
		err = run_round(bench, done, &bench->rounds[done]);
		if (err && err != -EINTR)
			return lab_err(err, "cannot walk, or list by rtnetlink");
		if (!err && is_same_set(bench))
			done++;
		else if (++bench->disturbed > 3 + bench->round_count * DISTURBED_MAX / 100)
			/* Once in a while something else comes or goes between them, or under
			 * a listing. */
			return lab_err(-EUCLEAN, "the walker and its peers do not agree");
	}
	return 0;
}

static struct spread spread(const struct bench *bench, int time, enum heat heat)
{
	size_t count = 0;

	for (uint64_t i = 0; i < bench->round_count; i++)
		for (int run = 0; run < RUNS; run++)
			if ((run == 0) == (heat == COLD))
				bench->scratch[count++] = bench->rounds[i].us[time][run];
	return spread_of(bench->scratch, count);
}

static struct spread show(const struct bench *bench, int time, enum heat heat)
{
	const char *name = time == TIME_WALK   ? "walker"
			   : time == TIME_COPY ? "walker, records copied out"
					       : peer_name(time - TIME_PEER);
	struct spread us = spread(bench, time, heat);

	printf("# %s  %-34s %9.1f us (quartiles %.1f to %.1f)", heat_names[heat], name, us.median,
	       us.low, us.high);
	if (time >= TIME_PEER)
		printf(", walker %.1f times as fast, %.1f with the copy",
		       us.median / spread(bench, TIME_WALK, heat).median,
		       us.median / spread(bench, TIME_COPY, heat).median);
	printf("\n");
	return us;
}

static size_t count_netns(const struct addrs *sorted)
{
	size_t count = sorted->count > 0;

	for (size_t i = 1; i < sorted->count; i++)
		count += order(&sorted->items[i - 1], &sorted->items[i]) != 0;
	return count;
}

/* Whether every target is met. */
static bool report(const struct bench *bench)
{
	const char *form = walk_form_name(bench->object->walk_form);
	size_t netns = count_netns(&bench->walked);
	bool is_met = true;
	char what[96];

	printf("# walk, form %s: %zu namespaces, %zu addresses, %" PRIu64
	       " rounds with equal sets, %" PRIu64 " disturbed\n",
	       form, netns, bench->walked.count, bench->round_count, bench->disturbed);
	for (int heat = 0; heat < HEAT_COUNT; heat++)
		for (int time = 0; time < TIME_COUNT; time++)
			show(bench, time, heat);
	for (int kind = 0; kind < PEER_KIND_COUNT; kind++) {
		double got = spread(bench, TIME_PEER + kind, WARM).median /
			     spread(bench, TIME_WALK, WARM).median;

		if (!bench->targets[kind])
			continue;
		snprintf(what, sizeof(what), "walk %s at %zu, times as fast as %s", form, netns - 1,
			 peer_name(kind));
		is_met &=
			promise_print(&(struct promise){ what, bench->targets[kind], got, false });
	}
	return is_met;
}

static int open_walker(struct bench *bench)
{
	cleanup_kernel struct kernel kernel = { 0 };
	struct object_config config = { .kernel = &kernel,
					.backend = BACKEND_NONE,
					.walk_form = bench->form };
	int err = kernel_probe(&kernel);

	if (err)
		return lab_err(err, "cannot ask the kernel");
	if (config.walk_form == WALK_FORM_COUNT)
		config.walk_form = kernel_best_walk(&kernel);
	err = object_open(&config, &bench->object);
	if (!err)
		err = walker_open(bench->object, &bench->walker);
	if (err)
		return lab_err(err, "cannot load the walker");
	if (config.walk_form != bench->object->walk_form)
		return lab_err(-EOPNOTSUPP, "form '%s' does not load",
			       walk_form_name(config.walk_form));
	return 0;
}

static int open_all(struct bench *bench)
{
	int err = open_walker(bench);

	if (err)
		return err;
	err = peers_open(&bench->peers);
	if (err)
		return lab_err(err, "cannot open the peers");

	bench->walked.items = calloc(ADDRS_MAX, sizeof(*bench->walked.items));
	for (int i = 0; i < PEER_KIND_COUNT; i++)
		bench->listed[i].items = calloc(ADDRS_MAX, sizeof(*bench->walked.items));
	bench->rounds = calloc(bench->round_count, sizeof(*bench->rounds));
	bench->scratch = calloc(bench->round_count * RUNS, sizeof(*bench->scratch));
	if (!bench->walked.items || !bench->listed[PEER_SETNS].items ||
	    !bench->listed[PEER_NETNSID].items || !bench->rounds || !bench->scratch)
		return lab_err(-ENOMEM, "cannot keep the results");
	return 0;
}

static void close_all(struct bench *bench)
{
	peers_close(bench->peers);
	walker_close(bench->walker);
	object_close(bench->object);
	free(bench->walked.items);
	for (int i = 0; i < PEER_KIND_COUNT; i++)
		free(bench->listed[i].items);
	free(bench->rounds);
	free(bench->scratch);
}

static int parse_form(const char *text, enum walk_form *out)
{
	for (unsigned int form = 0; form < WALK_FORM_COUNT; form++) {
		if (!strcmp(text, walk_form_name(form))) {
			*out = form;
			return 0;
		}
	}
	return -EINVAL;
}

static const char usage[] =
	"usage: walk [--form direct|loop|tail] [--rounds N] [--setns RATIO] [--netnsid RATIO]\n"
	"            [--assert]\n"
	"RATIO: a target to compare with; --assert: exit 1 when one is missed\n";

static int parse(int argc, char **argv, struct bench *bench)
{
	static const struct option options[] = {
		{ "form", required_argument, NULL, 'f' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "setns", required_argument, NULL, 's' },
		{ "netnsid", required_argument, NULL, 'n' },
		{ "assert", no_argument, NULL, 'a' },
		{ 0 },
	};
	int option, err = 0;

	while (!err && (option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 'f')
			err = parse_form(optarg, &bench->form);
		else if (option == 'r')
			err = lab_number_parse(optarg, ROUNDS_MAX, &bench->round_count);
		else if (option == 's')
			bench->targets[PEER_SETNS] = strtod(optarg, NULL);
		else if (option == 'n')
			bench->targets[PEER_NETNSID] = strtod(optarg, NULL);
		else if (option == 'a')
			bench->must_meet = true;
		else
			err = -EINVAL;
	}
	return err || optind != argc || !bench->round_count ? -EINVAL : 0;
}

int main(int argc, char **argv)
{
	struct bench bench = { .round_count = 31, .form = WALK_FORM_COUNT };
	bool is_met = false;
	int err;

	if (parse(argc, argv, &bench)) {
		fputs(usage, stderr);
		return 2;
	}
	err = open_all(&bench);
	if (!err)
		err = run_rounds(&bench);
	if (!err)
		is_met = report(&bench);
	close_all(&bench);
	return err || (bench.must_meet && !is_met) ? EXIT_FAILURE : EXIT_SUCCESS;
}

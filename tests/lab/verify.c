// SPDX-License-Identifier: Apache-2.0
/*
 * verify: does an event log say what a workload did, in its order, nothing missed,
 * nothing doubled?
 *
 *	verify churn TRUTH EVENTS   churn's JSON lines
 *	verify story TRUTH EVENTS   scenario's "+ ADDRESS/LENGTH LABEL" lines
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

DEFINE_CLEANUP(json, json_t *, json_decref)
#define cleanup_json cleanup(cleanup_json_fn)

struct change {
	char address[64]; /* with its length */
	uint64_t netns; /* 0 where the truth does not name it */
	bool is_add;
	bool is_ordered; /* asked for by itself, not a part of a teardown */
};

struct changes {
	struct change *items;
	size_t count, capacity;
	uint64_t lost; /* records of lost events, and of corrections */
	uint64_t last_seq;
	bool is_broken; /* seq skipped or went back */
};

static void clear(struct changes *changes)
{
	free(changes->items);
}

#define cleanup_changes cleanup(clear)

static int push(struct changes *changes, const struct change *change)
{
	size_t capacity = changes->capacity ? changes->capacity * 2 : 1024;
	struct change *items;

	if (changes->count == changes->capacity) {
		items = reallocarray(changes->items, capacity, sizeof(*items));
		if (!items)
			return -ENOMEM;
		changes->items = items;
		changes->capacity = capacity;
	}
	changes->items[changes->count++] = *change;
	return 0;
}

/* "+ 10.9.0.5/24 LABEL" */
static int read_story_line(const char *line, struct changes *out)
{
	struct change change = { .is_add = line[0] == '+' };

	if (sscanf(line + 1, "%63s", change.address) != 1 || (line[0] != '+' && line[0] != '-'))
		return -EINVAL;
	change.is_ordered = true;
	return push(out, &change);
}

static int read_churn_line(const char *line, struct changes *out)
{
	cleanup_json json_t *root = json_loads(line, 0, NULL);
	struct change change = { 0 };
	const char *op, *ip, *by = "addr";
	json_int_t netns;
	int length;

	if (json_unpack(root, "{s:s, s:s, s:i, s:I, s?s}", "op", &op, "ip", &ip, "prefix_len",
			&length, "netns", &netns, "by", &by))
		return -EINVAL;
	snprintf(change.address, sizeof(change.address), "%s/%d", ip, length);
	change.netns = (uint64_t)netns;
	change.is_add = !strcmp(op, "add");
	change.is_ordered = change.is_add || !strcmp(by, "addr");
	return push(out, &change);
}

static void check_seq(json_t *root, struct changes *out)
{
	uint64_t seq = (uint64_t)json_integer_value(json_object_get(root, "seq"));

	if (out->last_seq && seq != out->last_seq + 1) {
		printf("# seq %" PRIu64 " follows %" PRIu64 "\n", seq, out->last_seq);
		out->is_broken = true;
	}
	out->last_seq = seq;
}

static int read_event_line(const char *line, struct changes *out)
{
	cleanup_json json_t *root = json_loads(line, 0, NULL);
	struct change change = { .is_ordered = true };
	const char *type, *ip;
	json_int_t netns;
	int length;

	if (!root || json_unpack(root, "{s:s}", "type", &type))
		return -EINVAL;
	check_seq(root, out);
	out->lost += !strcmp(type, "events.lost") || !strcmp(type, "reconcile.corrected");
	if (strcmp(type, "ip.assigned") != 0 && strcmp(type, "ip.released") != 0)
		return 0;
	if (json_is_true(json_object_get(root, "initial")))
		return 0;
	if (json_unpack(root, "{s:s, s:i, s:I}", "ip", &ip, "prefix_len", &length, "netns", &netns))
		return -EINVAL;
	snprintf(change.address, sizeof(change.address), "%s/%d", ip, length);
	change.netns = (uint64_t)netns;
	change.is_add = !strcmp(type, "ip.assigned");
	return push(out, &change);
}

static int read_file(const char *path, int (*read_line)(const char *, struct changes *),
		     struct changes *out)
{
	cleanup_fclose FILE *file = fopen(path, "re");
	cleanup_free char *line = NULL;
	size_t size = 0;
	unsigned int number = 0;

	if (!file) {
		fprintf(stderr, "verify: %s: %s\n", path, strerror(errno));
		return -ENOENT;
	}
	while (getline(&line, &size, file) > 0) {
		number++;
		if (line[0] == '\n' || line[0] == '#')
			continue;
		if (read_line(line, out)) {
			fprintf(stderr, "verify: %s:%u: not understood\n", path, number);
			return -EINVAL;
		}
	}
	return 0;
}

static bool is_same(const struct change *want, const struct change *got)
{
	return want->is_add == got->is_add && !strcmp(want->address, got->address) &&
	       (!want->netns || want->netns == got->netns);
}

static void show(const char *what, const struct change *change, size_t index)
{
	printf("# %s at %zu: %c %s netns %" PRIu64 "\n", what, index, change->is_add ? '+' : '-',
	       change->address, change->netns);
}

/* Only what `kind` picks, compared in order. */
static bool compare(const struct changes *want, const struct changes *got,
		    bool (*pick)(const struct change *change, bool is_teardown), bool is_teardown)
{
	size_t j = 0;

	for (size_t i = 0; i < want->count; i++) {
		if (!pick(&want->items[i], is_teardown))
			continue;
		while (j < got->count && !pick(&got->items[j], is_teardown))
			j++;
		if (j == got->count) {
			show("missing", &want->items[i], i);
			return false;
		}
		if (!is_same(&want->items[i], &got->items[j])) {
			show("wanted", &want->items[i], i);
			show("got", &got->items[j], j);
			return false;
		}
		j++;
	}
	for (; j < got->count; j++)
		if (pick(&got->items[j], is_teardown)) {
			show("extra", &got->items[j], j);
			return false;
		}
	return true;
}

static bool pick_all(const struct change *change, bool is_teardown)
{
	(void)change;
	(void)is_teardown;
	return true;
}

static bool pick_adds(const struct change *change, bool is_teardown)
{
	(void)is_teardown;
	return change->is_add;
}

static bool pick_dels(const struct change *change, bool is_teardown)
{
	(void)is_teardown;
	return !change->is_add;
}

static int by_address(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	int order = strcmp(x->address, y->address);

	return order ? order : (x->netns > y->netns) - (x->netns < y->netns);
}

/* The kernel tears namespaces down in batches whose order it does not tell: compare as sets. */
static bool compare_teardowns(struct changes *want, struct changes *got)
{
	qsort(want->items, want->count, sizeof(*want->items), by_address);
	qsort(got->items, got->count, sizeof(*got->items), by_address);
	return compare(want, got, pick_dels, true);
}

static bool is_assigned_before_released(const struct changes *got)
{
	for (size_t i = 0; i < got->count; i++) {
		bool is_held = false;

		if (got->items[i].is_add)
			continue;
		for (size_t j = i; j-- > 0 && !is_held;)
			if (!strcmp(got->items[j].address, got->items[i].address)) {
				is_held = got->items[j].is_add;
				break;
			}
		if (!is_held) {
			show("released before it was assigned", &got->items[i], i);
			return false;
		}
	}
	return true;
}

static bool has_teardowns(const struct changes *want)
{
	for (size_t i = 0; i < want->count; i++)
		if (!want->items[i].is_ordered)
			return true;
	return false;
}

static bool verify(struct changes *want, struct changes *got, bool is_story)
{
	if (got->is_broken || got->lost) {
		printf("# %" PRIu64 " records of loss or correction\n", got->lost);
		return false;
	}
	if (is_story || !has_teardowns(want))
		return compare(want, got, pick_all, false);
	return compare(want, got, pick_adds, false) && is_assigned_before_released(got) &&
	       compare_teardowns(want, got);
}

int main(int argc, char **argv)
{
	cleanup_changes struct changes want = { 0 };
	cleanup_changes struct changes got = { 0 };
	bool is_story = argc == 4 && !strcmp(argv[1], "story");
	bool is_good;

	if (argc != 4 || (!is_story && strcmp(argv[1], "churn") != 0)) {
		fputs("usage: verify churn|story TRUTH EVENTS\n", stderr);
		return 2;
	}
	if (read_file(argv[2], is_story ? read_story_line : read_churn_line, &want) ||
	    read_file(argv[3], read_event_line, &got))
		return 2;
	if (!want.count) {
		fputs("verify: the truth is empty\n", stderr);
		return 2;
	}
	is_good = verify(&want, &got, is_story);
	printf("# %zu changes done, %zu told: %s\n", want.count, got.count,
	       is_good ? "equal" : "NOT equal");
	return is_good ? 0 : 1;
}

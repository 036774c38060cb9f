// SPDX-License-Identifier: Apache-2.0
#include "source/supplier/flannel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/backoff.h"
#include "log.h"
#include "source/base/dirwatch.h"
#include "source/base/file.h"
#include "source/supplier/last_good.h"

#define NS_PER_S UINT64_C(1000000000)

enum { TASK_SIZE = 512, PERIOD_S = 60 };

static const char blanks[] = " \t\r\n";

/* One family's two keys, and what the file assigns to them. */
struct family {
	const char *network_key, *subnet_key;
	char *networks, *subnet; /* in the text; NULL not assigned */
	bool is_v4;
};

struct flannel {
	struct last_good last; /* the first */
	char *path, *directory;
	const char *name; /* of the file, in path */
	const char *directories[1];
	char task[TASK_SIZE];
	struct dirwatch *watch;
	struct backoff backoff;
	bool is_due; /* to be read at backoff.due_ns */
	bool is_blind; /* the watch is broken */
	bool is_partial; /* the file may not be written to its end */
};

/* ---- the text ---- */

/* The value, when the word assigns to this key. */
static char *value_of(char *word, const char *key)
{
	size_t length = strlen(key);

	return !strncmp(word, key, length) && word[length] == '=' ? word + length + 1 : NULL;
}

/* What a word assigns to one of the keys. False: it is cut off. */
static bool assign(char *word, bool is_ended, struct family *families, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *network = value_of(word, families[i].network_key);
		char *subnet = value_of(word, families[i].subnet_key);

		if ((network || subnet) && !is_ended)
			return false;
		if (network)
			families[i].networks = network;
		if (subnet)
			families[i].subnet = subnet;
	}
	return true;
}

static int add(struct capacity *capacity, const char *name, const struct prefix *cidr,
	       const struct prefix *subnet)
{
	struct range range = { .cidr = *cidr,
			       .scope = subnet ? RANGE_SCOPE_CLUSTER : RANGE_SCOPE_NODE,
			       .reserved = subnet ? 0 : -1,
			       .source = "flannel",
			       .parent = RANGE_NONE };

	/* One of the same length is the same, and not added again. */
	if (subnet && prefix_holds(cidr, subnet))
		range.node_prefix = prefix_family_len(subnet);
	snprintf(range.name, sizeof(range.name), "%s", name);
	return capacity_add_range(capacity, &range);
}

static int read_cidr(const char *text, bool is_v4, struct prefix *out)
{
	struct prefix cidr;

	if (prefix_parse_masked(text, &cidr) || ip_is_v4(&cidr.base) != is_v4)
		return -EINVAL;
	*out = cidr;
	return 0;
}

static int add_family(struct capacity *capacity, const struct family *family)
{
	struct prefix subnet, network;
	char *rest = family->networks;
	int err;

	if (!family->networks && !family->subnet)
		return 0;
	if (!family->networks || !family->subnet)
		return -EINVAL;
	err = read_cidr(family->subnet, family->is_v4, &subnet);
	if (!err)
		err = add(capacity, "flannel", &subnet, NULL);
	while (!err && rest) {
		err = read_cidr(strsep(&rest, ","), family->is_v4, &network);
		if (!err)
			err = add(capacity, "flannel-network", &network, &subnet);
		if (err == -ENOSPC)
			err = 0; /* counted */
	}
	return err;
}

int flannel_parse(const char *text, size_t size, struct capacity *out)
{
	struct family families[] = {
		{ "FLANNEL_NETWORK", "FLANNEL_SUBNET", NULL, NULL, true },
		{ "FLANNEL_IPV6_NETWORK", "FLANNEL_IPV6_SUBNET", NULL, NULL, false },
	};
	cleanup_capacity struct capacity capacity = { 0 };
	cleanup_free char *copy = strndup(text, size);
	char *rest = copy, *word;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	if (strlen(copy) != size)
		return -EINVAL;
	while ((word = strsep(&rest, blanks)))
		if (!assign(word, rest, families, array_size(families)))
			return -EINVAL;
	for (size_t i = 0; !err && i < array_size(families); i++)
		err = add_family(&capacity, &families[i]);
	if (!err && !capacity.range_count)
		err = -EINVAL;
	if (err)
		return err;

	*out = take(capacity, (struct capacity){ 0 });
	return 0;
}

/* ---- the file ---- */

static void on_change(void *ctx, size_t index, const char *name, bool is_whole)
{
	struct flannel *flannel = ctx;

	(void)index;
	if (name && strcmp(name, flannel->name) != 0)
		return;
	flannel->is_due = true;
	flannel->is_partial = !is_whole;
	flannel->backoff.due_ns = 0;
}

static void fail(struct flannel *flannel, const char *why, uint64_t now_ns)
{
	backoff_failed(&flannel->backoff, now_ns, arc4random());
	last_good_fail(&flannel->last, why);
}

static int read_state(const struct flannel *flannel, struct capacity *out)
{
	cleanup_free char *text = NULL;
	size_t size;
	int err;

	err = file_read(flannel->path, FLANNEL_FILE_MAX, &text, &size);
	return err ? err : flannel_parse(text, size, out);
}

static void update(struct flannel *flannel, uint64_t now_ns)
{
	cleanup_capacity struct capacity capacity = { 0 };
	int err = read_state(flannel, &capacity);
	/* The file's own fault: no other look helps while it does not change. */
	bool is_content = err == -EINVAL || err == -EFBIG || err == -ENOTSUP || err == -EISDIR;

	if (err == -EINVAL && flannel->is_partial) {
		flannel->is_due = false;
		return;
	}
	flannel->is_due = err && !is_content && err != -ENOENT && err != -ENOTDIR;
	if (!err)
		last_good_set(&flannel->last, &capacity, now_ns);
	else if (err == -ENOENT || err == -ENOTDIR)
		last_good_none(&flannel->last);
	else
		fail(flannel, err == -EINVAL ? "not as expected" : file_strerror(err), now_ns);
	if (!flannel->is_due)
		backoff_succeeded(&flannel->backoff, now_ns);
}

static uint64_t turn(void *supplier, uint64_t now_ns)
{
	struct flannel *flannel = supplier;
	int err = dirwatch_read(flannel->watch, on_change, flannel);

	if (err && !flannel->is_blind) {
		flannel->is_blind = true;
		last_good_fail(&flannel->last, strerror(-err));
	}
	if ((flannel->is_due || flannel->is_blind) && now_ns >= flannel->backoff.due_ns)
		update(flannel, now_ns);
	return flannel->is_due || flannel->is_blind ? flannel->backoff.due_ns : SUPPLIER_NEVER;
}

static void close_flannel(void *supplier)
{
	struct flannel *flannel = supplier;

	if (!flannel)
		return;
	dirwatch_close(flannel->watch);
	last_good_clear(&flannel->last);
	free(flannel->path);
	free(flannel->directory);
	free(flannel);
}
DEFINE_CLEANUP(flannel, struct flannel *, close_flannel)
#define cleanup_flannel cleanup(cleanup_flannel_fn)

/* "/a/b" is "b" in "/a", "/b" is in "/", "b" in ".". */
static int split_path(struct flannel *flannel, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	flannel->path = strdup(path);
	flannel->directory = slash ? strndup(path, (size_t)(name - path)) : strdup(".");
	if (!flannel->path || !flannel->directory)
		return -ENOMEM;
	flannel->name = flannel->path + (name - path);
	flannel->directories[0] = flannel->directory;
	return 0;
}

static int open_flannel(const struct supplier_config *config, void **out)
{
	const char *path = config->settings->flannel_file;
	cleanup_flannel struct flannel *flannel = NULL;
	int err;

	if (!path || !path[0])
		return 1;
	flannel = calloc(1, sizeof(*flannel));
	if (!flannel)
		return log_err(-ENOMEM, "cannot follow '%s' of flannel", path);
	err = split_path(flannel, path);
	if (!err)
		err = dirwatch_open(flannel->directories, 1, &flannel->watch);
	if (err)
		return log_err(err, "cannot follow '%s' of flannel", path);
	snprintf(flannel->task, sizeof(flannel->task), "read '%s' of flannel", path);
	flannel->last.task = flannel->task;
	flannel->backoff = (struct backoff){ .period_ns = PERIOD_S * NS_PER_S,
					     .most_ns = PERIOD_S * NS_PER_S };
	flannel->is_due = true;
	*out = take_ptr(flannel);
	return 0;
}

static int fd(const void *supplier)
{
	const struct flannel *flannel = supplier;

	return dirwatch_fd(flannel->watch);
}

const struct supplier_kind flannel_supplier = {
	.name = "flannel",
	.open = open_flannel,
	.close = close_flannel,
	.fd = fd,
	.turn = turn,
	.capacity = last_good_capacity,
	.version = last_good_version,
	.status = last_good_status,
};

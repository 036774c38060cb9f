// SPDX-License-Identifier: Apache-2.0
#include "feed.h"

#include <errno.h>

#include "core/state/state.h"
#include "log.h"
#include "source/base/proc.h"
#include "source/kernel/object.h"
#include "source/kernel/walker.h"

static int load(struct feed *feed, const struct object_config *config)
{
	int err = object_open(config, &feed->object);

	if (err)
		return log_err(err, "cannot load the BPF programs");
	err = walker_open(feed->object, &feed->walker);
	return err ? log_err(err, "cannot map the walker's array") : 0;
}

static int walk(struct feed *feed, struct walk_view *out)
{
	int err = walker_run(feed->walker, out);

	return err ? log_err(err, "cannot walk the network namespaces") : 0;
}

/* A process 1 with more capabilities than ours hides its netns; the kernel's own is seen by the
 * walker. */
static int find_host(struct feed *feed, const char *proc_dir)
{
	int err = proc_host_netns(proc_dir, &feed->host_inum);

	if (err == -EACCES && walker_first_inum(feed->walker)) {
		feed->host_inum = walker_first_inum(feed->walker);
		log_info(
			"process 1 under '%s' does not show its netns: taking the kernel's process 1",
			proc_dir);
		return 0;
	}
	return err ? log_err(err, "cannot read the netns of process 1 under '%s'", proc_dir) : 0;
}

int feed_open(struct feed *feed, const struct kernel *kernel, enum backend backend,
	      const char *proc_dir, struct state *state)
{
	struct object_config config = { .kernel = kernel,
					.backend = backend,
					.walk_form = kernel_best_walk(kernel) };
	struct walk_view view;
	int err = load(feed, &config);

	if (!err)
		err = walk(feed, &view);
	if (!err)
		err = find_host(feed, proc_dir);
	if (err)
		return err;

	config.peers = view.count && view.slots[0].netns.inum != feed->host_inum;
	state_set_host(state, feed->host_inum, config.peers);
	if (config.peers) {
		/* Rare enough to load a second time for. */
		log_info("the node's netns '%u' is not the kernel's first: following its own pairs",
			 feed->host_inum);
		feed_close(feed);
		err = load(feed, &config);
	}
	if (!err)
		walker_set_host(feed->walker, feed->host_inum);
	return err;
}

void feed_close(struct feed *feed)
{
	walker_close(feed->walker);
	object_close(feed->object);
	feed->walker = NULL;
	feed->object = NULL;
}

int feed_diff(struct feed *feed, struct state *state, bool is_creation_known, uint64_t now_ns,
	      struct diff *diff)
{
	struct diff_walk taken = { .is_creation_known = is_creation_known, .time_ns = now_ns };
	struct walk_view view;
	int err = walk(feed, &view);

	if (err)
		return err;
	taken.slots = view.slots;
	taken.count = view.count;
	taken.is_complete = view.is_complete;
	if (!view.is_complete && !feed->incomplete++)
		log_warn("a walk did not see everything: '%u' records of '%u' namespaces",
			 view.count, view.netns);
	err = diff_take(state, &taken, diff);
	return err ? log_err(err, "cannot compare a walk") : 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "cli/base/node.h"

#include <stdio.h>

#include "agent.h"
#include "core/base/text.h"
#include "log.h"
#include "loop.h"

static const uint32_t limits[] = {
	[INVENTORY_NETNS] = 131072, [INVENTORY_LINKS] = 131072, [INVENTORY_ADDRESSES] = 131072
};

static void ignore_fact(const struct fact *fact, void *ctx)
{
	(void)fact;
	(void)ctx;
}

int node_look(struct node *node)
{
	struct diff diff = { 0 };
	int err = feed_diff(&node->feed, node->state, false, loop_now_ns(), &diff);

	for (size_t i = 0; i < diff.count && !err; i++)
		err = state_apply(node->state, &diff.events[i]);
	diff_clear(&diff);
	return err ? STATUS_FAILED : 0;
}

static void own_sandboxes(struct node *node)
{
	struct event event = { .kind = EVENT_NETNS_OWN, .source = EVENT_FROM_FILE };
	size_t count;
	const uint32_t *inums = cni_sandboxes(attribution_cni(node->attribution), &count);

	for (size_t i = 0; i < count; i++) {
		event.netns_inum = inums[i];
		state_apply(node->state, &event);
	}
}

int node_open(const struct output_options *options, struct node *node)
{
	struct attribution_config config = { .proc_dir = options->proc_dir,
					     .host_root = options->host_root,
					     .cni_conf_dir = options->cni_conf_dir,
					     .cni_cache_dir = options->cni_cache_dir,
					     .cni_state_dir = options->cni_state_dir,
					     .ipam_file = options->ipam_file };

	/* How an agent would follow this node is nothing to who asks once. */
	log_setup(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
	*node = (struct node){ 0 };
	if (kernel_probe(&node->kernel) || state_new(limits, ignore_fact, NULL, &node->state))
		return STATUS_FAILED;
	if (kernel_best_walk(&node->kernel) == WALK_FORM_COUNT) {
		log_write(LOG_LEVEL_ERROR, "cannot walk: %s; see 'podip doctor'",
			  node->kernel.features[FEATURE_WALKER].why);
		return AGENT_CANNOT_RUN;
	}
	config.state = node->state;
	if (feed_open(&node->feed, &node->kernel, BACKEND_NONE, options->proc_dir, node->state) ||
	    attribution_open(&config, &node->attribution) || node_look(node))
		return STATUS_FAILED;
	own_sandboxes(node);
	attribution_survey(node->attribution);
	return 0;
}

void node_clear(struct node *node)
{
	attribution_close(node->attribution);
	feed_close(&node->feed);
	state_free(node->state);
	kernel_clear(&node->kernel);
}

const char *node_pod_text(const struct pod *pod, char *out, size_t size)
{
	char name[POD_FULL_NAME_SIZE];
	const char *text = pod_full_name(pod, name);

	if (!text)
		text = *pod->uid ? pod->uid : *pod->container_id ? pod->container_id : "-";
	text_to_line(text, out, size);
	return out;
}

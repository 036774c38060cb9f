// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <string.h>

#include "attribution.h"
#include "scratch.h"

enum { INODE = 101 };

static const uint32_t limits[] = { 8, 8, 8 };

static void ignore_fact(const struct fact *fact, void *ctx)
{
	(void)fact;
	(void)ctx;
}

static struct netns *add_netns(struct state *state, uint64_t cookie)
{
	const struct event event = { .kind = EVENT_NETNS_ADD,
				     .netns_cookie = cookie,
				     .netns_inum = INODE };

	assert_int_equal(state_apply(state, &event), 0);
	return inventory_find_netns(state_inventory(state), cookie, INODE);
}

static struct attribution *open_attribution(const struct state *state)
{
	const struct attribution_config config = { .proc_dir = scratch_directory,
						   .host_root = "",
						   .cni_conf_dir = scratch_directory,
						   .cni_cache_dir = scratch_directory,
						   .cni_state_dir = scratch_directory,
						   .ipam_file = scratch_path,
						   .state = state };
	struct attribution *attribution;

	assert_int_equal(attribution_open(&config, &attribution), 0);
	return attribution;
}

/* The kernel gives an inode to the next namespace before the end of the last one is told. */
static void keeps_the_pod_of_the_namespace_that_has_the_inode_now(void **test)
{
	static const struct pod pod = { .name = "web-0" };
	cleanup_state struct state *state = NULL;
	cleanup_attribution struct attribution *attribution = NULL;
	struct fact fact = { .kind = FACT_NETNS_FREED };
	struct identities *identities;

	(void)test;
	assert_int_equal(state_new(limits, ignore_fact, NULL, &state), 0);
	state_set_host(state, 1, false);
	attribution = open_attribution(state);
	identities = attribution_identities(attribution);
	fact.netns = add_netns(state, 7);
	add_netns(state, 8);
	assert_int_equal(identities_claim(identities, INODE, IDENTITY_CNI_ARGS, &pod), 0);

	attribution_told(attribution, &fact);
	assert_true(identities_has(identities, INODE));

	/* The last one takes it along, and nothing but its end does. */
	state_apply(
		state,
		&(struct event){ .kind = EVENT_NETNS_DEL, .netns_cookie = 7, .netns_inum = INODE });
	fact.netns = inventory_find_netns(state_inventory(state), 8, INODE);
	fact.kind = FACT_NETNS_CREATED;
	attribution_told(attribution, &fact);
	assert_true(identities_has(identities, INODE));
	fact.kind = FACT_NETNS_FREED;
	attribution_told(attribution, &fact);
	assert_false(identities_has(identities, INODE));
}

/* A call named it, and nobody heard of it again. */
static void forgets_at_a_survey_what_is_in_no_list(void **test)
{
	static const struct pod pod = { .name = "web-0" };
	cleanup_state struct state *state = NULL;
	cleanup_attribution struct attribution *attribution = NULL;
	struct identities *identities;

	(void)test;
	assert_int_equal(state_new(limits, ignore_fact, NULL, &state), 0);
	state_set_host(state, 1, false);
	attribution = open_attribution(state);
	identities = attribution_identities(attribution);
	add_netns(state, 7);
	assert_int_equal(identities_claim(identities, INODE, IDENTITY_CNI_ARGS, &pod), 0);
	assert_int_equal(identities_claim(identities, INODE + 1, IDENTITY_CNI_ARGS, &pod), 0);
	attribution_survey(attribution);
	assert_true(identities_has(identities, INODE));
	assert_false(identities_has(identities, INODE + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(keeps_the_pod_of_the_namespace_that_has_the_inode_now),
		scratch_test(forgets_at_a_survey_what_is_in_no_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

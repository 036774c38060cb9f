/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Namespaces that hold addresses, leases of them, and what a check tells of both.
 * Times are small numbers: GRACE of them must pass.
 *
 *	+ ipam_only 10.9.0.5 c1 since 970          - kernel_only 10.9.0.6 101 since 1000
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include "core/books/leaks.h"
#include "facts.h"

enum { GRACE = 30, LIVING_MAX = 16 };

struct leak_story {
	struct facts facts;
	struct leaks *leaks;
	struct lease_list leases;
	struct prefix books;
	bool has_books;
	uint32_t living[LIVING_MAX];
	size_t living_count;
	bool has_living;
	char told[4096];
};

static inline size_t leak_text(const struct leak *leak, char *out, size_t size)
{
	char ip[IP_TEXT_SIZE];
	size_t used;

	ip_format(&leak->ip, ip);
	used = (size_t)snprintf(out, size, "%s %s", leak_kind_name(leak->kind), ip);
	if (leak->lease.source)
		used += (size_t)snprintf(out + used, size - used, " %s",
					 leak->lease.pod.container_id);
	if (leak->netns)
		used += (size_t)snprintf(out + used, size - used, " %u", leak->netns);
	if (leak->other_netns)
		used += (size_t)snprintf(out + used, size - used, " and %u", leak->other_netns);
	used += (size_t)snprintf(out + used, size - used, " since %lld\n",
				 (long long)leak->since_ns);
	return used;
}

static inline void leak_told(const struct leak *leak, bool is_over, void *ctx)
{
	struct leak_story *story = ctx;
	size_t used = strlen(story->told), room = sizeof(story->told) - used;

	assert_true(leak->is_told);
	if (room < 200)
		return;
	used += (size_t)snprintf(story->told + used, room, "%c ", is_over ? '-' : '+');
	leak_text(leak, story->told + used, room - 2);
}

static inline void leak_story_open(struct leak_story *story)
{
	*story = (struct leak_story){ 0 };
	facts_open(&story->facts, NULL);
	assert_int_equal(leaks_new(leak_told, story, &story->leaks), 0);
}

static inline void leak_story_close(struct leak_story *story)
{
	leaks_free(story->leaks);
	lease_list_clear(&story->leases);
	facts_close(&story->facts);
}
#define cleanup_story cleanup(leak_story_close)

static inline void story_books(struct leak_story *story, const char *cidr)
{
	story->has_books = true;
	assert_int_equal(prefix_parse(cidr, &story->books), 0);
}

/* Nobody but these; 0 ends them. */
static inline void story_living(struct leak_story *story, const uint32_t *inodes)
{
	story->has_living = inodes;
	story->living_count = 0;
	for (; inodes && *inodes; inodes++)
		story->living[story->living_count++] = *inodes;
}
#define living(story, ...) story_living(story, (const uint32_t[]){ __VA_ARGS__ __VA_OPT__(, ) 0 })

static inline void story_event(struct leak_story *story, const char *line)
{
	assert_int_equal(facts_apply(&story->facts, line, 1), 0);
}

/* The namespace has the address, on its interface of this index. */
static inline void hold_on(struct leak_story *story, unsigned int netns, unsigned int ifindex,
			   const char *ip)
{
	char lines[512];

	snprintf(lines, sizeof(lines),
		 "netns_add netns_inum=%u\n"
		 "link_add netns_inum=%u ifindex=%u ifname=eth%u link_kind=veth dev=%u\n"
		 "addr_add netns_inum=%u ifindex=%u addr=%s/%d",
		 netns, netns, ifindex, ifindex, netns * 8 + ifindex, netns, ifindex, ip,
		 strchr(ip, ':') ? 64 : 24);
	story_event(story, lines);
}

static inline void hold(struct leak_story *story, unsigned int netns, const char *ip)
{
	hold_on(story, netns, 2, ip);
}

static inline void end_netns(struct leak_story *story, unsigned int netns)
{
	char line[64];

	snprintf(line, sizeof(line), "netns_del netns_inum=%u", netns);
	story_event(story, line);
}

static inline struct lease *story_lease(struct leak_story *story, const char *source,
					const char *ip, const char *container_id, int64_t since_ns)
{
	struct lease lease = { .source = source, .since_ns = since_ns };

	assert_int_equal(ip_parse(ip, &lease.ip), 0);
	snprintf(lease.pod.container_id, sizeof(lease.pod.container_id), "%s", container_id);
	assert_int_equal(lease_list_add(&story->leases, &lease), 0);
	return &story->leases.leases[story->leases.count - 1];
}

static inline void forget_leases(struct leak_story *story)
{
	story->leases.count = 0;
}

static inline struct leaks_view story_view(const struct leak_story *story, int64_t now_ns)
{
	return (struct leaks_view){
		.inventory = state_inventory_const(story->facts.state),
		.leases = story->leases.leases,
		.lease_count = story->leases.count,
		.books = &story->books,
		.book_count = story->has_books,
		.living = story->has_living ? story->living : NULL,
		.living_count = story->living_count,
		.now_ns = now_ns,
		.grace_ns = GRACE,
		.boot_ns = 1,
	};
}

/* What the check tells. */
static inline const char *check_at(struct leak_story *story, int64_t now_ns)
{
	const struct leaks_view view = story_view(story, now_ns);

	story->told[0] = '\0';
	assert_int_equal(leaks_check(story->leaks, &view), 0);
	return story->told;
}

// SPDX-License-Identifier: Apache-2.0
/* The table as a whole: its bound, its order, and whether it is right for any world. */
#include "test.h"

#include <stdlib.h>

#include "leak_story.h"

/* Leases of 10.9.x.y, from the number on. */
static void fill(struct leak_story *story, unsigned int from, unsigned int count)
{
	for (unsigned int i = from; i < from + count; i++) {
		char ip[32];

		snprintf(ip, sizeof(ip), "10.9.%u.%u", i / 256, i % 256);
		story_lease(story, "host-local", ip, "c", 0);
	}
}

static void bounds_what_is_known_and_keeps_what_was_there(void **state)
{
	cleanup_story struct leak_story story;

	(void)state;
	leak_story_open(&story);
	fill(&story, 100, LEAKS_MAX);
	check_at(&story, 1000);
	assert_int_equal(leaks_refused(story.leaks), 0);
	/* they sort before those that are known */
	fill(&story, 0, 5);
	check_at(&story, 1030);
	assert_int_equal(leaks_count(story.leaks), LEAKS_MAX);
	assert_int_equal(leaks_refused(story.leaks), 5);
	assert_string_equal(check_at(&story, 1040), "");
	assert_int_equal(leaks_refused(story.leaks), 10);

	/* two are over, two of the five get their places */
	story.leases.leases[0] = story.leases.leases[--story.leases.count];
	story.leases.leases[1] = story.leases.leases[--story.leases.count];
	check_at(&story, 1050);
	assert_int_equal(leaks_count(story.leaks), LEAKS_MAX - 2);
	assert_int_equal(leaks_refused(story.leaks), 13);
	assert_string_equal(check_at(&story, 1080), "+ ipam_only 10.9.0.0 c since 1050\n"
						    "+ ipam_only 10.9.0.1 c since 1050\n");
	assert_int_equal(leaks_count(story.leaks), LEAKS_MAX);
}

static void lists_what_was_told_by_address_and_kind(void **state)
{
	cleanup_story struct leak_story story;
	char text[4096] = "";

	(void)state;
	leak_story_open(&story);
	story_books(&story, "10.9.0.0/24");
	story_lease(&story, "host-local", "fd00::5", "c1", 0);
	story_lease(&story, "host-local", "10.9.0.20", "c1", 0);
	story_lease(&story, "host-local", "10.9.0.3", "c1", 0);
	hold(&story, 101, "10.9.0.7");
	hold(&story, 102, "10.9.0.7");
	check_at(&story, 1000);
	check_at(&story, 1030);
	story_lease(&story, "host-local", "10.9.0.5", "c1", 0); /* waits */
	check_at(&story, 1040);
	for (size_t i = 0; i < leaks_count(story.leaks); i++)
		leak_text(leaks_at(story.leaks, i), text + strlen(text), 200);
	assert_string_equal(text, "ipam_only 10.9.0.3 c1 since 1000\n"
				  "kernel_only 10.9.0.7 101 since 1000\n"
				  "duplicate 10.9.0.7 101 and 102 since 1000\n"
				  "ipam_only 10.9.0.20 c1 since 1000\n"
				  "ipam_only fd00::5 c1 since 1000\n");
}

/* Random worlds, compared with what the definitions say of each address. */
static void agrees_with_a_plain_reading_of_the_definitions(void **state)
{
	enum { ADDRESSES = 12, NETNS = 5, ROUNDS = 300 };

	(void)state;
	srand(7);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		cleanup_story struct leak_story story;
		bool held[ADDRESSES][NETNS] = { 0 }, leased[ADDRESSES] = { 0 };
		char want[2048] = "", got[2048] = "";
		size_t used = 0;

		leak_story_open(&story);
		story_books(&story, "10.9.0.0/29"); /* 0 to 7 */
		living(&story, 101, 102);
		for (unsigned int i = 0; i < 16; i++) {
			unsigned int ip = (unsigned int)rand() % ADDRESSES;
			unsigned int netns = (unsigned int)rand() % NETNS;
			char text[32];

			snprintf(text, sizeof(text), "10.9.0.%u", ip);
			if (rand() % 2) {
				hold(&story, 100 + netns, text);
				held[ip][netns] = true;
			} else {
				story_lease(&story, "host-local", text, "c", 0);
				leased[ip] = true;
			}
		}
		for (unsigned int ip = 0; ip < ADDRESSES; ip++) {
			unsigned int holders = 0;
			bool lives = held[ip][1] || held[ip][2];
			const bool is_kind[] = {
				leased[ip],
				ip < 8 && !leased[ip],
				leased[ip] && !lives,
				true,
			};

			for (unsigned int netns = 0; netns < NETNS; netns++)
				holders += held[ip][netns];
			for (unsigned int kind = 0; kind < LEAK_KIND_COUNT; kind++) {
				bool fits = kind == LEAK_IPAM_ONLY
						    ? !holders
						    : holders > (kind == LEAK_DUPLICATE);

				if (fits && is_kind[kind])
					used += (size_t)snprintf(want + used, sizeof(want) - used,
								 "%u %s\n", ip,
								 leak_kind_name(kind));
			}
		}

		check_at(&story, 1000);
		check_at(&story, 1030);
		used = 0;
		for (size_t i = 0; i < leaks_count(story.leaks); i++)
			used += (size_t)snprintf(got + used, sizeof(got) - used, "%u %s\n",
						 leaks_at(story.leaks, i)->ip.bytes[15],
						 leak_kind_name(leaks_at(story.leaks, i)->kind));
		assert_string_equal(got, want);
	}
}

static void takes_what_somebody_else_told_for_what_there_is(void **state)
{
	cleanup_story struct leak_story story;
	struct leak told[2] = { { .kind = LEAK_KERNEL_ONLY, .is_told = true },
				{ .kind = LEAK_DUPLICATE, .is_told = true } };

	(void)state;
	leak_story_open(&story);
	story_lease(&story, "host-local", "10.9.0.3", "c1", 0);
	check_at(&story, 1000);
	check_at(&story, 1030);
	assert_int_equal(leaks_count(story.leaks), 1);
	assert_int_equal(leaks_put(story.leaks, told, 2), 0);
	assert_int_equal(leaks_count(story.leaks), 2);
	assert_int_equal(leaks_at(story.leaks, 1)->kind, LEAK_DUPLICATE);
	assert_int_equal(leaks_put(story.leaks, NULL, 0), 0);
	assert_int_equal(leaks_count(story.leaks), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_what_is_known_and_keeps_what_was_there),
		cmocka_unit_test(lists_what_was_told_by_address_and_kind),
		cmocka_unit_test(takes_what_somebody_else_told_for_what_there_is),
		cmocka_unit_test(agrees_with_a_plain_reading_of_the_definitions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

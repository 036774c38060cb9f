// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <jansson.h>

#include "cli/tenancy/tenancy_compact.h"
#include "cli/tenancy/tenancy_json.h"
#include "cli/tenancy/tenancy_print.h"
#include "core/tenancy/tenancy_story.h"

typedef void (*print_fn)(const struct tenancy_report *report, FILE *out);

static void print_json(const struct tenancy_report *report, FILE *out)
{
	assert_int_equal(tenancy_print_json(report, out), 0);
}

/* The caller frees. kernel may be NULL. */
static char *print(const char *story, const struct tenancy_query *query, bool has_time,
		   struct who_kernel *kernel, print_fn fn)
{
	struct who_kernel unasked = { 0 };
	struct tenancies *tenancies = story ? story_play(story, query) : NULL;
	struct tenancy_report report = { .query = query,
					 .has_time = has_time,
					 .tenancies = tenancies,
					 .path = "x.jsonl",
					 .kernel = kernel ? kernel : &unasked };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (tenancies && query->has_ip)
		report.answer = tenancy_lookup(tenancies);
	if (tenancies && kernel)
		who_kernel_compare(kernel, tenancies, &report.answer);
	fn(&report, out);
	fclose(out);
	tenancies_free(tenancies);
	return text;
}

static void check(const char *got, const char *want)
{
	assert_string_equal(got, want);
	for (const char *line = want; *line; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > 80)
			fail_msg("too wide: %s", line);
}

static const char full[] = "S0 n0 N1 A10a:web-0 R20a A30b:web-1 P35 X40 G50 S50 I51b:web-1 N55 L56 "
			   "R60b A70.123456789c:web-2 P80";

static void shows_who_had_it_and_who_before_and_after(void **state)
{
	const struct tenancy_query query = story_query(45 * STORY_NS_PER_S);
	char *text = print(full, &query, true, NULL, tenancy_print_table);

	(void)state;
	check(text, "10.0.0.5 at 1970-01-01T00:00:45.000000000Z: held by shop/web-1\n"
		    "the log covers 1970-01-01T00:00:00.000Z to 1970-01-01T00:01:20.000Z\n"
		    "\n"
		    "before  shop/web-0\n"
		    "        from 1970-01-01T00:00:10.000000000Z\n"
		    "        to 1970-01-01T00:00:20.000000000Z, held for 10s\n"
		    "        netns 100\n"
		    "\n"
		    "holder  shop/web-1\n"
		    "        from 1970-01-01T00:00:30.000000000Z\n"
		    "        to 1970-01-01T00:01:00.000000000Z, held for 30s\n"
		    "        unwatched 1970-01-01T00:00:40.000Z to 1970-01-01T00:00:51.000Z\n"
		    "        records lost 1970-01-01T00:00:55.000Z to 1970-01-01T00:00:56.000Z\n"
		    "        netns 101\n"
		    "\n"
		    "after   shop/web-2\n"
		    "        from 1970-01-01T00:01:10.123456789Z\n"
		    "        held as of 1970-01-01T00:01:20.000000000Z, for 9s\n"
		    "        netns 102\n");
	free(text);
	text = print(full, &query, true, NULL, tenancy_print_compact);
	assert_string_equal(
		text,
		"before 10.0.0.5 shop/web-0 1970-01-01T00:00:10.000000000Z 1970-01-01T00:00:20.000000000Z\n"
		"holder 10.0.0.5 shop/web-1 1970-01-01T00:00:30.000000000Z 1970-01-01T00:01:00.000000000Z\n"
		"after 10.0.0.5 shop/web-2 1970-01-01T00:01:10.123456789Z -\n");
	free(text);
	text = print(full, &query, true, NULL, print_json);
	assert_string_equal(
		text,
		"{\"v\":1,\"type\":\"answer\",\"ip\":\"10.0.0.5\",\"family\":\"ipv4\",\"at\":\"1970-01-01T00:00:45.000000000Z\",\"state\":\"held\",\"log\":{\"path\":\"x.jsonl\",\"from\":\"1970-01-01T00:00:00.000000000Z\",\"to\":\"1970-01-01T00:01:20.000000000Z\"}}\n"
		"{\"v\":1,\"type\":\"tenancy\",\"role\":\"before\",\"ip\":\"10.0.0.5\",\"family\":\"ipv4\",\"namespace\":\"shop\",\"pod\":\"web-0\",\"netns\":100,\"netns_cookie\":1000,\"from\":\"1970-01-01T00:00:10.000000000Z\",\"from_is\":\"exact\",\"to\":\"1970-01-01T00:00:20.000000000Z\",\"to_is\":\"exact\",\"held_ns\":10000000000}\n"
		"{\"v\":1,\"type\":\"tenancy\",\"role\":\"holder\",\"ip\":\"10.0.0.5\",\"family\":\"ipv4\",\"namespace\":\"shop\",\"pod\":\"web-1\",\"netns\":101,\"netns_cookie\":1010,\"from\":\"1970-01-01T00:00:30.000000000Z\",\"from_is\":\"exact\",\"to\":\"1970-01-01T00:01:00.000000000Z\",\"to_is\":\"exact\",\"held_ns\":30000000000,\"unwatched\":[[\"1970-01-01T00:00:40.000000000Z\",\"1970-01-01T00:00:51.000000000Z\"]],\"lost\":[[\"1970-01-01T00:00:55.000000000Z\",\"1970-01-01T00:00:56.000000000Z\"]]}\n"
		"{\"v\":1,\"type\":\"tenancy\",\"role\":\"after\",\"ip\":\"10.0.0.5\",\"family\":\"ipv4\",\"namespace\":\"shop\",\"pod\":\"web-2\",\"netns\":102,\"netns_cookie\":1020,\"from\":\"1970-01-01T00:01:10.123456789Z\",\"from_is\":\"exact\",\"to_is\":\"open\",\"as_of\":\"1970-01-01T00:01:20.000000000Z\",\"held_ns\":9876543211}\n");
	free(text);
}

static void shows_what_is_not_known_as_such(void **state)
{
	static const struct {
		const char *story;
		int64_t at;
		const char *want, *compact;
	} cases[] = {
		{ "S0 A10a:web-1 X20 G30 S30 I31b:web-2 N40", 25,
		  "10.0.0.5 at 1970-01-01T00:00:25.000000000Z: unknown\n"
		  "nobody watched between 1970-01-01T00:00:20.000Z and 1970-01-01T00:00:31.000Z\n"
		  "the log covers 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:40.000Z\n"
		  "\n"
		  "before  shop/web-1\n"
		  "        from 1970-01-01T00:00:10.000000000Z\n"
		  "        to some time between 1970-01-01T00:00:20.000Z and\n"
		  "        1970-01-01T00:00:31.000Z, held for more than 10s\n"
		  "        nobody watched there\n"
		  "        netns 100\n"
		  "\n"
		  "after   shop/web-2\n"
		  "        from before 1970-01-01T00:00:31.000000000Z\n"
		  "        it began between 1970-01-01T00:00:20.000Z and 1970-01-01T00:00:31.000Z\n"
		  "        held as of 1970-01-01T00:00:40.000000000Z, for 9s\n"
		  "        netns 101\n",
		  "unknown 10.0.0.5 - 1970-01-01T00:00:20.000000000Z 1970-01-01T00:00:31.000000000Z\n"
		  "before 10.0.0.5 shop/web-1 1970-01-01T00:00:10.000000000Z 1970-01-01T00:00:20.000000000Z..1970-01-01T00:00:31.000000000Z\n"
		  "after 10.0.0.5 shop/web-2 <1970-01-01T00:00:31.000000000Z -\n" },
		{ "S0 n0 N1 A10a:web-1 R12a P15 !3 P20 A30b P40", 17,
		  "10.0.0.5 at 1970-01-01T00:00:17.000000000Z: unknown\n"
		  "records were lost between 1970-01-01T00:00:15.000Z and 1970-01-01T00:00:20.000Z\n"
		  "the log covers 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:40.000Z\n"
		  "\n"
		  "before  shop/web-1\n"
		  "        from 1970-01-01T00:00:10.000000000Z\n"
		  "        to 1970-01-01T00:00:12.000000000Z, held for 2s\n"
		  "        netns 100\n"
		  "\n"
		  "after   a pod that is not known\n"
		  "        from 1970-01-01T00:00:30.000000000Z\n"
		  "        held as of 1970-01-01T00:00:40.000000000Z, for 10s\n"
		  "        netns 101\n",
		  "unknown 10.0.0.5 - 1970-01-01T00:00:15.000000000Z 1970-01-01T00:00:20.000000000Z\n"
		  "before 10.0.0.5 shop/web-1 1970-01-01T00:00:10.000000000Z 1970-01-01T00:00:12.000000000Z\n"
		  "after 10.0.0.5 - 1970-01-01T00:00:30.000000000Z -\n" },
		{ "P5 R20a:web-1 P30", 4,
		  "10.0.0.5 at 1970-01-01T00:00:04.000000000Z: unknown\n"
		  "the log knows of it from 1970-01-01T00:00:05.000Z on\n"
		  "the log covers 1970-01-01T00:00:05.000Z to 1970-01-01T00:00:30.000Z\n"
		  "\n"
		  "after   shop/web-1\n"
		  "        from before 1970-01-01T00:00:05.000000000Z\n"
		  "        to 1970-01-01T00:00:20.000000000Z, held for more than 15s\n"
		  "        netns 100\n",
		  "unknown 10.0.0.5 - - 1970-01-01T00:00:05.000000000Z\n"
		  "after 10.0.0.5 shop/web-1 <1970-01-01T00:00:05.000000000Z 1970-01-01T00:00:20.000000000Z\n" },
		{ "S0 n0 N1 A10a:web-1 R12a X15", 16,
		  "10.0.0.5 at 1970-01-01T00:00:16.000000000Z: unknown\n"
		  "nobody is known to watch since 1970-01-01T00:00:15.000Z\n"
		  "the log covers 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:15.000Z\n"
		  "its last agent has ended then\n"
		  "\n"
		  "before  shop/web-1\n"
		  "        from 1970-01-01T00:00:10.000000000Z\n"
		  "        to 1970-01-01T00:00:12.000000000Z, held for 2s\n"
		  "        netns 100\n",
		  "unknown 10.0.0.5 - 1970-01-01T00:00:15.000000000Z -\n"
		  "before 10.0.0.5 shop/web-1 1970-01-01T00:00:10.000000000Z 1970-01-01T00:00:12.000000000Z\n" },
		{ "S0 n0 N1 A10a:web-1 R12a X15 S20", 21,
		  "10.0.0.5 at 1970-01-01T00:00:21.000000000Z: unknown\n"
		  "nobody is known to watch since 1970-01-01T00:00:15.000Z\n"
		  "the log covers 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:20.000Z\n"
		  "its last agent has told of no address yet\n"
		  "\n"
		  "before  shop/web-1\n"
		  "        from 1970-01-01T00:00:10.000000000Z\n"
		  "        to 1970-01-01T00:00:12.000000000Z, held for 2s\n"
		  "        netns 100\n",
		  "unknown 10.0.0.5 - 1970-01-01T00:00:15.000000000Z -\n"
		  "before 10.0.0.5 shop/web-1 1970-01-01T00:00:10.000000000Z 1970-01-01T00:00:12.000000000Z\n" },
		{ "S20", 21,
		  "10.0.0.5 at 1970-01-01T00:00:21.000000000Z: never seen\n"
		  "the log covers 1970-01-01T00:00:20.000Z to 1970-01-01T00:00:20.000Z\n"
		  "its last agent has told of no address yet\n",
		  "never 10.0.0.5 - - -\n" },
		{ "S0 n0 N1 A10a:web-1 R12a P20", 15,
		  "10.0.0.5 at 1970-01-01T00:00:15.000000000Z: free\n"
		  "the log covers 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:20.000Z\n"
		  "\n"
		  "before  shop/web-1\n"
		  "        from 1970-01-01T00:00:10.000000000Z\n"
		  "        to 1970-01-01T00:00:12.000000000Z, held for 2s\n"
		  "        netns 100\n",
		  "free 10.0.0.5 - - -\n"
		  "before 10.0.0.5 shop/web-1 1970-01-01T00:00:10.000000000Z 1970-01-01T00:00:12.000000000Z\n" },
		{ "S0 D4 A10a:web-1", 15,
		  "10.0.0.5 at 1970-01-01T00:00:15.000000000Z: never seen\n"
		  "the log covers 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:10.000Z\n",
		  "never 10.0.0.5 - - -\n" },
		{ "S100 A110a:web-1 A115b:web-2 P120 @-100 P21 R30a", 117,
		  "10.0.0.5 at 1970-01-01T00:01:57.000000000Z: held by shop/web-1 and by shop/web-2\n"
		  "the log covers 1970-01-01T00:01:40.000Z to 1970-01-01T00:00:30.000Z\n"
		  "the clock was set back meanwhile: times in it may be there twice\n"
		  "\n"
		  "holder  shop/web-1\n"
		  "        from 1970-01-01T00:01:50.000000000Z\n"
		  "        to 1970-01-01T00:00:30.000000000Z, held for 20s\n"
		  "        the clock was set back, from 1970-01-01T00:02:00.000Z to\n"
		  "        1970-01-01T00:00:21.000Z\n"
		  "        netns 100\n"
		  "\n"
		  "holder  shop/web-2\n"
		  "        from 1970-01-01T00:01:55.000000000Z\n"
		  "        held as of 1970-01-01T00:00:30.000000000Z, for 15s\n"
		  "        the clock was set back, from 1970-01-01T00:02:00.000Z to\n"
		  "        1970-01-01T00:00:21.000Z\n"
		  "        netns 101\n",
		  "holder 10.0.0.5 shop/web-1 1970-01-01T00:01:50.000000000Z 1970-01-01T00:00:30.000000000Z\n"
		  "holder 10.0.0.5 shop/web-2 1970-01-01T00:01:55.000000000Z -\n" },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct tenancy_query query = story_query(c->at * STORY_NS_PER_S);
		char *text = print(c->story, &query, true, NULL, tenancy_print_table);

		check(text, c->want);
		free(text);
		text = print(c->story, &query, true, NULL, tenancy_print_compact);
		assert_string_equal(text, c->compact);
		free(text);
	}
}

static void shows_the_addresses_and_the_failures_of_a_pod(void **state)
{
	const struct tenancy_query query = { .namespace = "shop",
					     .pod = "web-1",
					     .now_ns = 1000 * STORY_NS_PER_S };
	static const char story[] = "S0 F5a:web-1 A10a:web-1 D6 A11a:web-1 D5 R20a F25a:web-1 P30";
	char *text = print(story, &query, false, NULL, tenancy_print_table);

	(void)state;
	check(text, "shop/web-1: 2 addresses, 2 failed CNI calls told\n"
		    "the log covers 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:30.000Z\n"
		    "\n"
		    "failed  1970-01-01T00:00:05.000000000Z\n"
		    "        exhausted\n"
		    "\n"
		    "        10.0.0.5\n"
		    "        from 1970-01-01T00:00:10.000000000Z\n"
		    "        to 1970-01-01T00:00:20.000000000Z, held for 10s\n"
		    "        netns 100\n"
		    "\n"
		    "        10.0.0.6\n"
		    "        from 1970-01-01T00:00:11.000000000Z\n"
		    "        held as of 1970-01-01T00:00:30.000000000Z, for 19s\n"
		    "        netns 100\n"
		    "\n"
		    "failed  1970-01-01T00:00:25.000000000Z\n"
		    "        exhausted\n");
	free(text);
	text = print(story, &query, false, NULL, tenancy_print_compact);
	assert_string_equal(
		text,
		"failed exhausted shop/web-1 1970-01-01T00:00:05.000000000Z -\n"
		"address 10.0.0.5 shop/web-1 1970-01-01T00:00:10.000000000Z 1970-01-01T00:00:20.000000000Z\n"
		"address 10.0.0.6 shop/web-1 1970-01-01T00:00:11.000000000Z -\n"
		"failed exhausted shop/web-1 1970-01-01T00:00:25.000000000Z -\n");
	free(text);
	text = print(story, &query, false, NULL, print_json);
	assert_string_equal(
		text,
		"{\"v\":1,\"type\":\"answer\",\"namespace\":\"shop\",\"pod\":\"web-1\",\"log\":{\"path\":\"x.jsonl\",\"from\":\"1970-01-01T00:00:00.000000000Z\",\"to\":\"1970-01-01T00:00:30.000000000Z\"}}\n"
		"{\"v\":1,\"type\":\"failure\",\"ts\":\"1970-01-01T00:00:05.000000000Z\",\"namespace\":\"shop\",\"pod\":\"web-1\",\"reason\":\"exhausted\"}\n"
		"{\"v\":1,\"type\":\"tenancy\",\"role\":\"address\",\"ip\":\"10.0.0.5\",\"family\":\"ipv4\",\"namespace\":\"shop\",\"pod\":\"web-1\",\"netns\":100,\"netns_cookie\":1000,\"from\":\"1970-01-01T00:00:10.000000000Z\",\"from_is\":\"exact\",\"to\":\"1970-01-01T00:00:20.000000000Z\",\"to_is\":\"exact\",\"held_ns\":10000000000}\n"
		"{\"v\":1,\"type\":\"tenancy\",\"role\":\"address\",\"ip\":\"10.0.0.6\",\"family\":\"ipv4\",\"namespace\":\"shop\",\"pod\":\"web-1\",\"netns\":100,\"netns_cookie\":1000,\"from\":\"1970-01-01T00:00:11.000000000Z\",\"from_is\":\"exact\",\"to_is\":\"open\",\"as_of\":\"1970-01-01T00:00:30.000000000Z\",\"held_ns\":19000000000}\n"
		"{\"v\":1,\"type\":\"failure\",\"ts\":\"1970-01-01T00:00:25.000000000Z\",\"namespace\":\"shop\",\"pod\":\"web-1\",\"reason\":\"exhausted\"}\n");
	free(text);
}

static void says_what_the_kernel_has(void **state)
{
	struct tenancy holder = { .netns = 100,
				  .netns_cookie = RECORD_ABSENT,
				  .ifname = "eth0",
				  .pod = { "shop", "web-1", "", "" } };
	static const struct {
		const char *story;
		enum who_kernel_state state;
		size_t count;
		const char *want, *first;
	} cases[] = {
		{ "S0 A10a:web-1 P20", WHO_KERNEL_ASKED, 1, "agrees",
		  "the kernel says the same\n" },
		{ "S0 A10b:web-2 P20", WHO_KERNEL_ASKED, 1, "differs",
		  "the kernel says otherwise: see below\n" },
		{ "S0 A10b:web-2 P20", WHO_KERNEL_ASKED, 0, "differs",
		  "the kernel says otherwise: no pod of this node holds it\n" },
		{ "S0 A10a:web-1 A10b:web-2 P20", WHO_KERNEL_ASKED, 1, "differs",
		  "the kernel says otherwise: see below\n" },
		{ "S0 A10a:web-1 R20a", WHO_KERNEL_ASKED, 0, "agrees",
		  "the kernel says the same\n" },
		{ "S0 A10a:web-1 R20a", WHO_KERNEL_ASKED, 1, "differs",
		  "the kernel says otherwise: see below\n" },
		{ "S0 A10a:web-1 X20", WHO_KERNEL_ASKED, 1, "asked",
		  "what the kernel has now: see below\n" },
		{ "S0 A10a:web-1 P20", WHO_KERNEL_REFUSED, 0, "refused",
		  "the kernel was not asked: no\n" },
		{ NULL, WHO_KERNEL_ASKED, 1, "alone",
		  "what the kernel has now: see below\nthere is no event log 'x.jsonl'\n"
		  "of an agent that writes to stdout: kubectl logs POD | podip who IP --events.file -\n" },
		{ NULL, WHO_KERNEL_ASKED, 0, "alone",
		  "what the kernel has now: no pod of this node holds it\n"
		  "there is no event log 'x.jsonl'\n" },
	};
	const struct tenancy_query query = story_query(50 * STORY_NS_PER_S);

	(void)state;
	holder.ip = query.ip;
	for_each_case(c, cases) {
		struct who_kernel kernel = { .state = c->state,
					     .holders = &holder,
					     .count = c->count };
		char *text;
		json_t *json;

		if (c->state == WHO_KERNEL_REFUSED)
			strcpy(kernel.why, "no");
		text = print(c->story, &query, false, &kernel, tenancy_print_table);
		print_message("  %s: %s\n", c->story ? c->story : "", c->first);
		assert_non_null(strstr(text, c->first));
		assert_int_equal(!!strstr(text, "\nkernel  shop/web-1\n"),
				 c->count && strcmp(c->want, "agrees") != 0);
		free(text);
		text = print(c->story, &query, false, &kernel, print_json);
		json = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
		assert_string_equal(json_string_value(json_object_get(json, "kernel")), c->want);
		json_decref(json);
		free(text);
	}
}

/* The log is silent since 20 s; the kernel is asked at 50 s. */
static void says_for_how_long_an_address_is_held_by_now(void **state)
{
	static const struct {
		const char *story;
		enum who_kernel_state state;
		bool has_time;
		const char *want;
	} cases[] = {
		{ "S0 A10a:web-1 P20", WHO_KERNEL_ASKED, false, "        held now, for 40s\n" },
		{ "S0 I10a:web-1 P20", WHO_KERNEL_ASKED, false,
		  "        held now, for more than 40s\n" },
		{ "S0 A10a:web-1 P20", WHO_KERNEL_ASKED, true,
		  "        held as of 1970-01-01T00:00:20.000000000Z, for 10s\n" },
		{ "S0 A10a:web-1 P20", WHO_KERNEL_REFUSED, false,
		  "        held as of 1970-01-01T00:00:20.000000000Z, for 10s\n" },
		{ "S0 A10a:web-1 A10b:web-2 P20", WHO_KERNEL_ASKED, false,
		  "        held as of 1970-01-01T00:00:20.000000000Z, for 10s\n" },
	};
	struct tenancy_query query = story_query(50 * STORY_NS_PER_S);
	struct tenancy holder = { .ip = query.ip, .netns = 100, .netns_cookie = RECORD_ABSENT };

	(void)state;
	query.now_ns = query.at_ns;
	for_each_case(c, cases) {
		struct who_kernel kernel = { .state = c->state, .holders = &holder, .count = 1 };
		char *text = print(c->story, &query, c->has_time, &kernel, tenancy_print_table);

		print_message("  %s: %s\n", c->story, c->want);
		assert_non_null(strstr(text, c->want));
		free(text);
	}
}

static void lets_nothing_from_outside_reach_a_terminal(void **state)
{
	static const char bad[] = "e\x1b[31m\n\xff\xc2\x9b";
	static const print_fn prints[] = { tenancy_print_table, tenancy_print_compact, print_json };
	const struct tenancy_query queries[] = { story_query(15 * STORY_NS_PER_S),
						 { .namespace = bad, .pod = bad } };
	char story[256];

	(void)state;
	snprintf(story, sizeof(story), "S0 F5a:%s A10a:%s R20a", bad, bad);
	for_each_case(query, queries) {
		for_each_case(fn, prints) {
			char *text = print(story, query, true, NULL, *fn);

			for (const char *at = text; *at; at++)
				assert_true(*at == '\n' || *at >= ' ' ||
					    (unsigned char)*at >= 0xa0 ||
					    (unsigned char)*at == 0xef);
			assert_null(strstr(text, "\xc2\x9b"));
			assert_null(strchr(text, '\x1b'));
			free(text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_who_had_it_and_who_before_and_after),
		cmocka_unit_test(shows_what_is_not_known_as_such),
		cmocka_unit_test(shows_the_addresses_and_the_failures_of_a_pod),
		cmocka_unit_test(says_what_the_kernel_has),
		cmocka_unit_test(says_for_how_long_an_address_is_held_by_now),
		cmocka_unit_test(lets_nothing_from_outside_reach_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
/*
 * What cni tells of the ranges whose addresses host-local books. More: test_cni.c.
 */
#include "test.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "source/cni/cni.h"

enum { PATIENCE_MS = 10000 };

static int enter(void **state)
{
	return scratch_setup(state) || chdir(scratch_directory) || mkdir("conf", 0700);
}

static int leave(void **state)
{
	return chdir("/") || scratch_teardown(state);
}

static void put(const char *path, const char *text)
{
	cleanup_fclose FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
}

#define CONF(name, subnet, more)                                                    \
	"{\"name\":\"" name "\",\"plugins\":[{\"type\":\"ptp\",\"ipam\":{\"type\":" \
	"\"host-local\"," more "\"ranges\":[[{\"subnet\":\"" subnet "\"}]]}}]}"

static struct cni *cni_of(const char *host_root, const char *state_dir)
{
	const struct cni_config config = {
		.conf_dir = "conf",
		.cache_dir = "cache",
		.state_dir = state_dir,
		.host_root = host_root,
	};
	struct cni *cni = NULL;

	assert_int_equal(cni_open(&config, &cni), 0);
	return cni;
}

static void refresh(struct cni *cni)
{
	struct pollfd pollfd = { .fd = cni_fd(cni), .events = POLLIN };

	assert_int_equal(poll(&pollfd, 1, PATIENCE_MS), 1);
	assert_in_range(cni_refresh(cni), 0, CNI_RANGES_CHANGED);
}

/* Books as "network cidr", separated by ", ". */
static const char *books(const struct cni *cni)
{
	static char text[1024];
	const struct cni_book *all;
	size_t count = cni_books(cni, &all), used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		char cidr[PREFIX_TEXT_SIZE];

		prefix_format(&all[i].cidr, cidr);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s", i ? ", " : "",
					 all[i].network, cidr);
	}
	return text;
}

static void knows_which_ranges_host_local_books(void **state)
{
	static const struct {
		const char *root, *state_dir, *want;
	} cases[] = {
		{ "", NULL, "none 10.0.0.0/24" },
		{ "", "/a", "none 10.0.0.0/24, a 10.1.0.0/24" },
		{ "", "/a//", "none 10.0.0.0/24, a 10.1.0.0/24" },
		{ "", "/b/c", "none 10.0.0.0/24, b 10.2.0.0/24" },
		{ "", "/b", "none 10.0.0.0/24" },
		{ "", "/ab", "none 10.0.0.0/24" },
		{ "", "", "none 10.0.0.0/24" },
		{ "/host", "/host/b/c", "none 10.0.0.0/24, b 10.2.0.0/24" },
		{ "/host", "/b/c", "none 10.0.0.0/24" },
		{ "/host", "/hosts/b/c", "none 10.0.0.0/24" },
		{ "/host", "/most/b/c", "none 10.0.0.0/24" },
	};

	(void)state;
	put("conf/0.conf", CONF("none", "10.0.0.0/24", ""));
	put("conf/1.conf", CONF("a", "10.1.0.0/24", "\"dataDir\":\"/a\","));
	put("conf/2.conf", CONF("b", "10.2.0.0/24", "\"dataDir\":\"/b/c/\","));
	for_each_case(c, cases) {
		cleanup_cni struct cni *cni = cni_of(c->root, c->state_dir);

		print_message("  %s %s\n", c->root, c->state_dir ? c->state_dir : "-");
		assert_string_equal(books(cni), c->want);
	}
}

static void does_not_trust_books_that_are_not_whole(void **state)
{
	static const struct {
		const char *second, *want;
	} cases[] = {
		{ CONF("b", "10.1.0.0/16", ""), "a 10.0.0.0/16, b 10.1.0.0/16" },
		{ CONF("b", "10.0.0.0/16", ""), "a 10.0.0.0/16" },
		{ CONF("b", "10.0.0.0/16", "\"dataDir\":\"/x\","), "" },
		{ CONF("b", "10.0.1.0/24", "\"dataDir\":\"/x\","), "" },
		{ CONF("b", "10.0.0.0/8", "\"dataDir\":\"/x\","), "" },
		{ CONF("b", "10.1.0.0/16", "\"dataDir\":\"/x\","), "a 10.0.0.0/16" },
		/* two plugins of one network */
		{ "{\"name\":\"b\",\"plugins\":[{\"ipam\":{\"type\":\"host-local\",\"dataDir\":"
		  "\"/x\",\"subnet\":\"10.1.0.0/16\"}},{\"ipam\":{\"type\":\"host-local\","
		  "\"subnet\":\"10.2.0.0/16\"}}]}",
		  "a 10.0.0.0/16, b 10.2.0.0/16" },
		{ CONF("b", "10.1.0.0/16\"}],[{\"subnet\":\"10.0.0.0/20", "\"dataDir\":\"/x\","),
		  "" },
	};
	cleanup_cni struct cni *cni = NULL;

	(void)state;
	put("conf/0.conf", CONF("a", "10.0.0.0/16", ""));
	cni = cni_of("", "/a");
	assert_string_equal(books(cni), "a 10.0.0.0/16");
	for_each_case(c, cases) {
		print_message("  %s\n", c->second);
		put("conf/1.conf", c->second);
		refresh(cni);
		assert_string_equal(books(cni), c->want);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

/* A LAN of which host-local hands out a piece has other addresses that are nobody's fault. */
static void tells_a_range_that_is_not_whole(void **state)
{
	static const struct {
		const char *more;
		bool is_whole;
	} cases[] = {
		{ "", true },
		{ ",\"gateway\":\"10.9.0.254\"", true },
		{ ",\"gateway\":\"10.8.0.1\"", true },
		{ ",\"rangeStart\":\"10.9.0.100\"", false },
		{ ",\"rangeEnd\":\"10.9.0.200\"", false },
	};

	(void)state;
	for_each_case(c, cases) {
		const struct cni_book *books;
		cleanup_cni struct cni *cni = NULL;
		char conf[512];

		snprintf(conf, sizeof(conf),
			 "{\"name\":\"lan\",\"plugins\":[{\"type\":\"macvlan\",\"ipam\":{\"type\":"
			 "\"host-local\",\"ranges\":[[{\"subnet\":\"10.9.0.0/24\"%s}]]}}]}",
			 c->more);
		put("conf/10-lan.conflist", conf);
		cni = cni_of("", "networks");
		assert_int_equal(cni_books(cni, &books), 1);
		assert_int_equal(books[0].is_whole, c->is_whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(knows_which_ranges_host_local_books),
		TEST(tells_a_range_that_is_not_whole),
		TEST(does_not_trust_books_that_are_not_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

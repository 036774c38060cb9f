// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/pod/identity.h"

enum { NETNS = 4026532001, OTHER = 4026532002 };

#define ARGS IDENTITY_CNI_ARGS
#define CACHE IDENTITY_CNI_CACHE
#define IPAM IDENTITY_IPAM
#define CGROUP IDENTITY_CGROUP

/* What one source says: of NETNS when ip is NULL. */
struct claim {
	enum identity_source source;
	const char *ip;
	struct pod pod;
};

#define SAYS(from, ...)                                  \
	{                                                \
		.source = (from), .pod = { __VA_ARGS__ } \
	}
#define SAYS_OF(address, from, ...)                                       \
	{                                                                 \
		.source = (from), .ip = (address), .pod = { __VA_ARGS__ } \
	}

static struct identities *identities_of_test(void)
{
	struct identities *identities = NULL;

	assert_int_equal(identities_new(&identities), 0);
	return identities;
}

static struct ip ip_of(const char *text)
{
	struct ip ip;

	assert_int_equal(ip_parse(text, &ip), 0);
	return ip;
}

static void claim(struct identities *identities, const struct claim *claim)
{
	struct ip ip;

	if (!claim->ip) {
		assert_int_equal(identities_claim(identities, NETNS, claim->source, &claim->pod),
				 0);
		return;
	}
	ip = ip_of(claim->ip);
	assert_int_equal(identities_claim_ip(identities, &ip, claim->source, &claim->pod), 0);
}

/* "namespace/name uid container_id: best source, mask" */
static const char *found(const struct identities *identities, uint32_t netns, const char *ip_text)
{
	static char text[sizeof(struct identity) + 64];
	struct identity identity;
	const char *source;
	struct ip ip;

	if (ip_text)
		ip = ip_of(ip_text);
	memset(&identity, 0x5a, sizeof(identity));
	identities_find(identities, netns, ip_text ? &ip : NULL, &identity);
	source = identity_source_name(identity.source);
	snprintf(text, sizeof(text), "%s/%s %s %s: %s, %x", identity.pod.namespace,
		 identity.pod.name, identity.pod.uid, identity.pod.container_id,
		 source ? source : "none", identity.sources);
	return text;
}

static void names_every_source(void **state)
{
	(void)state;
	assert_string_equal(identity_source_name(IDENTITY_CNI_ARGS), "cni-args");
	assert_string_equal(identity_source_name(IDENTITY_CNI_CACHE), "cni-cache");
	assert_string_equal(identity_source_name(IDENTITY_IPAM), "ipam");
	assert_string_equal(identity_source_name(IDENTITY_CGROUP), "cgroup");
	assert_null(identity_source_name(IDENTITY_NONE));
}

static void takes_each_field_from_the_best_source_that_has_it(void **state)
{
	static const struct {
		const char *what;
		struct claim claims[4]; /* all of 10.0.0.5 or NETNS */
		const char *want;
	} cases[] = {
		{ "nobody", { { 0 } }, "/  : none, 0" },
		{ "one",
		  { SAYS(CACHE, "shop", "web-0", "u1", "c1") },
		  "shop/web-0 u1 c1: cni-cache, 2" },
		{ "the best has all",
		  { SAYS(CGROUP, "", "", "u4", "c4"), SAYS(IPAM, "d", "d", "u3", "c3"),
		    SAYS(CACHE, "c", "c", "u2", "c2"), SAYS(ARGS, "shop", "web-0", "u1", "c1") },
		  "shop/web-0 u1 c1: cni-args, f" },
		{ "a name here, a uid there",
		  { SAYS(IPAM, "shop", "web-0"), SAYS(CGROUP, "", "", "u1", "c4") },
		  "shop/web-0 u1 c4: ipam, c" },
		{ "the container of a cgroup is the last to ask",
		  { SAYS(CGROUP, "", "", "u1", "c4"), SAYS(IPAM, "", "", "", "c1") },
		  "/ u1 c1: ipam, c" },
		{ "a name is one with its namespace",
		  { SAYS(ARGS, "a"), SAYS(CACHE, "b", "web-0") },
		  "b/web-0  : cni-args, 3" },
		{ "so is a namespace with its name",
		  { SAYS(ARGS, "", "web-0"), SAYS(CACHE, "b", "db-0", "u2") },
		  "/web-0 u2 : cni-args, 3" },
		{ "a name without namespace takes what was said before",
		  { SAYS(ARGS, "shop"), SAYS(CACHE, "b"), SAYS(IPAM, "", "web-0") },
		  "shop/web-0  : cni-args, 7" },
		{ "an address alone",
		  { SAYS_OF("10.0.0.5", IPAM, "shop", "web-0") },
		  "shop/web-0  : ipam, 4" },
		{ "another address",
		  { SAYS_OF("10.0.0.6", IPAM, "shop", "web-0") },
		  "/  : none, 0" },
		{ "address and namespace",
		  { SAYS(CGROUP, "", "", "u1", "c4"),
		    SAYS_OF("10.0.0.5", IPAM, "shop", "web-0", "", "c3") },
		  "shop/web-0 u1 c3: ipam, c" },
		{ "the address's source is the better one",
		  { SAYS(IPAM, "a", "a", "u3", "c3"),
		    SAYS_OF("10.0.0.5", CACHE, "b", "b", "u2", "") },
		  "b/b u2 c3: cni-cache, 6" },
		{ "of one source the namespace counts first",
		  { SAYS_OF("10.0.0.5", CACHE, "b", "b", "u2", "c2"), SAYS(CACHE, "a", "a") },
		  "a/a u2 c2: cni-cache, 2" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_identities struct identities *identities = identities_of_test();

		print_message("  %s\n", c->what);
		for_each_case(it, c->claims)
			claim(identities, it);
		assert_string_equal(found(identities, NETNS, "10.0.0.5"), c->want);
		assert_string_equal(found(identities, OTHER, NULL), "/  : none, 0");
		assert_string_equal(found(identities, 0, NULL), "/  : none, 0");
	}
}

static void finds_a_namespace_alone_and_an_address_alone(void **state)
{
	static const struct claim claims[] = {
		SAYS(CGROUP, "", "", "u1", "c4"),
		SAYS_OF("fd00::5", IPAM, "shop", "web-0"),
	};
	cleanup_identities struct identities *identities = identities_of_test();

	(void)state;
	for_each_case(it, claims)
		claim(identities, it);
	assert_string_equal(found(identities, NETNS, NULL), "/ u1 c4: cgroup, 8");
	assert_string_equal(found(identities, OTHER, "fd00::5"), "shop/web-0  : ipam, 4");
	assert_string_equal(found(identities, NETNS, "fd00::5"), "shop/web-0 u1 c4: ipam, c");
	assert_true(identities_has(identities, NETNS));
	assert_false(identities_has(identities, OTHER));
	assert_false(identities_has(identities, 0));
}

static void keeps_what_each_source_said(void **state)
{
	static const struct pod full = {
		"0123456789012345678901234567890123456789012345678901234567890ns",
		"web-0",
		"8d2f3a51-7c1e-4f0b-9f58-0a6f1f0c2b77",
		"\xff\x01",
	};
	static const struct pod cgroup = { .uid = "u1", .container_id = "c4" };
	cleanup_identities struct identities *identities = identities_of_test();
	const struct pod *args, *other;

	(void)state;
	assert_int_equal(identities_claim(identities, NETNS, ARGS, &full), 0);
	assert_int_equal(identities_claim(identities, NETNS, CGROUP, &cgroup), 0);
	args = identities_claimed(identities, NETNS, ARGS);
	other = identities_claimed(identities, NETNS, CGROUP);
	assert_non_null(args);
	assert_non_null(other);
	assert_memory_equal(args, &full, sizeof(full));
	assert_memory_equal(other, &cgroup, sizeof(cgroup));
	assert_null(identities_claimed(identities, NETNS, CACHE));
	assert_null(identities_claimed(identities, OTHER, ARGS));
}

static void takes_no_claim_that_says_nothing(void **state)
{
	static const struct claim claims[] = { SAYS(ARGS, ""), SAYS_OF("10.0.0.5", IPAM, "") };
	static const struct claim known = SAYS(ARGS, "shop", "web-0");
	cleanup_identities struct identities *identities = identities_of_test();

	(void)state;
	for_each_case(it, claims)
		claim(identities, it);
	assert_false(identities_has(identities, NETNS));
	assert_int_equal(identities_stats(identities).netns, 0);
	assert_int_equal(identities_stats(identities).addresses, 0);
	assert_int_equal(identities_claim(identities, 0, ARGS, &known.pod), -EINVAL);

	claim(identities, &known);
	claim(identities, &claims[0]);
	assert_string_equal(found(identities, NETNS, NULL), "shop/web-0  : cni-args, 1");
}

static void counts_each_claim_that_contradicts_another_source(void **state)
{
	static const struct {
		const char *what;
		uint64_t want;
		struct claim claims[4];
	} cases[] = {
		{ "the same",
		  0,
		  { SAYS(ARGS, "a", "b", "u", "c"), SAYS(CACHE, "a", "b", "u", "c") } },
		{ "another name", 1, { SAYS(ARGS, "a", "b"), SAYS(CACHE, "a", "x") } },
		{ "another namespace", 1, { SAYS(ARGS, "a", "b"), SAYS(CACHE, "x", "b") } },
		{ "another uid", 1, { SAYS(CACHE, "a", "b", "u"), SAYS(CGROUP, "", "", "x") } },
		{ "another container",
		  1,
		  { SAYS(ARGS, "", "", "", "c"), SAYS(IPAM, "", "", "", "x") } },
		{ "all at once",
		  1,
		  { SAYS(ARGS, "a", "b", "u", "c"), SAYS(CACHE, "w", "x", "y", "z") } },
		{ "two others",
		  1,
		  { SAYS(ARGS, "a", "b"), SAYS(CACHE, "a", "b"), SAYS(IPAM, "a", "x") } },
		{ "each other",
		  2,
		  { SAYS(ARGS, "a", "b"), SAYS(CACHE, "a", "c"), SAYS(IPAM, "a", "d") } },
		{ "fields that only one knows",
		  0,
		  { SAYS(ARGS, "a", "b"), SAYS(CACHE, "", "b", "u"),
		    SAYS(IPAM, "a", "", "", "c") } },
		{ "a cgroup's container",
		  0,
		  { SAYS(ARGS, "", "", "u", "c"), SAYS(CGROUP, "", "", "u", "x") } },
		{ "a cgroup's container was first",
		  0,
		  { SAYS(CGROUP, "", "", "u", "x"), SAYS(ARGS, "", "", "u", "c") } },
		{ "said once more",
		  1,
		  { SAYS(ARGS, "a", "b"), SAYS(CACHE, "a", "x"), SAYS(CACHE, "a", "x"),
		    SAYS(ARGS, "a", "b") } },
		{ "said otherwise",
		  2,
		  { SAYS(ARGS, "a", "b"), SAYS(CACHE, "a", "x"), SAYS(CACHE, "a", "y") } },
		{ "its own last word",
		  0,
		  { SAYS(ARGS, "a", "b"), SAYS(ARGS, "a", "x-1"), SAYS(CACHE, "a", "x-1") } },
		{ "of an address",
		  1,
		  { SAYS_OF("10.0.0.5", IPAM, "a", "b"), SAYS_OF("10.0.0.5", CACHE, "a", "x"),
		    SAYS_OF("10.0.0.6", CACHE, "a", "x") } },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_identities struct identities *identities = identities_of_test();

		print_message("  %s\n", c->what);
		for_each_case(it, c->claims)
			claim(identities, it);
		assert_int_equal(identities_stats(identities).disagreements, c->want);
	}
}

static void forgets_a_namespace_and_its_claims(void **state)
{
	static const struct claim claims[] = {
		SAYS(ARGS, "shop", "web-0", "u1", "c1"),
		SAYS_OF("10.0.0.5", IPAM, "shop", "db-0"),
	};
	cleanup_identities struct identities *identities = identities_of_test();

	(void)state;
	for_each_case(it, claims)
		claim(identities, it);
	identities_forget(identities, OTHER);
	assert_int_equal(identities_stats(identities).netns, 1);
	identities_forget(identities, NETNS);
	identities_forget(identities, NETNS);
	assert_false(identities_has(identities, NETNS));
	assert_int_equal(identities_stats(identities).netns, 0);
	assert_int_equal(identities_stats(identities).addresses, 1);
	assert_string_equal(found(identities, NETNS, "10.0.0.5"), "shop/db-0  : ipam, 4");
}

static bool is_even(uint32_t netns, void *ctx)
{
	++*(unsigned int *)ctx;
	return netns % 2 == 0;
}

static void forgets_the_namespaces_that_do_not_live(void **state)
{
	static const struct pod pod = { "shop", "web-0", "", "" };
	cleanup_identities struct identities *identities = identities_of_test();
	unsigned int asked = 0;

	(void)state;
	claim(identities, &(struct claim)SAYS_OF("10.0.0.5", IPAM, "shop", "web-0"));
	identities_sweep(identities, is_even, &asked);
	assert_int_equal(asked, 0);
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(identities_claim(identities, i, ARGS, &pod), 0);
	identities_sweep(identities, is_even, &asked);
	assert_int_equal(asked, 5);
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(identities_has(identities, i), i % 2 == 0);
	assert_int_equal(identities_stats(identities).addresses, 1);
}

static uint64_t started(const struct identities *identities, const char *ip_text)
{
	struct ip ip = ip_of(ip_text);
	struct identity identity;

	identities_find(identities, NETNS, &ip, &identity);
	return identity.plugin_ns;
}

static void keeps_when_the_first_plugin_of_a_namespace_started(void **state)
{
	cleanup_identities struct identities *identities = identities_of_test();

	(void)state;
	claim(identities, &(struct claim)SAYS_OF("10.0.0.5", IPAM, "shop", "web-0"));
	identities_set_start(identities, NETNS, 70);
	assert_int_equal(started(identities, "10.0.0.5"), 0);
	claim(identities, &(struct claim)SAYS(ARGS, "shop", "web-0"));
	assert_int_equal(started(identities, "10.0.0.5"), 0);
	identities_set_start(identities, NETNS, 80);
	identities_set_start(identities, NETNS, 90);
	assert_int_equal(started(identities, "10.0.0.5"), 80);
	identities_forget(identities, NETNS);
	assert_int_equal(started(identities, "10.0.0.5"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_every_source),
		cmocka_unit_test(takes_each_field_from_the_best_source_that_has_it),
		cmocka_unit_test(finds_a_namespace_alone_and_an_address_alone),
		cmocka_unit_test(keeps_what_each_source_said),
		cmocka_unit_test(takes_no_claim_that_says_nothing),
		cmocka_unit_test(counts_each_claim_that_contradicts_another_source),
		cmocka_unit_test(forgets_a_namespace_and_its_claims),
		cmocka_unit_test(forgets_the_namespaces_that_do_not_live),
		cmocka_unit_test(keeps_when_the_first_plugin_of_a_namespace_started),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

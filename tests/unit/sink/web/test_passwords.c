// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sink/web/passwords.h"

#define SECOND 1000000000ULL
#define SECRET "$2b$04$9izARnyx5t3YnhTwyrUm9eYnb2nCR6Qu5j2VPj6EogSs632F13zui" /* "secret" */
#define UMLAUT "$2y$04$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC" /* "pässwörd" */

static struct web_user users[] = {
	{ (char *)"alice", (char *)SECRET },
	{ (char *)"bob", (char *)UMLAUT },
	/* vectors of crypt_blowfish */
	{ (char *)"u", (char *)"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" },
	{ (char *)"empty", (char *)"$2y$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy" },
};

static struct passwords *open_passwords(size_t count)
{
	struct passwords *passwords = NULL;

	assert_int_equal(passwords_new(&passwords), 0);
	assert_int_equal(passwords_set(passwords, users, count), 0);
	return passwords;
}

/* "Basic " and the Base64 of "name:password". */
static void write_header(const char *pair, char out[static 256])
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t size = strlen(pair), at = 0;
	char *end = stpcpy(out, "Basic ");

	for (; at < size; at += 3) {
		uint32_t bits = 0;

		for (size_t i = 0; i < 3; i++)
			bits = bits << 8 | (at + i < size ? (unsigned char)pair[at + i] : 0);
		for (size_t i = 0; i < 4; i++)
			*end++ = at + i > size ? '=' : alphabet[bits >> (18 - 6 * i) & 63];
	}
	*end = '\0';
}

static const struct peer here = { .is_near = true };

static enum password_verdict judge_header(struct passwords *passwords, const char *header,
					  uint64_t now_ns)
{
	return passwords_judge(passwords, &(struct password_asker){ header, here }, now_ns);
}

static enum password_verdict judge(struct passwords *passwords, const char *pair, uint64_t now_ns)
{
	char header[256];

	write_header(pair, header);
	return judge_header(passwords, header, now_ns);
}

static void knows_who_has_which_password(void **state)
{
	static const struct {
		const char *pair;
		enum password_verdict want;
	} cases[] = {
		{ "alice:secret", PASSWORD_GOOD },
		{ "alice:Secret", PASSWORD_BAD },
		{ "alice:", PASSWORD_BAD },
		{ "alice:secret ", PASSWORD_BAD },
		{ "Alice:secret", PASSWORD_BAD },
		{ "bob:secret", PASSWORD_BAD },
		{ "bob:p\xc3\xa4ssw\xc3\xb6rd", PASSWORD_GOOD },
		{ "u:U*U", PASSWORD_GOOD },
		{ "u:U*", PASSWORD_BAD },
		{ "empty:", PASSWORD_GOOD },
		{ "empty:x", PASSWORD_BAD },
		/* what is good for others whom they stand for */
		{ "carol:secret", PASSWORD_BAD },
		{ "dave:secret", PASSWORD_BAD },
		{ "erin:U*U", PASSWORD_BAD },
		{ ":secret", PASSWORD_BAD },
	};
	cleanup_passwords struct passwords *passwords = open_passwords(case_count(users));
	uint64_t now_ns = 0;

	(void)state;
	for_each_case(c, cases) {
		print_message("  %s\n", c->pair);
		now_ns += 100 * SECOND;
		assert_int_equal(judge(passwords, c->pair, now_ns), c->want);
		assert_int_equal(judge(passwords, c->pair, now_ns), c->want); /* remembered */
	}
	/* known or not, each took one */
	assert_int_equal(passwords_computed(passwords), case_count(cases));
	assert_int_equal(judge_header(passwords, NULL, now_ns), PASSWORD_BAD);
	assert_int_equal(judge_header(passwords, "Basic ?", now_ns), PASSWORD_BAD);
	assert_int_equal(judge_header(passwords, "Bearer x", now_ns), PASSWORD_BAD);
	assert_int_equal(passwords_computed(passwords), case_count(cases));
}

static void lets_in_everybody_without_users(void **state)
{
	cleanup_passwords struct passwords *passwords = open_passwords(0);

	(void)state;
	assert_int_equal(judge_header(passwords, NULL, 0), PASSWORD_GOOD);
	assert_int_equal(judge(passwords, "a:b", 0), PASSWORD_GOOD);
}

static void judges_few_new_ones_at_a_time(void **state)
{
	cleanup_passwords struct passwords *passwords = open_passwords(1);
	uint64_t now_ns = 1000 * SECOND;

	(void)state;
	assert_int_equal(judge(passwords, "alice:secret", now_ns), PASSWORD_GOOD);
	assert_int_equal(judge(passwords, "alice:1", now_ns), PASSWORD_BAD);
	assert_int_equal(judge(passwords, "nobody:1", now_ns), PASSWORD_BAD);
	assert_int_equal(judge(passwords, "alice:2", now_ns), PASSWORD_LATER);
	assert_int_equal(judge(passwords, "nobody:2", now_ns), PASSWORD_LATER);
	assert_int_equal(passwords_wait_ns(passwords, &here, now_ns), 2 * SECOND);
	/* whoever was judged before is not made to wait */
	assert_int_equal(judge(passwords, "alice:secret", now_ns), PASSWORD_GOOD);
	assert_int_equal(judge(passwords, "alice:1", now_ns), PASSWORD_BAD);
	now_ns += 2 * SECOND;
	assert_int_equal(judge(passwords, "alice:2", now_ns), PASSWORD_BAD);
	assert_int_equal(judge(passwords, "alice:3", now_ns), PASSWORD_LATER);
	assert_int_equal(passwords_computed(passwords), 4);
}

/* One peer guesses without end; who comes from elsewhere, or from here, is judged. */
static void lets_no_peer_use_up_what_is_for_others(void **state)
{
	cleanup_passwords struct passwords *passwords = open_passwords(1);
	uint64_t now_ns = 1000 * SECOND;
	unsigned int good = 0;

	(void)state;
	for (unsigned int i = 0; i < 300; i++, now_ns += SECOND / 10) {
		char pair[32], header[256];

		snprintf(pair, sizeof(pair), "x%u:y", i);
		write_header(pair, header);
		passwords_judge(passwords,
				&(struct password_asker){ header, { .net.bytes = { 10 } } },
				now_ns);
	}
	assert_in_range(passwords_computed(passwords), 3, 12);
	/* One of these may share a bucket with it, but not all of them. */
	for (uint8_t i = 1; i <= 5 && !good; i++) {
		char header[256];
		struct password_asker asker = { header, { .net.bytes = { 20, i } } };

		write_header("alice:secret", header);
		good += passwords_judge(passwords, &asker, now_ns) == PASSWORD_GOOD;
	}
	assert_int_equal(good, 1);
	assert_int_equal(judge(passwords, "alice:wrong", now_ns), PASSWORD_BAD);
}

/* Not run, only measured by: its cost is 12. */
static void waits_longer_where_hashes_are_slower(void **state)
{
	struct web_user slow[] = {
		{ (char *)"alice", (char *)SECRET },
		{ (char *)"s",
		  (char *)"$2y$12$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC" },
	};
	cleanup_passwords struct passwords *passwords = open_passwords(1);
	char pair[] = "alice:0";

	(void)state;
	assert_int_equal(passwords_set(passwords, slow, 2), 0);
	for (; pair[6] < '3'; pair[6]++)
		assert_int_equal(judge(passwords, pair, 0), PASSWORD_BAD);
	assert_int_equal(judge(passwords, pair, 0), PASSWORD_LATER);
	assert_int_equal(passwords_wait_ns(passwords, &here, 0), 8 * SECOND);
}

static void remembers_over_a_change_those_whose_hash_stays(void **state)
{
	struct web_user changed[] = {
		{ (char *)"alice", (char *)SECRET },
		{ (char *)"bob", (char *)SECRET },
		{ (char *)"carol", (char *)SECRET },
	};
	cleanup_passwords struct passwords *passwords = open_passwords(2);

	(void)state;
	assert_int_equal(judge(passwords, "alice:secret", 0), PASSWORD_GOOD);
	assert_int_equal(judge(passwords, "bob:p\xc3\xa4ssw\xc3\xb6rd", 0), PASSWORD_GOOD);
	assert_int_equal(judge(passwords, "carol:secret", 0), PASSWORD_BAD);
	assert_int_equal(passwords_set(passwords, changed, 3), 0);
	assert_int_equal(judge(passwords, "alice:secret", 0), PASSWORD_GOOD);
	assert_int_equal(passwords_computed(passwords), 3);
	assert_int_equal(judge(passwords, "bob:p\xc3\xa4ssw\xc3\xb6rd", 10 * SECOND), PASSWORD_BAD);
	assert_int_equal(judge(passwords, "bob:secret", 20 * SECOND), PASSWORD_GOOD);
	assert_int_equal(judge(passwords, "carol:secret", 30 * SECOND), PASSWORD_GOOD);
	/* and gone is gone */
	assert_int_equal(passwords_set(passwords, changed + 1, 2), 0);
	assert_int_equal(judge(passwords, "alice:secret", 40 * SECOND), PASSWORD_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_who_has_which_password),
		cmocka_unit_test(lets_in_everybody_without_users),
		cmocka_unit_test(judges_few_new_ones_at_a_time),
		cmocka_unit_test(lets_no_peer_use_up_what_is_for_others),
		cmocka_unit_test(waits_longer_where_hashes_are_slower),
		cmocka_unit_test(remembers_over_a_change_those_whose_hash_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

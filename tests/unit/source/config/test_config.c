// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/config/config.h"

static char directory[] = "/tmp/podip-config-XXXXXX";

static int enter(void **state)
{
	(void)state;
	return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	unlink("podip.yaml");
	return chdir("/") || rmdir(directory);
}

static void put(const void *text, size_t size)
{
	cleanup_fclose FILE *file = fopen("podip.yaml", "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
}

/* A half-read configuration must never get out. */
static int read_untouched(const char *path, char error[static CONFIG_ERROR_SIZE])
{
	struct config got, want;
	int err;

	memset(&got, 0x5a, sizeof(got));
	want = got;
	error[0] = '\0';
	err = config_read(path, &got, error);
	if (err)
		assert_memory_equal(&got, &want, sizeof(got));
	else
		config_clear(&got);
	return err;
}

static void reads_every_key_of_a_range(void **state)
{
	static const char text[] =
		"# ranges of the cluster\n"
		"ranges:\n"
		"  - name: pod-range\n"
		"    cidr: 10.0.0.0/26\n"
		"    scope: cluster\n"
		"    node_prefix: 27\n"
		"  - {reserved: 5, scope: subnet, cidr: 10.0.208.0/27, name: a}\n"
		"  - name: \"pods \\u00e4 6\"\n"
		"    cidr: fd00::/48\n"
		"    node_prefix: 128\n"
		"    reserved: 0\n";
	static const struct {
		const char *name, *cidr;
		enum range_scope scope;
		double reserved;
		unsigned int node_prefix;
	} want[] = {
		{ "pod-range", "10.0.0.0/26", RANGE_SCOPE_CLUSTER, -1, 27 },
		{ "a", "10.0.208.0/27", RANGE_SCOPE_SUBNET, 5, 0 },
		{ "pods \u00e4 6", "fd00::/48", RANGE_SCOPE_NODE, 0, 128 },
	};
	cleanup_config struct config config = { 0 };
	char error[CONFIG_ERROR_SIZE] = "";

	(void)state;
	put(text, strlen(text));
	assert_int_equal(config_read("podip.yaml", &config, error), 0);
	assert_int_equal(config.range_count, case_count(want));
	assert_int_equal(config.setting_count, 0);
	for (size_t i = 0; i < case_count(want); i++) {
		const struct range *range = &config.ranges[i];
		char cidr[PREFIX_TEXT_SIZE];

		prefix_format(&range->cidr, cidr);
		assert_string_equal(range->name, want[i].name);
		assert_string_equal(cidr, want[i].cidr);
		assert_int_equal(range->scope, want[i].scope);
		assert_true(range->reserved == want[i].reserved);
		assert_int_equal(range->node_prefix, want[i].node_prefix);
		assert_string_equal(range->source, "config");
	}
}

static void joins_nested_settings_and_gives_a_list_item_by_item(void **state)
{
	static const char text[] = "node: worker-3\n"
				   "web:\n"
				   "  listen-address:\n"
				   "    - \":9465\"\n"
				   "    - 10.0.0.1:80\n"
				   "ranges:\n"
				   "log.level: debug\n"
				   "a: {b: {c: d}}\n"
				   "empty:\n"
				   "web.ranges: 'x'\n";
	static const struct {
		const char *key, *value;
		unsigned int line;
	} want[] = {
		{ "node", "worker-3", 1 },
		{ "web.listen-address", ":9465", 4 },
		{ "web.listen-address", "10.0.0.1:80", 5 },
		{ "log.level", "debug", 7 },
		{ "a.b.c", "d", 8 },
		{ "empty", "", 9 },
		{ "web.ranges", "x", 10 },
	};
	cleanup_config struct config config = { 0 };
	char error[CONFIG_ERROR_SIZE] = "";

	(void)state;
	put(text, strlen(text));
	assert_int_equal(config_read("podip.yaml", &config, error), 0);
	assert_int_equal(config.range_count, 0);
	assert_int_equal(config.setting_count, case_count(want));
	for (size_t i = 0; i < case_count(want); i++) {
		assert_string_equal(config.settings[i].key, want[i].key);
		assert_string_equal(config.settings[i].value, want[i].value);
		if (config.settings[i].value[0]) /* where nothing begins is libyaml's choice */
			assert_int_equal(config.settings[i].line, want[i].line);
	}
}

static void takes_a_file_that_says_nothing(void **state)
{
	static const char *const cases[] = { "",
					     "\n\n",
					     "# nothing\n",
					     "---\n",
					     "{}\n",
					     "ranges: []\n",
					     "ranges:\n  # none yet\n",
					     "\xef\xbb\xbf" };

	(void)state;
	for_each_case(c, cases) {
		cleanup_config struct config config = { 0 };
		char error[CONFIG_ERROR_SIZE] = "";

		put(*c, strlen(*c));
		assert_int_equal(config_read("podip.yaml", &config, error), 0);
		assert_int_equal(config.range_count + config.setting_count, 0);
	}
}

#define RANGE(rest) "ranges:\n  - name: a\n    cidr: 10.0.0.0/24\n" rest
#define SIXTEEN "- - - - - - - - - - - - - - - - "
#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void names_file_line_and_key_of_what_is_wrong_in_a_range(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ RANGE("    colour: red\n"),
		  "4: ranges[0].colour: unknown key, expected name, cidr, scope, reserved or "
		  "node_prefix" },
		{ RANGE("    name: b\n"), "4: name: there already on line 2" },
		{ RANGE("    scope: Node\n"),
		  "4: ranges[0].scope: 'Node' is not one of node, subnet, cluster" },
		{ RANGE("    scope: [node]\n"),
		  "4: ranges[0].scope: expected a single value, not a list" },
		{ RANGE("    reserved: 256\n"),
		  "4: ranges[0].reserved: 256 of 256 addresses leaves none" },
		{ RANGE("    reserved: -1\n"),
		  "4: ranges[0].reserved: '-1' is not a number of addresses" },
		{ RANGE("    reserved: 99999999999999999999\n"),
		  "4: ranges[0].reserved: '99999999999999999999' is not a number of addresses" },
		{ RANGE("    node_prefix: 33\n"),
		  "4: ranges[0].node_prefix: '33' is not a length from 25 to 32" },
		{ RANGE("  - name: a\n    cidr: 10.0.1.0/24\n"),
		  "4: ranges[1].name: 'a' is the range on line 2 already" },
		{ RANGE("  - name: b\n    cidr: 10.0.0.0/24\n"),
		  "5: ranges[1].cidr: 10.0.0.0/24 is the range on line 2 already" },
		{ RANGE("  - b\n"), "4: ranges[1]: expected a mapping" },
		{ "ranges:\n- cidr: 10.0.0.0/24\n", "2: ranges[0].name: is missing" },
		{ "ranges:\n- name: a\n", "2: ranges[0].cidr: is missing" },
		{ "ranges:\n- name: ''\n  cidr: 10.0.0.0/24\n", "2: ranges[0].name: is empty" },
		{ "ranges:\n- name: " LONG "\n  cidr: 10.0.0.0/24\n",
		  "2: ranges[0].name: longer than 63 bytes" },
		{ "ranges:\n- name: \"a\\tb\"\n  cidr: 10.0.0.0/24\n",
		  "2: ranges[0].name: contains a control character" },
		{ "ranges:\n- name: a\n  cidr: 10.0.0.1/24\n",
		  "3: ranges[0].cidr: 10.0.0.1/24 has host bits set, did you mean 10.0.0.0/24" },
		{ "ranges:\n- name: a\n  cidr: fd00::1:0/96\n",
		  "3: ranges[0].cidr: fd00::1:0/96 has host bits set, did you mean fd00::/96" },
		{ "ranges:\n- name: a\n  cidr: 10.0.0.0\n",
		  "3: ranges[0].cidr: '10.0.0.0' is not a CIDR such as 10.0.0.0/24" },
		{ "ranges:\n  name: a\n", "2: ranges: expected a list" },
		{ "ranges:\n- &a {name: a, cidr: 10.0.0.0/24}\n",
		  "2: anchors and aliases are not supported" },
	};

	(void)state;
	for_each_case(c, cases) {
		char error[CONFIG_ERROR_SIZE], want[CONFIG_ERROR_SIZE];

		put(c->text, strlen(c->text));
		snprintf(want, sizeof(want), "podip.yaml:%s", c->want);
		assert_int_equal(read_untouched("podip.yaml", error), -EINVAL);
		assert_string_equal(error, want);
	}
}

static void names_file_line_and_key_of_what_is_wrong_elsewhere(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "node: a\nnode: b\n", "2: node: there already on line 1" },
		{ "- a\n", "1: top level: expected a mapping" },
		{ "a: 1\n---\nb: 2\n", "3: second document: expected one alone" },
		{ "rnages:\n- {name: a, cidr: 10.0.0.0/8}\n",
		  "2: rnages: expected single values; only 'ranges' is a list of mappings" },
		{ "[a, b]: 1\n", "1: top level: expected a single value, not a list" },
		{ "web:\n  listen-address: [[a]]\n",
		  "2: web.listen-address: expected a single value, not a list" },
		{ "web: []\n", "1: web: is empty" },
		{ "node: \"a\\0b\"\n", "1: node: contains a NUL byte" },
		{ "a:\n  " SIXTEEN "b\n", "2: nested too deeply" },
		{ "a: &x [*x]\n", "1: anchors and aliases are not supported" },
		{ LONG LONG ": 1\n", "1: top level: has too long a key" },
		{ "node: [a\n", "2: not valid YAML: did not find expected ',' or ']'" },
		{ "a: 1\n b: 2\n",
		  "2: not valid YAML: mapping values are not allowed in this context" },
		{ "a: *nobody\n", "1: anchors and aliases are not supported" },
		{ "a: 1\n\tb: 2\n",
		  "2: not valid YAML: found a tab character that violates indentation" },
		{ "a: 1\nb: \x01\n", "2: not valid YAML: control characters are not allowed" },
		{ "a: 1\n\nb: \xff\xfe\n", "3: not valid YAML: invalid leading UTF-8 octet" },
		{ "\x7f"
		  "ELF\x02\x01\x01",
		  "1: not valid YAML: control characters are not allowed" },
	};

	(void)state;
	for_each_case(c, cases) {
		char error[CONFIG_ERROR_SIZE], want[CONFIG_ERROR_SIZE];

		put(c->text, strlen(c->text));
		snprintf(want, sizeof(want), "podip.yaml:%s", c->want);
		assert_int_equal(read_untouched("podip.yaml", error), -EINVAL);
		assert_string_equal(error, want);
	}
}

/* `count` pieces behind `head`, each '#' in them a number of its own: "0.7". */
static void put_many(const char *head, const char *piece, size_t count)
{
	cleanup_fclose FILE *file = fopen("podip.yaml", "w");

	assert_non_null(file);
	fputs(head, file);
	for (size_t i = 0; i < count; i++) {
		for (const char *at = piece; *at; at++) {
			if (*at == '#')
				fprintf(file, "%zu.%zu", i / 256, i % 256);
			else
				putc(*at, file);
		}
	}
}

static void bounds_what_a_file_can_say(void **state)
{
	static const struct {
		const char *head, *piece;
		size_t most;
		const char *want; /* of one more */
	} cases[] = {
		{ "ranges:\n", "- {name: n#, cidr: 10.#.0/24}\n", RANGE_MAX,
		  "podip.yaml:2: ranges: more than 1024" },
		{ "node:\n", "- a\n", 256, "podip.yaml:258: node: more than 256 settings" },
		{ "", "a#: 1\n", 256, "podip.yaml:1: top level: more than 256 keys" },
	};

	(void)state;
	for_each_case(c, cases) {
		char error[CONFIG_ERROR_SIZE];

		put_many(c->head, c->piece, c->most);
		assert_int_equal(read_untouched("podip.yaml", error), 0);
		put_many(c->head, c->piece, c->most + 1);
		assert_int_equal(read_untouched("podip.yaml", error), -EINVAL);
		assert_string_equal(error, c->want);
	}
}

/* Fine or not, but never one without the other. */
static void check_any(char error[static CONFIG_ERROR_SIZE])
{
	int err = read_untouched("podip.yaml", error);

	assert_int_equal(err != 0, error[0] != '\0');
}

static void survives_a_large_file_of_anything(void **state)
{
	static const char *const pieces[] = { "[",   "{",    "- ",  "? ",	 "a: ", "&a ",
					      "*a ", "!",    "\"",  "'",	 "|\n", "a\n",
					      "\n",  "{a: ", "-\n", "&a#  *a#\n" };
	static char text[CONFIG_FILE_MAX / 4];
	char error[CONFIG_ERROR_SIZE];

	(void)state;
	for_each_case(piece, pieces) {
		size_t size = strlen(*piece);

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = (*piece)[i % size];
		put(text, sizeof(text));
		check_any(error);
		print_message("  '%.2s' %s\n", *piece, error);
	}
}

static void survives_a_file_cut_anywhere(void **state)
{
	static const char text[] = RANGE(
		"    scope: \"cluster\"\n    reserved: 5\n") "web: {listen-address: [':9465', \"\\u00e4\"]}\nnode: |\n  a\n";
	char error[CONFIG_ERROR_SIZE];

	(void)state;
	for (size_t size = 0; size < sizeof(text); size++) {
		put(text, size);
		check_any(error);
	}
}

static void refuses_what_is_no_small_regular_file(void **state)
{
	static char text[CONFIG_FILE_MAX + 1];
	char error[CONFIG_ERROR_SIZE];

	(void)state;
	memset(text, '\n', sizeof(text));
	put(text, CONFIG_FILE_MAX);
	assert_int_equal(read_untouched("podip.yaml", error), 0);
	put(text, CONFIG_FILE_MAX + 1);
	assert_int_equal(read_untouched("podip.yaml", error), -EFBIG);
	assert_string_equal(error, "podip.yaml: too large");

	assert_int_equal(read_untouched("missing.yaml", error), -ENOENT);
	assert_string_equal(error, "missing.yaml: No such file or directory");
	assert_int_equal(read_untouched("/", error), -EISDIR);
	assert_string_equal(error, "/: Is a directory");

	unlink("podip.yaml");
	assert_int_equal(mkfifo("podip.yaml", 0600), 0);
	assert_int_equal(read_untouched("podip.yaml", error), -ENOTSUP);
	assert_string_equal(error, "podip.yaml: not a regular file");
	unlink("podip.yaml");
}

static void clears_a_configuration_twice(void **state)
{
	struct config config = { 0 };
	char error[CONFIG_ERROR_SIZE];

	(void)state;
	put(RANGE("node: a\n"), strlen(RANGE("node: a\n")));
	assert_int_equal(config_read("podip.yaml", &config, error), 0);
	assert_int_equal(config.range_count, 1);
	assert_int_equal(config.setting_count, 1);
	config_clear(&config);
	assert_int_equal(config.range_count, 0);
	config_clear(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_key_of_a_range),
		cmocka_unit_test(joins_nested_settings_and_gives_a_list_item_by_item),
		cmocka_unit_test(takes_a_file_that_says_nothing),
		cmocka_unit_test(names_file_line_and_key_of_what_is_wrong_in_a_range),
		cmocka_unit_test(names_file_line_and_key_of_what_is_wrong_elsewhere),
		cmocka_unit_test(bounds_what_a_file_can_say),
		cmocka_unit_test(survives_a_large_file_of_anything),
		cmocka_unit_test(survives_a_file_cut_anywhere),
		cmocka_unit_test(refuses_what_is_no_small_regular_file),
		cmocka_unit_test(clears_a_configuration_twice),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}

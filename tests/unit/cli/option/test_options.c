// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/option/command.h"
#include "cli/option/options.h"
#include "cli/run.h"

enum { WORDS_MAX = 32, TEXT_SIZE = 8192 };

static char directory[] = "/tmp/podip-options-XXXXXX";

static int enter(void **state)
{
	(void)state;
	return !mkdtemp(directory) || chdir(directory);
}

static int leave(void **state)
{
	(void)state;
	unlink("podip.yaml");
	unlink("said");
	return chdir("/") || rmdir(directory);
}

static int clean(void **state)
{
	char env[OPTION_ENV_SIZE];

	(void)state;
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		option_env_name(option_rows[i].flag, env);
		unsetenv(env);
	}
	unsetenv("NODE_NAME");
	return 0;
}

static void put(const char *text)
{
	cleanup_fclose FILE *file = fopen("podip.yaml", "w");

	assert_non_null(file);
	fputs(text, file);
}

/* options_read() of `words` behind "run", with what it writes to `stream` in `said`. */
static int read_words(const char *words, FILE *stream, struct options *out,
		      char said[static TEXT_SIZE])
{
	cleanup_close int fd = open("said", O_RDWR | O_CREAT | O_TRUNC, 0600);
	cleanup_close int own = dup(fileno(stream));
	cleanup_free char *copy = strdup(words);
	char *argv[WORDS_MAX] = { "run" };
	int argc = 1, result;
	ssize_t size;

	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	fflush(stream);
	dup2(fd, fileno(stream));
	result = options_read(argc, argv, out);
	fflush(stream);
	dup2(own, fileno(stream));
	size = pread(fd, said, TEXT_SIZE - 1, 0);
	assert_true(size >= 0);
	said[size] = '\0';
	return result;
}

static void read_well(const char *words, struct options *out)
{
	char said[TEXT_SIZE];
	int result = read_words(words, stderr, out, said);

	assert_string_equal(said, "");
	assert_int_equal(result, OPTIONS_RUN);
}

static void rejects(const char *words, const char *want)
{
	char said[TEXT_SIZE], line[TEXT_SIZE];
	struct options got, untouched;

	print_message("  %s\n", words);
	memset(&got, 0x5a, sizeof(got));
	untouched = got;
	assert_true(read_words(words, stderr, &got, said) < 0);
	snprintf(line, sizeof(line), "podip: %s\n", want);
	assert_string_equal(said, line);
	assert_memory_equal(&got, &untouched, sizeof(got));
}

static void has_a_default_for_everything(void **state)
{
	cleanup_options struct options options = { 0 };
	char host[256] = "";

	(void)state;
	assert_int_equal(gethostname(host, sizeof(host) - 1), 0);
	read_well("", &options);
	assert_null(options.config);
	assert_string_equal(options.node, host);
	assert_int_equal(options.listen.count, 1);
	assert_string_equal(options.listen.items[0], ":9465");
	assert_string_equal(options.socket, "/run/podip/podip.sock");
	assert_int_equal(options.events_files.count, 1);
	assert_string_equal(options.events_files.items[0], "-");
	assert_int_equal(options.backend, OPTION_BACKEND_AUTO);
	assert_int_equal(options.reconcile_ns, 30000000000);
	assert_string_equal(options.host_root, "");
	assert_string_equal(options.proc_dir, "/proc");
	assert_string_equal(options.cni_conf_dir, "/etc/cni/net.d");
	assert_string_equal(options.cni_cache_dir, "/var/lib/cni/results");
	assert_int_equal(options.log_level, LOG_LEVEL_INFO);
	assert_int_equal(options.log_format, LOG_FORMAT_TEXT);
	assert_int_equal(options.file.range_count, 0);
}

static void reads_every_flag(void **state)
{
	cleanup_options struct options options = { 0 };

	(void)state;
	read_well("--node n1 --web.listen-address 10.0.0.1:80 --web.listen-address=[fd00::1]:0 "
		  "--events.file /a --events.file - --backend tracepoint --reconcile 1m30s "
		  "--proc-dir /p --cni.conf-dir /c --cni.cache-dir r/ --log.level debug "
		  "--log.format json",
		  &options);
	assert_string_equal(options.node, "n1");
	assert_int_equal(options.listen.count, 2);
	assert_string_equal(options.listen.items[0], "10.0.0.1:80");
	assert_string_equal(options.listen.items[1], "[fd00::1]:0");
	assert_int_equal(options.events_files.count, 2);
	assert_string_equal(options.events_files.items[0], "/a");
	assert_string_equal(options.events_files.items[1], "-");
	assert_int_equal(options.backend, OPTION_BACKEND_TRACEPOINT);
	assert_int_equal(options.reconcile_ns, 90000000000);
	assert_string_equal(options.proc_dir, "/p");
	assert_string_equal(options.cni_conf_dir, "/c");
	assert_string_equal(options.cni_cache_dir, "r/");
	assert_int_equal(options.log_level, LOG_LEVEL_DEBUG);
	assert_int_equal(options.log_format, LOG_FORMAT_JSON);
}

static void prefers_flags_to_environment_to_file(void **state)
{
	static const struct {
		const char *words, *env, *file, *want;
	} cases[] = {
		{ "--node flag", "env", "file", "flag" },
		{ "--node flag --node later", "env", NULL, "later" },
		{ "", "env", "file", "env" },
		{ "", "", "file", "file" }, /* empty counts as unset */
		{ "", NULL, "file", "file" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_options struct options options = { 0 };
		char text[64] = "", words[128];

		if (c->file)
			snprintf(text, sizeof(text), "node: %s\n", c->file);
		put(text);
		snprintf(words, sizeof(words), "--config podip.yaml %s", c->words);
		c->env ? setenv("PODIP_NODE", c->env, 1) : unsetenv("PODIP_NODE");
		read_well(words, &options);
		assert_string_equal(options.node, c->want);
	}
}

static void takes_a_list_whole_from_the_strongest_that_names_it(void **state)
{
	cleanup_options struct options file = { 0 }, env = { 0 }, flag = { 0 };

	(void)state;
	put("web:\n  listen-address: [':1', ':2']\nevents.file: /from/file\n");
	setenv("PODIP_CONFIG", "podip.yaml", 1);
	read_well("", &file);
	assert_int_equal(file.listen.count, 2);
	assert_string_equal(file.listen.items[1], ":2");
	assert_int_equal(file.events_files.count, 1);
	assert_string_equal(file.events_files.items[0], "/from/file");
	setenv("PODIP_WEB_LISTEN_ADDRESS", ":3", 1);
	read_well("", &env);
	assert_int_equal(env.listen.count, 1);
	assert_string_equal(env.listen.items[0], ":3");
	read_well("--web.listen-address :4 --web.listen-address :5", &flag);
	assert_int_equal(flag.listen.count, 2);
	assert_string_equal(flag.listen.items[0], ":4");
}

static void takes_the_nodes_name_from_the_downward_variable(void **state)
{
	cleanup_options struct options other = { 0 }, own = { 0 };

	(void)state;
	setenv("NODE_NAME", "downward", 1);
	read_well("", &other);
	assert_string_equal(other.node, "downward");
	setenv("PODIP_NODE", "own", 1);
	read_well("", &own);
	assert_string_equal(own.node, "own");
}

static void puts_the_hosts_paths_under_its_root(void **state)
{
	static const struct {
		const char *words, *root, *proc, *conf, *cache;
	} cases[] = {
		{ "--host-root /host", "/host", "/host/proc", "/host/etc/cni/net.d",
		  "/host/var/lib/cni/results" },
		{ "--host-root /host//", "/host", "/host/proc", "/host/etc/cni/net.d",
		  "/host/var/lib/cni/results" },
		{ "--host-root /host --proc-dir /proc", "/host", "/proc", "/host/etc/cni/net.d",
		  "/host/var/lib/cni/results" },
		{ "--host-root=tmp --cni.conf-dir c --cni.cache-dir /r", "tmp", "tmp/proc", "tmp/c",
		  "tmp/r" },
		{ "--host-root /", "", "/proc", "/etc/cni/net.d", "/var/lib/cni/results" },
		{ "--cni.conf-dir c", "", "/proc", "c", "/var/lib/cni/results" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_options struct options options = { 0 };

		print_message("  %s\n", c->words);
		read_well(c->words, &options);
		assert_string_equal(options.host_root, c->root);
		assert_string_equal(options.proc_dir, c->proc);
		assert_string_equal(options.cni_conf_dir, c->conf);
		assert_string_equal(options.cni_cache_dir, c->cache);
	}
}

static void keeps_the_ranges_of_the_file(void **state)
{
	cleanup_options struct options options = { 0 };

	(void)state;
	put("ranges:\n  - {name: pods, cidr: 10.0.0.0/26}\n");
	read_well("--config podip.yaml", &options);
	assert_string_equal(options.config, "podip.yaml");
	assert_int_equal(options.file.range_count, 1);
	assert_string_equal(options.file.ranges[0].name, "pods");
}

static void names_where_a_bad_value_came_from(void **state)
{
	static const char want[] = "'5x' is not a duration from 100ms to 24h such as 1m30s";
	char line[256];

	(void)state;
	snprintf(line, sizeof(line), "--reconcile: %s", want);
	rejects("--reconcile 5x", line);
	put("log.level: info\nreconcile: 5x\n");
	snprintf(line, sizeof(line), "podip.yaml:2: reconcile: %s", want);
	rejects("--config podip.yaml", line);
	put("web:\n  listen-address:\n  - :80\n  - 80\n");
	rejects("--config podip.yaml",
		"podip.yaml:4: web.listen-address: '80' is not an address such as :9465, "
		"10.0.0.1:9465 or [fd00::1]:9465");
	setenv("PODIP_RECONCILE", "5x", 1);
	snprintf(line, sizeof(line), "$PODIP_RECONCILE: %s", want);
	rejects("", line);
}

static void rejects_words_it_does_not_know(void **state)
{
	static const struct {
		const char *words, *want;
	} cases[] = {
		{ "--reconsile 5s", "unknown option '--reconsile', did you mean '--reconcile'" },
		{ "--log-level=info",
		  "unknown option '--log-level=info', did you mean '--log.level'" },
		{ "--colour", "unknown option '--colour', see --help" },
		{ "--cni 5", "unknown option '--cni', see --help" }, /* ambiguous */
		{ "-x", "unknown option '-x', see --help" },
		{ "--node", "--node: needs a value" },
		{ "--node=", "--node: '' is not a name" },
		{ "--config=", "--config: '' is not a file" },
		{ "status", "unexpected argument 'status'" },
		{ "--config missing.yaml", "missing.yaml: No such file or directory" },
		{ "--backend xdp",
		  "--backend: 'xdp' is not one of auto, fentry, kprobe, tracepoint" },
		{ "--log.level loud",
		  "--log.level: 'loud' is not one of error, warn, info, debug" },
		{ "--log.format yaml", "--log.format: 'yaml' is not one of text, json" },
		{ "--events.file a --events.file b --events.file c --events.file d --events.file e "
		  "--events.file f --events.file g --events.file h --events.file i",
		  "--events.file: more than 8" },
	};

	(void)state;
	for_each_case(c, cases)
		rejects(c->words, c->want);
}

static void rejects_keys_it_does_not_know(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "a: 1\n", "podip.yaml:1: a: unknown key" },
		{ "log:\n  levle: info\n",
		  "podip.yaml:2: log.levle: unknown key, did you mean 'log.level'" },
		{ "config: other.yaml\n", "podip.yaml:1: config: unknown key" },
		{ "node: a\n'log.level': info\nlog: {level: warn}\n",
		  "podip.yaml:3: log.level: there already on line 2" },
		{ "node: [a, b]\n", "podip.yaml:1: node: there already on line 1" },
		{ "events.file: [a, b, c, d, e, f, g, h, i]\n",
		  "podip.yaml:1: events.file: more than 8" },
		{ "ranges: 7\n", "podip.yaml:1: ranges: expected a list" },
	};

	(void)state;
	for_each_case(c, cases) {
		put(c->text);
		rejects("--config podip.yaml", c->want);
	}
}

static void shows_each_flag_with_its_variable_and_default(void **state)
{
	struct options options = { 0 };
	char said[TEXT_SIZE], env[OPTION_ENV_SIZE];
	cleanup_free char *help = NULL;
	size_t size;
	FILE *out = open_memstream(&help, &size);

	(void)state;
	assert_int_equal(read_words("--help", stdout, &options, said), OPTIONS_EXIT);
	assert_non_null(out);
	command_help(&cli_run_command, out);
	fclose(out);
	assert_int_equal(strncmp(help, "  podip run ", 12), 0);
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		assert_non_null(option_rows[i].flag);
		option_env_name(option_rows[i].flag, env);
		assert_non_null(strstr(help, option_rows[i].flag));
		assert_non_null(strstr(help, env));
		if (option_rows[i].fallback)
			assert_non_null(strstr(help, option_rows[i].fallback));
	}
	assert_non_null(strstr(help, "[:9465]"));
	assert_non_null(strstr(help, "[$NODE_NAME]"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, clean, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(has_a_default_for_everything),
		TEST(reads_every_flag),
		TEST(prefers_flags_to_environment_to_file),
		TEST(takes_a_list_whole_from_the_strongest_that_names_it),
		TEST(takes_the_nodes_name_from_the_downward_variable),
		TEST(puts_the_hosts_paths_under_its_root),
		TEST(keeps_the_ranges_of_the_file),
		TEST(names_where_a_bad_value_came_from),
		TEST(rejects_words_it_does_not_know),
		TEST(rejects_keys_it_does_not_know),
		TEST(shows_each_flag_with_its_variable_and_default),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}

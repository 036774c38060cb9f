// SPDX-License-Identifier: Apache-2.0
/*
 * Texts are collected layer by layer, the strongest first, and a weaker layer only
 * speaks where the stronger ones were silent. Then each text is judged once, with
 * where it came from at hand.
 */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FLAG_HELP = 'h', FLAG_ROW = 256 };

enum origin { FROM_DEFAULT, FROM_FLAG, FROM_ENV, FROM_FILE };

/* What one layer says of one row. Texts are borrowed from argv, the environment or the file. */
struct given {
	enum origin origin;
	const char *texts[OPTION_LIST_MAX];
	const char *other_env; /* the row's second variable, when it was that one */
	unsigned int lines[OPTION_LIST_MAX];
	size_t count;
};

static int __attribute__((format(printf, 1, 2))) complain(const char *fmt, ...)
{
	va_list args;

	fputs("podip: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	putc('\n', stderr);
	return -EINVAL;
}

static int complain_flag(const char *flag)
{
	const struct option_row *meant;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(flag, "="), flag);
	meant = option_guess(name + strspn(name, "-"));
	if (meant)
		return complain("unknown option '%s', did you mean '--%s'", flag, meant->flag);
	return complain("unknown option '%s', see --help", flag);
}

static int add_flag(size_t index, const char *text, struct given *given)
{
	const struct option_row *row = &option_rows[index];

	given->origin = FROM_FLAG;
	if (!row->list_max)
		given->count = 0;
	else if (given->count == row->list_max)
		return complain("--%s: more than %zu", row->flag, row->list_max);
	given->texts[given->count++] = text;
	return 0;
}

/* OPTIONS_RUN, OPTIONS_EXIT or -EINVAL. */
static int read_flags(int argc, char **argv, struct given given[static OPTION_ROW_COUNT])
{
	struct option flags[OPTION_ROW_COUNT + 2] = { { "help", no_argument, NULL, FLAG_HELP } };
	int c, err;

	for (size_t i = 0; i < OPTION_ROW_COUNT; i++)
		flags[i + 1] = (struct option){ option_rows[i].flag, required_argument, NULL,
						FLAG_ROW + (int)i };

	optind = 0; /* glibc: start anew, for a second call */
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":h", flags, NULL)) >= 0) {
		if (c == FLAG_HELP) {
			option_print_help(argv[0]);
			return OPTIONS_EXIT;
		}
		if (c == ':')
			return complain("%s: needs a value", argv[optind - 1]);
		if (c < FLAG_ROW)
			return complain_flag(argv[optind - 1]);
		err = add_flag((size_t)(c - FLAG_ROW), optarg, &given[c - FLAG_ROW]);
		if (err)
			return err;
	}
	if (optind < argc)
		return complain("unexpected argument '%s'", argv[optind]);
	return OPTIONS_RUN;
}

static void read_environment(struct given given[static OPTION_ROW_COUNT])
{
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		char own[OPTION_ENV_SIZE];
		const char *names[] = { own, option_rows[i].env };

		option_env_name(option_rows[i].flag, own);
		for (size_t j = 0; j < array_size(names) && !given[i].count; j++) {
			const char *text = names[j] ? getenv(names[j]) : NULL;

			if (!text || !*text)
				continue;
			given[i] = (struct given){ .origin = FROM_ENV, .count = 1 };
			given[i].texts[0] = text;
			given[i].other_env = j ? names[j] : NULL;
		}
	}
}

static int complain_key(const char *path, const struct config_setting *setting)
{
	const struct option_row *meant = option_guess(setting->key);

	/* The one flag that is no key. */
	if (meant == &option_rows[OPTION_ROW_CONFIG])
		meant = NULL;
	return complain("%s:%u: %s: unknown key%s%s%s", path, setting->line, setting->key,
			meant ? ", did you mean '" : "", meant ? meant->flag : "",
			meant ? "'" : "");
}

static int take_setting(const char *path, const struct config *file, size_t index,
			struct given given[static OPTION_ROW_COUNT])
{
	const struct config_setting *setting = &file->settings[index];
	size_t row = OPTION_ROW_CONFIG + 1;

	while (row < OPTION_ROW_COUNT && strcmp(option_rows[row].flag, setting->key) != 0)
		row++;
	if (row == OPTION_ROW_COUNT)
		return complain_key(path, setting);
	for (size_t i = 0; i < index && !option_rows[row].list_max; i++) {
		if (strcmp(file->settings[i].key, setting->key) == 0)
			return complain("%s:%u: %s: there already on line %u", path, setting->line,
					setting->key, file->settings[i].line);
	}

	given += row;
	if (given->count && given->origin != FROM_FILE)
		return 0;
	if (option_rows[row].list_max && given->count == option_rows[row].list_max)
		return complain("%s:%u: %s: more than %zu", path, setting->line, setting->key,
				option_rows[row].list_max);
	given->origin = FROM_FILE;
	given->lines[given->count] = setting->line;
	given->texts[given->count++] = setting->value;
	return 0;
}

static int read_file(const char *path, struct given given[static OPTION_ROW_COUNT],
		     struct config *out)
{
	cleanup_config struct config file = { 0 };
	char error[CONFIG_ERROR_SIZE];
	int err;

	err = config_read(path, &file, error);
	if (err) {
		complain("%s", error);
		return err;
	}
	for (size_t i = 0; i < file.setting_count; i++) {
		err = take_setting(path, &file, i, given);
		if (err)
			return err;
	}

	*out = take(file, ((struct config){ 0 }));
	return 0;
}

static int complain_value(const struct option_row *row, const struct given *given, size_t index,
			  const char *path)
{
	const char *text = given->texts[index];
	char env[OPTION_ENV_SIZE];

	option_env_name(row->flag, env);
	switch (given->origin) {
	case FROM_ENV:
		return complain("$%s: '%s' is not %s", given->other_env ? given->other_env : env,
				text, row->expected);
	case FROM_FILE:
		return complain("%s:%u: %s: '%s' is not %s", path, given->lines[index], row->flag,
				text, row->expected);
	default:
		return complain("--%s: '%s' is not %s", row->flag, text, row->expected);
	}
}

static int judge(const struct option_row *row, struct given *given, struct options *options)
{
	int err;

	if (!given->count && row->fallback)
		given->texts[given->count++] = row->fallback;
	for (size_t i = 0; i < given->count; i++) {
		err = row->parse(given->texts[i], (char *)options + row->offset);
		if (err == -EINVAL)
			return complain_value(row, given, i, options->config);
		if (err)
			return err;
	}
	return 0;
}

/* What the table cannot say: paths under the host's root, and the host's name. */
static int complete(const struct given given[static OPTION_ROW_COUNT], struct options *options)
{
	char host[HOST_NAME_MAX + 1] = "";

	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		char **path = (void *)((char *)options + option_rows[i].offset);
		char *joined;

		if (option_rows[i].root == OPTION_ROOT_NEVER ||
		    (option_rows[i].root == OPTION_ROOT_BY_DEFAULT &&
		     given[i].origin != FROM_DEFAULT) ||
		    !*options->host_root)
			continue;
		if (asprintf(&joined, "%s%s%s", options->host_root, **path == '/' ? "" : "/",
			     *path) < 0)
			return -ENOMEM;
		free(*path);
		*path = joined;
	}

	if (options->node)
		return 0;
	if (gethostname(host, sizeof(host) - 1) < 0 || option_text(host, &options->node))
		return complain("cannot find the host's name, give --node");
	return 0;
}

int options_read(int argc, char **argv, struct options *out)
{
	cleanup_options struct options options = { 0 };
	struct given given[OPTION_ROW_COUNT] = { 0 };
	int result, err;

	result = read_flags(argc, argv, given);
	if (result != OPTIONS_RUN)
		return result;

	read_environment(given);
	err = judge(&option_rows[OPTION_ROW_CONFIG], &given[OPTION_ROW_CONFIG], &options);
	if (!err && options.config)
		err = read_file(options.config, given, &options.file);
	for (size_t i = OPTION_ROW_CONFIG + 1; !err && i < OPTION_ROW_COUNT; i++)
		err = judge(&option_rows[i], &given[i], &options);
	if (!err)
		err = complete(given, &options);
	if (err == -ENOMEM)
		complain("out of memory");
	if (err)
		return err;

	*out = take(options, ((struct options){ 0 }));
	return OPTIONS_RUN;
}

static void clear_list(struct option_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
}

void options_clear(struct options *options)
{
	free(options->config);
	free(options->node);
	clear_list(&options->listen);
	clear_list(&options->events_files);
	free(options->host_root);
	free(options->proc_dir);
	free(options->cni_conf_dir);
	free(options->cni_cache_dir);
	free(options->cni_state_dir);
	free(options->ipam_file);
	free(options->kubernetes_url);
	free(options->kubernetes_token_file);
	free(options->kubernetes_ca_file);
	free(options->gce_url);
	free(options->imds_url);
	free(options->ipamd_url);
	free(options->flannel_file);
	clear_list(&options->sources_off);
	free(options->alertmanager_url);
	free(options->alertmanager_token_file);
	free(options->alertmanager_ca_file);
	free(options->runbook_url);
	config_clear(&options->file);
	*options = (struct options){ 0 };
}

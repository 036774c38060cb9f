// SPDX-License-Identifier: Apache-2.0
#include "cli/option/options.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/option/flags.h"

static int complain_key(const char *path, const struct config_setting *setting)
{
	const struct flags flags = { .rows = option_rows, .count = OPTION_ROW_COUNT };
	const struct option_row *meant = flags_guess(&flags, setting->key);

	/* The one flag that is no key. */
	if (meant == &option_rows[OPTION_ROW_CONFIG])
		meant = NULL;
	return flags_complain("%s:%u: %s: unknown key%s%s%s", path, setting->line, setting->key,
			      meant ? ", did you mean '" : "", meant ? meant->flag : "",
			      meant ? "'" : "");
}

static int take_setting(const char *path, const struct config *file, size_t index,
			struct given given[static OPTION_ROWS_MAX])
{
	const struct config_setting *setting = &file->settings[index];
	size_t row = OPTION_ROW_CONFIG + 1;

	while (row < OPTION_ROW_COUNT && strcmp(option_rows[row].flag, setting->key) != 0)
		row++;
	if (row == OPTION_ROW_COUNT)
		return complain_key(path, setting);
	for (size_t i = 0; i < index && !option_rows[row].list_max; i++) {
		if (strcmp(file->settings[i].key, setting->key) == 0)
			return flags_complain("%s:%u: %s: there already on line %u", path,
					      setting->line, setting->key, file->settings[i].line);
	}

	given += row;
	if (given->count && given->origin != FROM_FILE)
		return 0;
	if (option_rows[row].list_max && given->count == option_rows[row].list_max)
		return flags_complain("%s:%u: %s: more than %zu", path, setting->line, setting->key,
				      option_rows[row].list_max);
	given->origin = FROM_FILE;
	given->lines[given->count] = setting->line;
	given->texts[given->count++] = setting->value;
	return 0;
}

static int read_file(const char *path, struct given given[static OPTION_ROWS_MAX],
		     struct config *out)
{
	cleanup_config struct config file = { 0 };
	char error[CONFIG_ERROR_SIZE];
	int err;

	err = config_read(path, &file, error);
	if (err) {
		flags_complain("%s", error);
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

/* What the table cannot say. */
static int complete(struct options *options)
{
	char host[HOST_NAME_MAX + 1] = "";
	int err = flags_put_root(&options->flags, options->host_root, options);

	if (err || options->node)
		return err;
	if (gethostname(host, sizeof(host) - 1) < 0 || option_text(host, &options->node))
		return flags_complain("cannot find the host's name, give --node");
	return 0;
}

/* FILE is --config FILE. */
static int take_operand(struct given *given, int count, char *const *words, bool is_file)
{
	int unexpected = is_file ? 1 : 0;

	if (count > unexpected)
		return flags_complain("unexpected argument '%s'", words[unexpected]);
	if (!count)
		return 0;
	if (given->origin == FROM_FLAG)
		return flags_complain("'%s' and --config '%s': which one?", words[0],
				      given->texts[0]);
	*given = (struct given){ .origin = FROM_FLAG, .texts = { words[0] }, .count = 1 };
	return 0;
}

static int read_options(int argc, char **argv, bool takes_file, struct options *out)
{
	cleanup_options struct options options = { 0 };
	struct flags *flags = &options.flags;
	int result, first, err;

	options.flags = (struct flags){ .rows = option_rows, .count = OPTION_ROW_COUNT };
	result = flags_read(flags, argc, argv, &first);
	if (result == FLAGS_HELP)
		return OPTIONS_EXIT;
	if (result != FLAGS_RUN)
		return result;
	err = take_operand(&flags->given[OPTION_ROW_CONFIG], argc - first, argv + first,
			   takes_file);
	if (err)
		return err;

	flags_environment(flags, true);
	err = flags_judge(flags, OPTION_ROW_CONFIG, NULL, &options);
	if (!err && options.config)
		err = read_file(options.config, flags->given, &options.file);
	for (size_t i = OPTION_ROW_CONFIG + 1; !err && i < OPTION_ROW_COUNT; i++)
		err = flags_judge(flags, i, options.config, &options);
	if (!err)
		err = complete(&options);
	if (err == -ENOMEM)
		flags_complain("out of memory");
	if (err)
		return err;

	*out = take(options, ((struct options){ 0 }));
	return OPTIONS_RUN;
}

int options_read(int argc, char **argv, struct options *out)
{
	return read_options(argc, argv, false, out);
}

int options_read_file(int argc, char **argv, struct options *out)
{
	return read_options(argc, argv, true, out);
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
	free(options->socket);
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
	free(options->web_config);
	config_clear(&options->file);
	*options = (struct options){ 0 };
}

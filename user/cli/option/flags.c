// SPDX-License-Identifier: Apache-2.0
#include "cli/option/flags.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"

enum { FLAG_HELP = 'h', FLAG_ROW = 256, GUESS_DISTANCE_MAX = 2 };

void option_env_name(const char *flag, char out[static OPTION_ENV_SIZE])
{
	snprintf(out, OPTION_ENV_SIZE, "PODIP_%s", flag);
	for (char *at = out; *at; at++)
		*at = isalnum((unsigned char)*at) ? (char)toupper((unsigned char)*at) : '_';
}

static void (*complaint_fn)(const char *sentence);

void flags_complain_to(void (*fn)(const char *sentence))
{
	complaint_fn = fn;
}

int flags_complain(const char *fmt, ...)
{
	char sentence[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, args);
	va_end(args);
	if (complaint_fn)
		complaint_fn(sentence);
	else
		fprintf(stderr, "podip: %s\n", sentence);
	return -EINVAL;
}

bool flags_is_equal(const struct flags *a, const struct flags *b, size_t index)
{
	const struct given *one = &a->given[index], *other = &b->given[index];

	for (size_t i = 0; i < one->count && i < other->count; i++)
		if (strcmp(one->texts[i], other->texts[i]) != 0)
			return false;
	return one->count == other->count;
}

const struct option_row *flags_guess(const struct flags *flags, const char *name)
{
	const struct option_row *best = NULL;
	size_t least = GUESS_DISTANCE_MAX + 1;

	for (size_t i = 0; i < flags->count; i++) {
		size_t distance = option_distance(name, flags->rows[i].flag);

		if (distance < least && distance < strlen(flags->rows[i].flag) / 2) {
			best = &flags->rows[i];
			least = distance;
		}
	}
	return best;
}

static int complain_flag(const struct flags *flags, const char *flag)
{
	const struct option_row *meant;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(flag, "="), flag);
	meant = flags_guess(flags, name + strspn(name, "-"));
	if (meant)
		return flags_complain("unknown option '%s', did you mean '--%s'", flag,
				      meant->flag);
	return flags_complain("unknown option '%s', see --help", flag);
}

/* ---- argv ---- */

static int kind_of_argument(const struct option_row *row)
{
	if (!row->arg)
		return no_argument;
	return *row->arg == '[' ? optional_argument : required_argument;
}

static void list_flags(const struct flags *flags, struct option out[static OPTION_ROWS_MAX + 2],
		       char letters[static OPTION_ROWS_MAX * 3])
{
	size_t used = (size_t)sprintf(letters, ":h");

	for (size_t i = 0; i < flags->count; i++) {
		const struct option_row *row = &flags->rows[i];
		int kind = kind_of_argument(row);

		*out++ = (struct option){ row->flag, kind, NULL, FLAG_ROW + (int)i };
		if (!row->letter)
			continue;
		letters[used++] = row->letter;
		for (int j = 0; j < kind; j++)
			letters[used++] = ':';
	}
	letters[used] = '\0';
	*out++ = (struct option){ "help", no_argument, NULL, FLAG_HELP };
	*out = (struct option){ 0 };
}

/* What getopt_long() returned: a row's number, by its letter or its name; or count. */
static size_t row_of(const struct flags *flags, int c)
{
	size_t i = 0;

	if (c >= FLAG_ROW)
		return (size_t)(c - FLAG_ROW);
	while (i < flags->count && flags->rows[i].letter != c)
		i++;
	return i;
}

/* "--watch 5": getopt_long() takes "--watch=5" alone. */
static const char *text_of(const struct option_row *row, int argc, char **argv)
{
	if (optarg)
		return optarg;
	if (row->arg && optind < argc && isdigit((unsigned char)argv[optind][0]))
		return argv[optind++];
	return row->arg ? "" : "on";
}

static int add_flag(struct flags *flags, size_t index, const char *text)
{
	const struct option_row *row = &flags->rows[index];
	struct given *given = &flags->given[index];

	if (flags->negation && !row->parse_not)
		return flags_complain("--%s: '--%s' cannot be negated", flags->negation->flag,
				      row->flag);
	if (row->is_not) {
		flags->negation = row;
		return 0;
	}
	given->origin = FROM_FLAG;
	if (!row->list_max)
		given->count = 0;
	else if (given->count == row->list_max)
		return flags_complain("--%s: more than %zu", row->flag, row->list_max);
	given->is_negated[given->count] = take_ptr(flags->negation) != NULL;
	given->texts[given->count++] = text;
	return 0;
}

int flags_read(struct flags *flags, int argc, char **argv, int *out_operands)
{
	struct option options[OPTION_ROWS_MAX + 2];
	char letters[OPTION_ROWS_MAX * 3];
	int c, err;

	list_flags(flags, options, letters);
	optind = 0; /* glibc: start anew, for a second call */
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, options, NULL)) >= 0) {
		size_t index = row_of(flags, c);

		if (c == FLAG_HELP)
			return FLAGS_HELP;
		if (c == ':')
			return flags_complain("%s: needs a value", argv[optind - 1]);
		if (index == flags->count)
			return complain_flag(flags, argv[optind - 1]);
		err = add_flag(flags, index, text_of(&flags->rows[index], argc, argv));
		if (err)
			return err;
	}
	if (flags->negation)
		return flags_complain("--%s: needs an option behind it", flags->negation->flag);
	*out_operands = optind;
	return FLAGS_RUN;
}

/* ---- environment ---- */

static void read_variable(const struct option_row *row, struct given *given)
{
	char own[OPTION_ENV_SIZE];
	const char *names[] = { own, row->env };

	option_env_name(row->flag, own);
	for (size_t i = 0; i < array_size(names) && !given->count; i++) {
		const char *text = names[i] ? getenv(names[i]) : NULL;

		if (!text || !*text)
			continue;
		*given = (struct given){ .origin = FROM_ENV, .count = 1 };
		given->texts[0] = text;
		given->other_env = i ? names[i] : NULL;
	}
}

void flags_environment(struct flags *flags, bool of_all)
{
	for (size_t i = 0; i < flags->count; i++)
		if (!flags->given[i].count && (of_all || flags->rows[i].has_env))
			read_variable(&flags->rows[i], &flags->given[i]);
}

/* ---- judgement ---- */

static int complain_value(const struct option_row *row, const struct given *given, size_t index,
			  const char *path)
{
	const char *text = given->texts[index];
	char env[OPTION_ENV_SIZE];

	option_env_name(row->flag, env);
	switch (given->origin) {
	case FROM_ENV:
		return flags_complain("$%s: '%s' is not %s",
				      given->other_env ? given->other_env : env, text,
				      row->expected);
	case FROM_FILE:
		return flags_complain("%s:%u: %s: '%s' is not %s", path, given->lines[index],
				      row->flag, text, row->expected);
	default:
		return flags_complain("--%s: '%s' is not %s", row->flag, text, row->expected);
	}
}

int flags_judge(struct flags *flags, size_t index, const char *file_path, void *fields)
{
	const struct option_row *row = &flags->rows[index];
	struct given *given = &flags->given[index];
	int err;

	if (!given->count && row->fallback)
		given->texts[given->count++] = row->fallback;
	for (size_t i = 0; i < given->count; i++) {
		err = (given->is_negated[i] ? row->parse_not : row->parse)(
			given->texts[i], (char *)fields + row->offset);
		if (err == -EINVAL)
			return complain_value(row, given, i, file_path);
		if (err)
			return err == -EBADMSG ? -EINVAL : err;
	}
	return 0;
}

static int put_before(const char *root, char **path)
{
	char *joined;

	if (asprintf(&joined, "%s%s%s", root, **path == '/' ? "" : "/", *path) < 0)
		return -ENOMEM;
	free(*path);
	*path = joined;
	return 0;
}

int flags_put_root(const struct flags *flags, const char *root, void *fields)
{
	int err = 0;

	for (size_t i = 0; i < flags->count && *root && !err; i++) {
		const struct option_row *row = &flags->rows[i];

		if (row->root == OPTION_ROOT_ALWAYS ||
		    (row->root == OPTION_ROOT_BY_DEFAULT && flags->given[i].origin == FROM_DEFAULT))
			err = put_before(root, (char **)((char *)fields + row->offset));
	}
	return err;
}

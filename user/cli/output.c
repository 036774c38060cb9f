// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/option_values.h"

static const char help_common[] =
	"  -o, --output table|json     [table]\n"
	"      --proc-dir DIR          where the node's /proc is [/proc]\n"
	"  -h, --help\n";
static const char help_files[] =
	"      --host-root DIR         prefix of the host's paths, these and /proc\n"
	"      --cni.conf-dir DIR      [/etc/cni/net.d]\n"
	"      --cni.cache-dir DIR     [/var/lib/cni/results]\n"
	"      --cni.state-dir DIR     [/var/lib/cni/networks]\n"
	"      --aws.ipam-file FILE    [/var/run/aws-node/ipam.json]\n";

#define FIELD(name) offsetof(struct output_options, name)

/* Paths below the host's root, in the order of the rows of flags. */
static const struct place {
	const char *flag, *fallback;
	size_t offset;
	unsigned int needs;
} places[] = {
	{ "proc-dir", "/proc", FIELD(proc_dir), 0 },
	{ "cni.conf-dir", "/etc/cni/net.d", FIELD(cni_conf_dir), OUTPUT_FILES },
	{ "cni.cache-dir", "/var/lib/cni/results", FIELD(cni_cache_dir), OUTPUT_FILES },
	{ "cni.state-dir", "/var/lib/cni/networks", FIELD(cni_state_dir), OUTPUT_FILES },
	{ "aws.ipam-file", "/var/run/aws-node/ipam.json", FIELD(ipam_file), OUTPUT_FILES },
};

enum { FLAG_OUTPUT = 'o', FLAG_HELP = 'h', FLAG_ROOT = 256, FLAG_GRACE, FLAG_EVENTS, FLAG_PLACE };

static int complain(const char *flag, const char *value, const char *expected)
{
	fprintf(stderr, "podip: %s: '%s' is not %s\n", flag, value, expected);
	return -EINVAL;
}

static char **place_of(struct output_options *options, size_t index)
{
	return (char **)((char *)options + places[index].offset);
}

/* A later value takes the place of an earlier one. */
static int put_text(const char *flag, const char *text, int (*parse)(const char *, void *),
		    char **field)
{
	char *value;

	if (parse(text, &value))
		return complain(flag, text, "a path");
	free(*field);
	*field = value;
	return 0;
}

static int take_flag(int flag, const char *value, struct output_options *options)
{
	switch (flag) {
	case FLAG_OUTPUT:
		options->is_json = !strcmp(value, "json");
		return options->is_json || !strcmp(value, "table")
			       ? 0
			       : complain("-o", value, "table or json");
	case FLAG_ROOT:
		return put_text("--host-root", value, option_dir, &options->host_root);
	case FLAG_EVENTS:
		return put_text("--events.file", value, option_text, &options->events_file);
	case FLAG_GRACE:
		return option_period(value, &options->grace_ns)
			       ? complain("--leak.grace", value, "a duration such as 5s")
			       : 0;
	default:
		return put_text(places[flag - FLAG_PLACE].flag, value, option_text,
				place_of(options, (size_t)(flag - FLAG_PLACE)));
	}
}

/* As in `podip run`: every path is the host's, but for a /proc that was named. */
static int complete(struct output_options *options)
{
	if (!options->host_root)
		options->host_root = strdup("");
	if (!options->host_root)
		return -ENOMEM;
	for (size_t i = 0; i < array_size(places); i++) {
		char **place = place_of(options, i);
		bool is_given = *place;
		const char *path = is_given ? *place : places[i].fallback;
		char *whole;

		if (is_given && !places[i].needs)
			continue;
		if (asprintf(&whole, "%s%s%s", options->host_root,
			     *options->host_root && *path != '/' ? "/" : "", path) < 0)
			return -ENOMEM;
		free(*place);
		*place = whole;
	}
	return 0;
}

/* In one array with the NULL row at its end, as getopt_long() wants them. */
static void list_flags(unsigned int flags, struct option *out)
{
	*out++ = (struct option){ "output", required_argument, NULL, FLAG_OUTPUT };
	*out++ = (struct option){ "help", no_argument, NULL, FLAG_HELP };
	if (flags & OUTPUT_FILES)
		*out++ = (struct option){ "host-root", required_argument, NULL, FLAG_ROOT };
	if (flags & OUTPUT_GRACE)
		*out++ = (struct option){ "leak.grace", required_argument, NULL, FLAG_GRACE };
	if (flags & OUTPUT_EVENTS)
		*out++ = (struct option){ "events.file", required_argument, NULL, FLAG_EVENTS };
	for (size_t i = 0; i < array_size(places); i++)
		if (!places[i].needs || places[i].needs & flags)
			*out++ = (struct option){ places[i].flag, required_argument, NULL,
						  FLAG_PLACE + (int)i };
	*out = (struct option){ 0 };
}

int output_read(int argc, char **argv, unsigned int flags, const char *help,
		struct output_options *out)
{
	struct option rows[array_size(places) + 6];
	int c, err;

	list_flags(flags, rows);
	argv[0] = "podip"; /* whom getopt_long() speaks for */
	while ((c = getopt_long(argc, argv, "o:h", rows, NULL)) >= 0) {
		if (c == FLAG_HELP) {
			fputs(help, stdout);
			fputs(help_common, stdout);
			fputs(flags & OUTPUT_FILES ? help_files : "", stdout);
			return OUTPUT_EXIT;
		}
		if (c == '?')
			return -EINVAL; /* getopt_long() has said why */
		err = take_flag(c, optarg, out);
		if (err)
			return err;
	}
	if (optind < argc) {
		fprintf(stderr, "podip: unexpected argument '%s'\n", argv[optind]);
		return -EINVAL;
	}
	return complete(out);
}

void output_clear(struct output_options *options)
{
	for (size_t i = 0; i < array_size(places); i++)
		free(*place_of(options, i));
	free(options->host_root);
	free(options->events_file);
}

int output_json(json_t *json)
{
	cleanup_json json_t *owned = json;

	if (!json || json_dumpf(json, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII) || puts("") < 0) {
		fputs("podip: cannot write the result\n", stderr);
		return STATUS_FAILED;
	}
	return 0;
}

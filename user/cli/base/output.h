/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the one-shot commands share: -o table|json, where the node's files are.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "cli/option/command.h"
#include "source/base/json.h"

struct output_options {
	bool is_json;
	uint64_t grace_ns; /* --leak.grace */
	char *events_file; /* --events.file; NULL: not given */
	/* As in struct options: owned, below the host's root. */
	char *host_root, *proc_dir;
	char *cni_conf_dir, *cni_cache_dir, *cni_state_dir;
	char *ipam_file;
};

int output_format(const char *text, void *field); /* bool: is it json? */

/* Rows of commands whose fields are struct output_options. */
#define OUTPUT_FORMAT_ROW                                                                     \
	{                                                                                     \
		.flag = "output", .letter = 'o', .arg = "table|json", .fallback = "table",    \
		.help = "what to print", .expected = "table or json", .parse = output_format, \
		.offset = offsetof(struct output_options, is_json)                            \
	}
#define OUTPUT_PROC_ROW                                                                          \
	{                                                                                        \
		.flag = "proc-dir", .arg = "DIR", .fallback = "/proc",                           \
		.help = "where the node's /proc is", .expected = "a path", .parse = option_text, \
		.root = OPTION_ROOT_BY_DEFAULT,                                                  \
		.offset = offsetof(struct output_options, proc_dir)                              \
	}
#define OUTPUT_PATH_ROW(name, kind, path, words, field)                                 \
	{                                                                               \
		.flag = (name), .arg = (kind), .fallback = (path), .help = (words),     \
		.expected = "a path", .parse = option_text, .root = OPTION_ROOT_ALWAYS, \
		.has_env = true, .offset = offsetof(struct output_options, field)       \
	}
#define OUTPUT_ROOT_ROW                                                                      \
	{                                                                                    \
		.flag = "host-root", .arg = "DIR", .fallback = "",                           \
		.help = "prefix of the host's paths, these and /proc", .expected = "a path", \
		.parse = option_dir, .has_env = true,                                        \
		.offset = offsetof(struct output_options, host_root)                         \
	}
/* The agent's socket, of commands that ask it: the field is a const char *, borrowed. */
#define OUTPUT_SOCKET_ROW(fields, member)                                                 \
	{                                                                                 \
		.flag = "socket", .arg = "PATH", .fallback = OPTION_SOCKET,               \
		.help = "where the agent answers", .expected = "a path", .has_env = true, \
		.parse = option_borrow, .offset = offsetof(fields, member)                \
	}
/* Where the node's files are. */
#define OUTPUT_FILES_ROWS                                                               \
	OUTPUT_PROC_ROW, OUTPUT_ROOT_ROW,                                               \
		OUTPUT_PATH_ROW("cni.conf-dir", "DIR", "/etc/cni/net.d",                \
				"CNI network configurations", cni_conf_dir),            \
		OUTPUT_PATH_ROW("cni.cache-dir", "DIR", "/var/lib/cni/results",         \
				"libcni's cached results", cni_cache_dir),              \
		OUTPUT_PATH_ROW("cni.state-dir", "DIR", "/var/lib/cni/networks",        \
				"host-local's books", cni_state_dir),                   \
		OUTPUT_PATH_ROW("aws.ipam-file", "FILE", "/var/run/aws-node/ipam.json", \
				"allocations of the AWS VPC CNI", ipam_file)

void output_clear(struct output_options *options);
#define cleanup_output cleanup(output_clear)

/* Behind "no event log 'PATH'", of a command: where the log of most agents is. */
#define OUTPUT_NO_LOG_HINT \
	"of an agent that writes to stdout: kubectl logs POD | podip %s --events.file -"

/* On stdout with a newline; gives the exit status. Takes the reference; NULL is out of memory. */
int output_json(json_t *json);
/* Exit status of a command_read() that says not to go on. */
int output_status(int result);

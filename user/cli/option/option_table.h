/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be set: one row is a flag, an environment variable, a key of
 * podip.yaml, a default, a line of --help and a field of struct options.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/option/flags.h"
#include "cli/option/option_row.h"
#include "log.h"
#include "sink/log/log_live.h"
#include "source/config/config.h"

/* Every string is owned. Paths below the host's root have its prefix already. */
struct options {
	char *config; /* NULL: no file */
	char *node;
	struct option_list listen; /* never empty */
	char *socket; /* "off" for none */
	struct option_list events_files; /* never empty; "-" is stdout */
	struct log_policy events_policy;
	enum option_backend backend;
	uint64_t reconcile_ns;
	char *host_root; /* "" for none; no trailing slash */
	char *proc_dir;
	char *cni_conf_dir;
	char *cni_cache_dir;
	char *cni_state_dir;
	char *ipam_file;
	char *kubernetes_url, *gce_url, *imds_url, *ipamd_url; /* "auto", "off" or where */
	char *kubernetes_token_file, *kubernetes_ca_file;
	char *flannel_file;
	char *alertmanager_url, *alertmanager_token_file, *alertmanager_ca_file; /* "" none */
	char *runbook_url;
	uint64_t alerts_period_ns;
	bool has_node_events;
	enum option_names shows_pods;
	char *web_config; /* "" none */
	struct option_list sources_off;
	uint64_t sources_period_ns;
	uint64_t leak_grace_ns;
	struct option_rules rules;
	enum log_level log_level;
	enum log_format log_format;
	struct config file; /* its ranges; empty without a file */
	struct flags flags; /* the texts of all this, and where they came from */
};

/* The first row: it names the file where the others may be. */
enum { OPTION_ROW_CONFIG, OPTION_ROW_COUNT = 38 };
extern const struct option_row option_rows[OPTION_ROW_COUNT];

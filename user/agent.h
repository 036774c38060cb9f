/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent: watch -> state -> account -> journal -> event log, CNI calls and the
 * IPAM's books into the same journal, and /metrics beside it, in one loop.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "alerting.h"
#include "chronicle.h"
#include "core/base/range.h"
#include "core/pod/failure.h"
#include "page_view.h"
#include "source/kernel/kernel.h"
#include "source/supplier/supplier.h"

/* What can change while the agent runs. Borrowed. */
struct agent_settings {
	struct range_list ranges; /* of the configuration */
	struct alert_rules alert_rules;
	struct reason_rules reasons; /* of the configuration */
};

struct agent_config {
	enum backend backend; /* BACKEND_NONE: the best that works */
	const char *node;
	const char *proc_dir;
	const char *cni_conf_dir, *cni_cache_dir, *cni_state_dir;
	const char *ipam_file;
	uint64_t leak_grace_ns;
	const char *host_root;
	char *const *listen;
	size_t listen_count;
	const char *web_config; /* file of the web configuration; "" none */
	enum page_names page_names;
	const char *socket_path; /* of the unix socket; NULL: none */
	struct chronicle_logs logs;
	uint64_t reconcile_ns;
	struct supplier_settings sources; /* whom else to ask about ranges */
	uint64_t alerts_period_ns;
	struct alerting_receivers receivers;
	const char *const *sources_off; /* names of those not to be asked */
	size_t sources_off_count;
	struct agent_settings settings;
	const char *config_path; /* NULL: no file */
	/* Reads the settings again; what it gave before stays until the next call. -errno after
	 * saying why. NULL: they never change. */
	int (*read_again)(struct agent_settings *out, void *ctx);
	void *read_ctx;
};

/* Exit status of the process: by what is missing. */
enum agent_status {
	AGENT_DONE = 0,
	AGENT_FAILED = 1,
	AGENT_CANNOT_RUN = 4, /* the kernel or the privileges refuse; as `podip doctor` exits */
};

/* Run until SIGTERM or SIGINT; SIGHUP has the logs opened anew. Everything in config is borrowed.
 */
enum agent_status agent_run(const struct agent_config *config);

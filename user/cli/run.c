// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include "agent.h"
#include "cli/options.h"

/* Usage errors are 2, as in every command. */
enum { STATUS_USAGE = 2 };

static enum backend backend_of(enum option_backend option)
{
	static const enum backend backends[] = {
		[OPTION_BACKEND_AUTO] = BACKEND_NONE,
		[OPTION_BACKEND_FENTRY] = BACKEND_FENTRY,
		[OPTION_BACKEND_KPROBE] = BACKEND_KPROBE,
		[OPTION_BACKEND_TRACEPOINT] = BACKEND_TRACEPOINT,
	};

	return backends[option];
}

int cli_run(int argc, char **argv)
{
	cleanup_options struct options options = { 0 };
	int result = options_read(argc, argv, &options);
	struct agent_config config;

	if (result == OPTIONS_EXIT)
		return 0;
	if (result != OPTIONS_RUN)
		return STATUS_USAGE;

	log_setup(options.log_level, options.log_format);
	config = (struct agent_config){
		.backend = backend_of(options.backend),
		.node = options.node,
		.proc_dir = options.proc_dir,
		.cni_conf_dir = options.cni_conf_dir,
		.cni_cache_dir = options.cni_cache_dir,
		.cni_state_dir = options.cni_state_dir,
		.ipam_file = options.ipam_file,
		.leak_grace_ns = options.leak_grace_ns,
		.rules = { options.rules.items, options.rules.count },
		.host_root = options.host_root,
		.listen = options.listen.items,
		.listen_count = options.listen.count,
		.events_files = options.events_files.items,
		.events_file_count = options.events_files.count,
		.reconcile_ns = options.reconcile_ns,
		.ranges = { options.file.ranges, options.file.range_count },
	};
	return agent_run(&config);
}

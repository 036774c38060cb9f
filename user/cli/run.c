// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include <string.h>

#include "agent.h"
#include "cli/options.h"
#include "source/platform.h"

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

/* "auto" is what the platform offers, "off" nothing. */
static const char *place(const char *option, const char *found)
{
	return !strcmp(option, "auto") ? found : !strcmp(option, "off") ? "" : option;
}

static struct supplier_settings settings_of(const struct options *options,
					    const struct platform *platform)
{
	static const char metadata[] = "http://169.254.169.254";
	static const char ipamd[] = "http://127.0.0.1:61679";

	return (struct supplier_settings){
		.node = options->node,
		.kubernetes_url = place(options->kubernetes_url, platform->kubernetes_url),
		.kubernetes_token_file = options->kubernetes_token_file,
		.kubernetes_ca_file = options->kubernetes_ca_file,
		.gce_url = place(options->gce_url, platform->is_gce ? metadata : ""),
		.imds_url = place(options->imds_url, platform->is_ec2 ? metadata : ""),
		.ipamd_url = place(options->ipamd_url, platform->is_ec2 ? ipamd : ""),
		.flannel_file = options->flannel_file,
		.proc_dir = options->proc_dir,
		.period_ns = options->sources_period_ns,
	};
}

int cli_run(int argc, char **argv)
{
	cleanup_options struct options options = { 0 };
	int result = options_read(argc, argv, &options);
	struct agent_config config;
	struct platform platform;

	if (result == OPTIONS_EXIT)
		return 0;
	if (result != OPTIONS_RUN)
		return STATUS_USAGE;

	log_setup(options.log_level, options.log_format);
	platform_read(options.host_root, &platform);
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
		.sources = settings_of(&options, &platform),
		.alert_rules = options.config ? options.file.alerts.rules : alert_rules_default(),
		.alerts_period_ns = options.alerts_period_ns,
		.receivers = { .alertmanager_url = options.alertmanager_url,
			       .alertmanager_token_file = options.alertmanager_token_file,
			       .alertmanager_ca_file = options.alertmanager_ca_file,
			       .runbook_url = options.runbook_url,
			       .has_node_events = options.has_node_events },
		.sources_off = (const char *const *)options.sources_off.items,
		.sources_off_count = options.sources_off.count,
	};
	return agent_run(&config);
}

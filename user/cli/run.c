// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include <errno.h>
#include <string.h>

#include "agent.h"
#include "cli/option/command.h"
#include "cli/option/flags.h"
#include "cli/option/options.h"
#include "log.h"
#include "source/supplier/platform.h"

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

static enum page_names names_of(enum option_names option)
{
	static const enum page_names names[] = {
		[OPTION_NAMES_LOOPBACK] = PAGE_NAMES_NEARBY,
		[OPTION_NAMES_ON] = PAGE_NAMES_ALL,
		[OPTION_NAMES_OFF] = PAGE_NAMES_NONE,
	};

	return names[option];
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

/* ---- the configuration, again ---- */

/* The agent borrows all of `first`, and its live settings of `now`, or of `before` while it changes
 * from one to the other. */
struct reader {
	int argc;
	char **argv;
	struct options first, now, before;
};

static struct agent_settings live_of(const struct options *options)
{
	return (struct agent_settings){
		.ranges = { options->file.ranges, options->file.range_count },
		.alert_rules = options->config ? options->file.alerts.rules : alert_rules_default(),
		.reasons = { options->rules.items, options->rules.count },
	};
}

static void log_complaint(const char *sentence)
{
	log_write(LOG_LEVEL_ERROR, "%s", sentence);
}

static void tell_what_waits(const struct options *before, const struct options *after)
{
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++)
		if (!option_rows[i].is_live && !flags_is_equal(&before->flags, &after->flags, i))
			log_warn("'%s' is another now, which counts from the next start on",
				 option_rows[i].flag);
}

static int read_again(struct agent_settings *out, void *ctx)
{
	struct reader *reader = ctx;
	struct options fresh;
	int err = options_read(reader->argc, reader->argv, &fresh);

	if (err)
		return err < 0 ? err : -EINVAL;
	tell_what_waits(&reader->first, &fresh);
	options_clear(&reader->before);
	reader->before = reader->now;
	reader->now = fresh;
	log_setup(fresh.log_level, fresh.log_format);
	*out = live_of(&reader->now);
	return 0;
}

static void clear_reader(struct reader *reader)
{
	options_clear(&reader->first);
	options_clear(&reader->now);
	options_clear(&reader->before);
}

static int run(struct reader *reader)
{
	const struct options *options = &reader->first;
	struct agent_config config;
	struct platform platform;

	log_setup(options->log_level, options->log_format);
	flags_complain_to(log_complaint);
	platform_read(options->host_root, &platform);
	config = (struct agent_config){
		.backend = backend_of(options->backend),
		.node = options->node,
		.proc_dir = options->proc_dir,
		.cni_conf_dir = options->cni_conf_dir,
		.cni_cache_dir = options->cni_cache_dir,
		.cni_state_dir = options->cni_state_dir,
		.ipam_file = options->ipam_file,
		.leak_grace_ns = options->leak_grace_ns,
		.host_root = options->host_root,
		.listen = options->listen.items,
		.listen_count = options->listen.count,
		.web_config = options->web_config,
		.page_names = names_of(options->shows_pods),
		.socket_path = strcmp(options->socket, "off") != 0 ? options->socket : NULL,
		.logs = { options->events_files.items, options->events_files.count,
			  options->events_policy },
		.reconcile_ns = options->reconcile_ns,
		.sources = settings_of(options, &platform),
		.alerts_period_ns = options->alerts_period_ns,
		.receivers = { .alertmanager_url = options->alertmanager_url,
			       .alertmanager_token_file = options->alertmanager_token_file,
			       .alertmanager_ca_file = options->alertmanager_ca_file,
			       .runbook_url = options->runbook_url,
			       .has_node_events = options->has_node_events },
		.sources_off = (const char *const *)options->sources_off.items,
		.sources_off_count = options->sources_off.count,
		.settings = live_of(options),
		.config_path = options->config,
		.read_again = read_again,
		.read_ctx = reader,
	};
	return agent_run(&config);
}

static int run_command(const struct command *command, int argc, char **argv)
{
	cleanup(clear_reader) struct reader reader = { .argc = argc, .argv = argv };
	int result = options_read(argc, argv, &reader.first);

	if (result == OPTIONS_EXIT)
		command_help(command, stdout);
	if (result != OPTIONS_RUN)
		return result == OPTIONS_EXIT ? STATUS_DONE : STATUS_USAGE;
	return run(&reader);
}

const struct command cli_run_command = {
	.name = "run",
	.summary = "watch this node: metrics, event log",
	.examples =
		"  podip run                      # metrics on :9465/metrics, events on stdout\n"
		"  podip run --config /etc/podip.yaml --events.file /var/log/podip/events.jsonl\n"
		"  podip run --host-root /host --web.listen-address 127.0.0.1:9465\n",
	.text = "Flags win over environment over configuration file over defaults. A key of the\n"
		"file is a flag's name. An empty variable counts as unset. A configuration file\n"
		"that changes is read again, at SIGHUP, too.\n",
	.rows = option_rows,
	.row_count = OPTION_ROW_COUNT,
	.has_env = true,
	.run = run_command,
};

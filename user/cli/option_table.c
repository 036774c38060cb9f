// SPDX-License-Identifier: Apache-2.0
#include "cli/option_table.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "chronicle.h"
#include "cleanup.h"
#include "serve.h"

enum { GUESS_DISTANCE_MAX = 2 };

#define FIELD(name) offsetof(struct options, name)

const struct option_row option_rows[OPTION_ROW_COUNT] = {
	{ .flag = "config",
	  .arg = "FILE",
	  .help = "read ranges and settings from this YAML file",
	  .expected = "a file",
	  .parse = option_text,
	  .offset = FIELD(config) },
	{ .flag = "node",
	  .env = "NODE_NAME",
	  .arg = "NAME",
	  .help = "name of this node; the host's name if not set",
	  .expected = "a name",
	  .parse = option_text,
	  .offset = FIELD(node) },
	{ .flag = "web.listen-address",
	  .arg = "ADDR:PORT",
	  .fallback = ":9465",
	  .help = "serve metrics here",
	  .expected = "an address such as :9465, 10.0.0.1:9465 or [fd00::1]:9465",
	  .parse = option_listen_item,
	  .offset = FIELD(listen),
	  .list_max = SERVE_MAX },
	{ .flag = "events.file",
	  .arg = "PATH",
	  .fallback = "-",
	  .help = "append the event log to this file; - is stdout",
	  .expected = "a file",
	  .parse = option_text_item,
	  .offset = FIELD(events_files),
	  .list_max = CHRONICLE_LOG_MAX },
	{ .flag = "backend",
	  .arg = "auto|fentry|kprobe|tracepoint",
	  .fallback = "auto",
	  .help = "how to attach to the kernel",
	  .expected = "one of auto, fentry, kprobe, tracepoint",
	  .parse = option_backend,
	  .offset = FIELD(backend) },
	{ .flag = "reconcile",
	  .arg = "DURATION",
	  .fallback = "30s",
	  .help = "walk the kernel's tables this often to correct what was missed",
	  .expected = "a duration from 100ms to 24h such as 1m30s",
	  .parse = option_period,
	  .offset = FIELD(reconcile_ns) },
	{ .flag = "host-root",
	  .arg = "DIR",
	  .fallback = "",
	  .help = "prefix of the host's paths below, for containers and tests",
	  .expected = "a directory",
	  .parse = option_dir,
	  .offset = FIELD(host_root) },
	{ .flag = "proc-dir",
	  .arg = "DIR",
	  .fallback = "/proc",
	  .help = "the host's proc; under host-root only if not set",
	  .expected = "a directory",
	  .parse = option_text,
	  .offset = FIELD(proc_dir),
	  .root = OPTION_ROOT_BY_DEFAULT },
	{ .flag = "cni.conf-dir",
	  .arg = "DIR",
	  .fallback = "/etc/cni/net.d",
	  .help = "CNI network configurations",
	  .expected = "a directory",
	  .parse = option_text,
	  .offset = FIELD(cni_conf_dir),
	  .root = OPTION_ROOT_ALWAYS },
	{ .flag = "cni.cache-dir",
	  .arg = "DIR",
	  .fallback = "/var/lib/cni/results",
	  .help = "libcni's cached results",
	  .expected = "a directory",
	  .parse = option_text,
	  .offset = FIELD(cni_cache_dir),
	  .root = OPTION_ROOT_ALWAYS },
	{ .flag = "cni.state-dir",
	  .arg = "DIR",
	  .fallback = "/var/lib/cni/networks",
	  .help = "host-local's books: which addresses it has given out",
	  .expected = "a directory",
	  .parse = option_text,
	  .offset = FIELD(cni_state_dir),
	  .root = OPTION_ROOT_ALWAYS },
	{ .flag = "cni.reason",
	  .arg = "REASON=TEXT",
	  .help = "a CNI error that holds TEXT has this reason; asked before the built-in ones",
	  .expected =
		  "one of exhausted, cooldown, limit, fragmented, daemon_unreachable, duplicate, "
		  "timeout, other, then '=' and a text",
	  .parse = option_rule_item,
	  .offset = FIELD(rules),
	  .list_max = REASON_RULES_MAX },
	{ .flag = "aws.ipam-file",
	  .arg = "FILE",
	  .fallback = "/var/run/aws-node/ipam.json",
	  .help = "allocations of the AWS VPC CNI",
	  .expected = "a file",
	  .parse = option_text,
	  .offset = FIELD(ipam_file),
	  .root = OPTION_ROOT_ALWAYS },
	{ .flag = "aws.ipamd-url",
	  .arg = "auto|off|URL",
	  .fallback = "auto",
	  .help = "introspection of the AWS VPC CNI, http://127.0.0.1:61679 if auto on EC2; "
		  "unix:/PATH is a socket",
	  .expected = "auto, off, a URL of http or https, or unix:/PATH",
	  .parse = option_place_or_socket,
	  .offset = FIELD(ipamd_url) },
	{ .flag = "aws.imds-url",
	  .arg = "auto|off|URL",
	  .fallback = "auto",
	  .help = "EC2's metadata service, http://169.254.169.254 if auto on EC2",
	  .expected = "auto, off, or a URL of http or https",
	  .parse = option_place,
	  .offset = FIELD(imds_url) },
	{ .flag = "gce.url",
	  .arg = "auto|off|URL",
	  .fallback = "auto",
	  .help = "GCE's metadata server, http://169.254.169.254 if auto on GCE",
	  .expected = "auto, off, or a URL of http or https",
	  .parse = option_place,
	  .offset = FIELD(gce_url) },
	{ .flag = "kubernetes.url",
	  .arg = "auto|off|URL",
	  .fallback = "auto",
	  .help = "API server, asked about this node alone; that of the pod's environment if auto",
	  .expected = "auto, off, or a URL of http or https",
	  .parse = option_place,
	  .offset = FIELD(kubernetes_url) },
	{ .flag = "kubernetes.token-file",
	  .arg = "FILE",
	  .fallback = "/var/run/secrets/kubernetes.io/serviceaccount/token",
	  .help = "token of the service account, read anew for each request",
	  .expected = "a file",
	  .parse = option_text,
	  .offset = FIELD(kubernetes_token_file) },
	{ .flag = "kubernetes.ca-file",
	  .arg = "FILE",
	  .fallback = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
	  .help = "authorities whom the API server's certificate must be of",
	  .expected = "a file",
	  .parse = option_text,
	  .offset = FIELD(kubernetes_ca_file) },
	{ .flag = "flannel.file",
	  .arg = "FILE",
	  .fallback = "/run/flannel/subnet.env",
	  .help = "the node's subnet as flannel writes it",
	  .expected = "a file",
	  .parse = option_text,
	  .offset = FIELD(flannel_file),
	  .root = OPTION_ROOT_ALWAYS },
	{ .flag = "sources.off",
	  .arg = "NAME",
	  .help = "do not ask this source about ranges: a value of podip_source_up's label",
	  .expected = "the name of a source such as cni, ipamd or node",
	  .parse = option_source_item,
	  .offset = FIELD(sources_off),
	  .list_max = OPTION_LIST_MAX },
	{ .flag = "sources.period",
	  .arg = "DURATION",
	  .fallback = "10s",
	  .help = "ask sources that announce no change this often",
	  .expected = "a duration from 100ms to 24h such as 1m30s",
	  .parse = option_period,
	  .offset = FIELD(sources_period_ns) },
	{ .flag = "alertmanager.url",
	  .arg = "URL",
	  .fallback = "",
	  .help = "push the alerts of this node to this Alertmanager, for clusters without rules",
	  .expected = "a URL of http or https",
	  .parse = option_url,
	  .offset = FIELD(alertmanager_url) },
	{ .flag = "alertmanager.token-file",
	  .arg = "FILE",
	  .fallback = "",
	  .help = "bearer token for it, read anew for each request",
	  .expected = "a file",
	  .parse = option_dir,
	  .offset = FIELD(alertmanager_token_file) },
	{ .flag = "alertmanager.ca-file",
	  .arg = "FILE",
	  .fallback = "",
	  .help = "authorities whom its certificate must be of; the system's if not set",
	  .expected = "a file",
	  .parse = option_dir,
	  .offset = FIELD(alertmanager_ca_file) },
	{ .flag = "alerts.period",
	  .arg = "DURATION",
	  .fallback = "10s",
	  .help = "judge the alerts this often; what holds in between is not seen",
	  .expected = "a duration from 100ms to 24h such as 1m30s",
	  .parse = option_period,
	  .offset = FIELD(alerts_period_ns) },
	{ .flag = "alerts.runbook-url",
	  .arg = "URL",
	  .fallback = "",
	  .help = "where the runbooks are: what alerts that are pushed link to",
	  .expected = "a URL of http or https",
	  .parse = option_url,
	  .offset = FIELD(runbook_url) },
	{ .flag = "alerts.node-events",
	  .arg = "on|off",
	  .fallback = "off",
	  .help = "tell of alerts by Events on the Node, a few an hour",
	  .expected = "on or off",
	  .parse = option_switch,
	  .offset = FIELD(has_node_events) },
	{ .flag = "leak.grace",
	  .arg = "DURATION",
	  .fallback = "1m",
	  .help = "how long books and kernel may differ before it is a leak",
	  .expected = "a duration from 100ms to 24h such as 1m30s",
	  .parse = option_period,
	  .offset = FIELD(leak_grace_ns) },
	{ .flag = "log.level",
	  .arg = "error|warn|info|debug",
	  .fallback = "info",
	  .help = "the least that is worth a line on stderr",
	  .expected = "one of error, warn, info, debug",
	  .parse = option_log_level,
	  .offset = FIELD(log_level) },
	{ .flag = "log.format",
	  .arg = "text|json",
	  .fallback = "text",
	  .help = "shape of those lines",
	  .expected = "one of text, json",
	  .parse = option_log_format,
	  .offset = FIELD(log_format) },
};

void option_env_name(const char *flag, char out[static OPTION_ENV_SIZE])
{
	snprintf(out, OPTION_ENV_SIZE, "PODIP_%s", flag);
	for (char *at = out; *at; at++)
		*at = isalnum((unsigned char)*at) ? (char)toupper((unsigned char)*at) : '_';
}

void option_print_help(const char *command)
{
	printf("Usage: podip %s [OPTIONS]\n\n"
	       "Examples:\n"
	       "  podip %s\n"
	       "  podip %s --config /etc/podip.yaml --events.file /var/log/podip/events.jsonl\n"
	       "  podip %s --host-root /host --web.listen-address 127.0.0.1:9465\n"
	       "\n"
	       "Flags win over environment over configuration file over defaults. A key of the\n"
	       "file is a flag's name. An empty variable counts as unset.\n"
	       "\n"
	       "Options:\n",
	       command, command, command, command);
	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		char env[OPTION_ENV_SIZE];

		option_env_name(row->flag, env);
		printf("  --%s %s\n        %s", row->flag, row->arg, row->help);
		printf("%s [$%s", row->list_max ? "; repeatable" : "", env);
		if (row->env)
			printf(", $%s", row->env);
		if (row->fallback && *row->fallback)
			printf(", default %s", row->fallback);
		puts("]");
	}
	puts("  -h, --help\n        show this text");
}

const struct option_row *option_guess(const char *name)
{
	const struct option_row *best = NULL;
	size_t least = GUESS_DISTANCE_MAX + 1;

	for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
		size_t distance = option_distance(name, option_rows[i].flag);

		if (distance < least && distance < strlen(option_rows[i].flag) / 2) {
			best = &option_rows[i];
			least = distance;
		}
	}
	return best;
}

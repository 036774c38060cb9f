// SPDX-License-Identifier: Apache-2.0
#include "fleet_labels.h"

#include <string.h>

#include "cleanup.h"
#include "podip_version.h"

enum { LIST_MAX = 24 };

const char *const fleet_range_alerts[] = { "PodipRangeFilling",	   "PodipRangeFillingCritical",
					   "PodipRangeWillBeFull", "PodipRangeExhausted",
					   "PodipLeakGrowing",	   NULL };
const char *const fleet_node_alerts[] = { "PodipAllocationFailing", "PodipSandboxWaiting",
					  "PodipAgentBlind", NULL };
const char *const fleet_corrections[] = { "netns_added",     "netns_removed",
					  "link_added",	     "link_removed",
					  "link_renamed",    "address_added",
					  "address_removed", NULL };
const char *const fleet_reloads[] = { "success", "failure", NULL };
const char *const fleet_refused[] = { "connection_limit", "peer_limit",	   "slow", "handshake",
				      "password",	  "password_rate", "rate", NULL };
const char *const fleet_ended[] = { "user", "connection_limit", "slow", NULL };
const char *const fleet_notified[] = { "sent", "failed", "dropped", NULL };

/* A plugin that connects pods and one behind it; each has failed once. */
static const struct {
	const char *label;
	const char *values[LIST_MAX];
} lists[] = {
	{ "family", { "ipv4", "ipv6" } },
	{ "command", { "ADD", "DEL" } },
	{ "plugin", { "bridge", "portmap" } },
	{ "result", { "success", "error" } },
	{ "reason",
	  { "exhausted", "cooldown", "limit", "fragmented", "daemon_unreachable", "duplicate",
	    "timeout", "other" } },
	{ "kind", { "ipam_only", "kernel_only", "abandoned" } },
	{ "cause", { "ring_full_netns",	 "ring_full_link",   "ring_full_address",
		     "ring_full_call",	 "malformed",	     "environment_unsearched",
		     "plugin_untracked", "netlink_overflow", "walk_incomplete",
		     "table_full",	 "ranges_full",	     "enis_full",
		     "identities_full",	 "calls_full",	     "call_end_missed",
		     "incidents_full",	 "call_kinds_full",  "leaks_full",
		     "forecasts",	 "alert_ranges_full" } },
	{ "program",
	  { "netns_created", "netns_freed", "link_listed", "link_unlisted", "link_leaving",
	    "link_renamed", "address_added", "address_removed", "trigger", "exec", "cni_call",
	    "walk" } },
	{ "table",
	  { "netns", "links", "addresses", "released_addresses", "ranges", "enis", "eni_blocks",
	    "eni_addresses", "identities", "calls", "incidents", "leaks", "alert_ranges",
	    "recent_bytes" } },
	{ "source",
	  { "config", "cni", "calico", "flannel", "cilium", "ipamd", "ipam", "node", "gce", "imds",
	    "cgroup", "cni-args", "host-local" } },
	{ "operation", { "open", "write", "sync", "rotate", "compress", "remove" } },
	{ "receiver", { "alertmanager", "kubernetes" } },
	{ "node_pool", { "pool-a" } },
	{ "zone", { "zone-a" } },
	{ "instance_type", { "m6i.large" } },
	{ "subnet", { "subnet-0" } },
	{ "cidr", { "172.16.0.0/16" } },
	{ "device", { "0" } },
	{ "card", { "0" } },
	{ "role", { "primary" } },
	{ "hook", { "syscall" } },
	{ "backend", { "fentry" } },
	{ "version", { PODIP_VERSION } },
	{ "revision", { "simulated" } },
};

const char *const *fleet_labels_of(const char *label)
{
	for (size_t i = 0; i < array_size(lists); i++) {
		if (!strcmp(lists[i].label, label))
			return lists[i].values;
	}
	return NULL;
}

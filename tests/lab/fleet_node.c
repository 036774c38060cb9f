// SPDX-License-Identifier: Apache-2.0
/*
 * Every row of metric_rows gives the product of what its labels can be. Where that
 * would be too much, or the number matters to a rule, a row of shapes[] says so.
 */
#include "fleet_node.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "core/metrics/metric_rows.h"
#include "fleet_labels.h"

enum {
	PARENT = 1 << 0,
	BLOCK = 1 << 1,
	SUBNET = 1 << 2,
	SIX = 1 << 3,
	UNRANGED = 1 << 4, /* of both families */
	NO_RANGE = 1 << 5, /* the label is "" */
	NODE_OWN = BLOCK | SIX,
	ALL = PARENT | BLOCK | SUBNET | SIX,
};

enum {
	PERIOD_S = 600,
	SWING = 40, /* addresses that come and go in it */
	BASE = 20, /* and those that stay */
	ENI_ADDRESSES = 60, /* attached to a node: BASE + SWING, all of them warm or used */
	SUBNET_NODES_SHIFT = 10,
	SUBNET_RESERVED = 5, /* by EC2 */
	TEXT_SIZE = 64,
};

struct sim_range {
	unsigned int kind;
	char name[TEXT_SIZE], cidr[TEXT_SIZE];
	const char *family, *scope, *source;
	double capacity, reserved;
};

struct sim_node {
	const struct fleet *fleet;
	unsigned int number;
	struct sim_range ranges[FLEET_RANGES_MAX + 3]; /* two unranged, and none */
	size_t range_count;
	char enis[2][TEXT_SIZE];
	double assigned, released, used; /* so far, so far, now */
};

/* ---- values ---- */

typedef double (*value_fn)(const struct sim_node *node, const struct sim_range *range);

static double none(const struct sim_node *node, const struct sim_range *range)
{
	(void)node, (void)range;
	return 0;
}

static double one(const struct sim_node *node, const struct sim_range *range)
{
	(void)node, (void)range;
	return 1;
}

static double assigned(const struct sim_node *node, const struct sim_range *range)
{
	return range && range->kind == UNRANGED ? 0 : node->assigned;
}

static double released(const struct sim_node *node, const struct sim_range *range)
{
	return range && range->kind == UNRANGED ? 0 : node->released;
}

static double used(const struct sim_node *node, const struct sim_range *range)
{
	return range && range->kind == UNRANGED ? 0 : node->used;
}

static double capacity(const struct sim_node *node, const struct sim_range *range)
{
	(void)node;
	return range->capacity;
}

static double reserved(const struct sim_node *node, const struct sim_range *range)
{
	(void)node;
	return range->reserved;
}

static double usable(const struct sim_node *node, const struct sim_range *range)
{
	(void)node;
	return range->capacity - range->reserved;
}

static double free_left(const struct sim_node *node, const struct sim_range *range)
{
	return usable(node, range) - node->used;
}

static double utilization(const struct sim_node *node, const struct sim_range *range)
{
	return node->used / usable(node, range);
}

static double attached(const struct sim_node *node, const struct sim_range *range)
{
	(void)node, (void)range;
	return ENI_ADDRESSES;
}

static double warm(const struct sim_node *node, const struct sim_range *range)
{
	(void)range;
	return ENI_ADDRESSES - node->used;
}

static double blocks(const struct sim_node *node, const struct sim_range *range)
{
	(void)range;
	return fleet_blocks(node->fleet);
}

static double max_pods(const struct sim_node *node, const struct sim_range *range)
{
	(void)node, (void)range;
	return 110;
}

static double days(const struct sim_node *node, const struct sim_range *range)
{
	(void)range;
	return 86400 * (2 + node->number % 5) + node->used * 10;
}

static double now(const struct sim_node *node, const struct sim_range *range)
{
	(void)node, (void)range;
	return (double)time(NULL);
}

static double year_2100(const struct sim_node *node, const struct sim_range *range)
{
	(void)node, (void)range;
	return 4102444800;
}

/* ---- what is special ---- */

/* All shapes of a family's name are put; a family without one is put for ALL ranges. */
/* What a capability's lack would cost. */
static const char *const lacks_bpf[] = { "load", NULL };
static const char *const lacks_perfmon[] = { "attach", "capture", NULL };
static const char *const lacks_broadcast[] = { "rtnetlink", NULL };
static const char *const lacks_admin[] = { "rtnetlink_buffer", NULL };
static const char *const lacks_syslog[] = { "triggers", NULL };
static const char *const lacks_sys_admin[] = { "tracefs", NULL };
static const char *const lacks_ptrace[] = { "processes", NULL };
static const char *const lacks_nothing[] = { "capture", "sandbox", "backend", NULL };

static const struct shape {
	const char *name;
	unsigned int kinds;
	value_fn value; /* NULL: as the type has it */
	const char *label; /* that is one of values, or NULL */
	const char *const *values;
	const char *capability; /* that goes with them, of podip_degraded */
} shapes[] = {
	{ .name = "podip_range_capacity_addresses", ALL, capacity },
	{ .name = "podip_range_reserved_addresses", ALL, reserved },
	{ .name = "podip_range_usable_addresses", ALL, usable },
	{ .name = "podip_range_used_addresses", ALL | UNRANGED, used },
	{ .name = "podip_range_free_addresses", ALL, free_left },
	{ .name = "podip_range_utilization_ratio", ALL, utilization },
	{ .name = "podip_range_time_to_exhaustion_seconds", NODE_OWN, days },
	{ .name = "podip_range_exhaustion_confidence_ratio", NODE_OWN, one },
	{ .name = "podip_range_headroom_addresses", ALL, free_left },
	{ .name = "podip_range_attached_addresses", SUBNET, attached },
	{ .name = "podip_range_assigned_addresses", SUBNET, used },
	{ .name = "podip_range_warm_addresses", SUBNET, warm },
	{ .name = "podip_range_cooldown_addresses", SUBNET, none },
	{ .name = "podip_range_node_blocks_capacity", PARENT, blocks },
	{ .name = "podip_node_block_info", NODE_OWN, one },
	{ .name = "podip_node_max_pods", ALL, max_pods },
	{ .name = "podip_addresses_assigned_total", ALL | UNRANGED, assigned },
	{ .name = "podip_addresses_released_total", ALL | UNRANGED, released },
	{ .name = "podip_address_reuse_interval_seconds", ALL | UNRANGED, NULL },
	{ .name = "podip_cni_failures_total", ALL, none },
	{ .name = "podip_cni_incidents_total", BLOCK, none },
	{ .name = "podip_sandboxes_waiting", ALL, none },
	{ .name = "podip_sandbox_oldest_wait_seconds", ALL, none },
	{ .name = "podip_leaked_addresses", ALL | UNRANGED, none },
	{ .name = "podip_duplicate_addresses", ALL, none },
	{ .name = "podip_events_lost_total", ALL, none },
	{ .name = "podip_reconcile_corrections_total", ALL, none, "kind", fleet_corrections },
	{ .name = "podip_reconcile_timestamp_seconds", ALL, now },
	{ .name = "podip_alert_state", NODE_OWN, none, "alert", fleet_range_alerts },
	{ .name = "podip_alert_state", NO_RANGE, none, "alert", fleet_node_alerts },
	{ .name = "podip_alert_notifications_total", ALL, none, "result", fleet_notified },
	{ .name = "podip_source_up", ALL, one },
	{ .name = "podip_config_reloads_total", ALL, none, "result", fleet_reloads },
	{ .name = "podip_web_config_reloads_total", ALL, none, "result", fleet_reloads },
	{ .name = "podip_web_refused_total", ALL, none, "cause", fleet_refused },
	{ .name = "podip_socket_refused_total", ALL, none, "cause", fleet_ended },
	{ .name = "podip_web_certificate_not_before_timestamp_seconds", ALL, none },
	{ .name = "podip_web_certificate_not_after_timestamp_seconds", ALL, year_2100 },
	{ .name = "podip_degraded", ALL, none, "what", lacks_bpf, "CAP_BPF" },
	{ .name = "podip_degraded", ALL, none, "what", lacks_perfmon, "CAP_PERFMON" },
	{ .name = "podip_degraded", ALL, none, "what", lacks_broadcast, "CAP_NET_BROADCAST" },
	{ .name = "podip_degraded", ALL, none, "what", lacks_admin, "CAP_NET_ADMIN" },
	{ .name = "podip_degraded", ALL, none, "what", lacks_syslog, "CAP_SYSLOG" },
	{ .name = "podip_degraded", ALL, none, "what", lacks_sys_admin, "CAP_SYS_ADMIN" },
	{ .name = "podip_degraded", ALL, none, "what", lacks_ptrace, "CAP_SYS_PTRACE" },
	{ .name = "podip_degraded", ALL, none, "what", lacks_nothing, "none" },
};

/* ---- samples ---- */

struct writer {
	struct exposition exposition;
	const struct sim_node *node;
	const struct metric *metric;
	const struct shape *shape;
	const struct sim_range *range; /* of the sample, or NULL */
	const char *values[METRIC_LABEL_MAX];
};

static void put_labels(struct writer *writer, size_t at);

static void put_sample(struct writer *writer)
{
	const struct metric *metric = writer->metric;
	const char *const *v = writer->values;
	struct histogram histogram = { 0 };
	value_fn value = writer->shape->value;

	if (metric->type != METRIC_HISTOGRAM) {
		if (!value)
			value = metric->type == METRIC_INFO	 ? one
				: metric->type == METRIC_COUNTER ? assigned
								 : used;
		exposition_sample(&writer->exposition, value(writer->node, writer->range), v[0],
				  v[1], v[2], v[3], v[4], v[5]);
		return;
	}
	histogram.buckets[metric->bounds->count / 2] = (uint64_t)writer->node->assigned;
	histogram.count = (uint64_t)writer->node->assigned;
	histogram.sum = writer->node->assigned * metric->bounds->upper[metric->bounds->count / 2];
	exposition_histogram(&writer->exposition, &histogram, v[0], v[1], v[2]);
}

static bool is_label(const struct writer *writer, size_t at, const char *label)
{
	return writer->metric->labels[at] && !strcmp(writer->metric->labels[at], label);
}

/* Labels that go together: those of a range, whichever of them the metric has. */
static void put_ranges(struct writer *writer, size_t at)
{
	const struct fleet *fleet = writer->node->fleet;
	size_t next;

	for (size_t i = 0; i < writer->node->range_count; i++) {
		const struct sim_range *range = &writer->node->ranges[i];
		bool has_parent = range->kind == BLOCK && writer->node->number < fleet->full_blocks;

		if (!(writer->shape->kinds & range->kind) ||
		    (is_label(writer, 1, "kind") && range->kind == UNRANGED && i % 2))
			continue;
		writer->range = range;
		writer->values[at] = range->name;
		if (is_label(writer, at + 1, "block"))
			writer->values[at] = has_parent ? "pod-range" : "unranged";
		next = at + 1;
		if (is_label(writer, next, "cidr") || is_label(writer, next, "block"))
			writer->values[next++] = range->cidr;
		if (is_label(writer, next, "family"))
			writer->values[next++] = range->family;
		if (is_label(writer, next, "scope")) {
			writer->values[next++] = range->scope;
			writer->values[next++] = range->source;
		}
		put_labels(writer, next);
	}
	writer->range = NULL;
}

/* A label that nobody has thought of here is one series. */
static void put_labels(struct writer *writer, size_t at)
{
	static const char *const unknown[] = { "simulated", NULL };
	const char *enis[] = { writer->node->enis[0], writer->node->enis[1], NULL };
	const char *const capability[] = { writer->shape->capability, NULL };
	const char *label = writer->metric->labels[at];
	const char *const *values;

	if (!label) {
		put_sample(writer);
		return;
	}
	if (!strcmp(label, "range")) {
		put_ranges(writer, at);
		return;
	}
	values = !strcmp(label, "eni") ? enis : fleet_labels_of(label);
	if (writer->shape->label && !strcmp(label, writer->shape->label))
		values = writer->shape->values;
	if (writer->shape->capability && !strcmp(label, "capability"))
		values = capability;
	for (values = values ? values : unknown; *values; values++) {
		writer->values[at] = *values;
		put_labels(writer, at + 1);
	}
}

/* ---- nodes ---- */

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

unsigned int fleet_blocks(const struct fleet *fleet)
{
	unsigned int count = 1;

	while (count < fleet->nodes)
		count *= 2;
	return count;
}

static void make_ranges(struct sim_node *node)
{
	const struct fleet *fleet = node->fleet;
	unsigned int n = node->number, parent_addresses = fleet_blocks(fleet) * 256;
	unsigned int subnet = n >> SUBNET_NODES_SHIFT;
	bool has_parent = n < fleet->full_blocks;
	struct sim_range *r = node->ranges;

	r[0] = (struct sim_range){ PARENT,   "pod-range",      "", "ipv4", "cluster",
				   "config", parent_addresses, 0 };
	snprintf(r[0].cidr, TEXT_SIZE, "10.0.0.0/%d", __builtin_clz(parent_addresses - 1));
	r[1] = (struct sim_range){ BLOCK, "block", "", "ipv4", "node", "cni", 256, 3 };
	snprintf(r[1].cidr, TEXT_SIZE, "%d.%u.%u.0/%d", has_parent ? 10 : 100,
		 (has_parent ? 0 : 64) + n / 256, n % 256, FLEET_BLOCK_PREFIX);
	r[2] = (struct sim_range){ SUBNET,   "",       "",    "ipv4",
				   "subnet", "config", 65536, SUBNET_RESERVED };
	snprintf(r[2].name, TEXT_SIZE, "subnet-%u", subnet);
	snprintf(r[2].cidr, TEXT_SIZE, "172.%u.0.0/16", 16 + subnet);
	r[3] = (struct sim_range){ SIX, "block-v6", "", "ipv6", "node", "cni", ldexp(1, 64), 0 };
	snprintf(r[3].cidr, TEXT_SIZE, "fd00:10:0:%x::/64", n);

	r += fleet->ranges;
	r[0] = (struct sim_range){ UNRANGED, "unranged", "", "ipv4", "", "", 0, 0 };
	r[1] = (struct sim_range){ UNRANGED, "unranged", "", "ipv6", "", "", 0, 0 };
	r[2] = (struct sim_range){ NO_RANGE, "", "", "", "", "", 0, 0 };
	node->range_count = fleet->ranges + 3;
}

static void make_node(const struct fleet *fleet, unsigned int number, double at_s,
		      struct sim_node *node)
{
	uint64_t random = mix(mix(fleet->seed) + number);
	double cycles = at_s / PERIOD_S + (double)(random % 1000) / 1000;
	double whole = floor(cycles), part = (cycles - whole) * 2;

	*node = (struct sim_node){ .fleet = fleet, .number = number };
	node->assigned = BASE + floor(SWING * (whole + fmin(part, 1)));
	node->released = floor(SWING * (whole + fmax(part - 1, 0)));
	node->used = node->assigned - node->released;
	for (unsigned int i = 0; i < array_size(node->enis); i++)
		snprintf(node->enis[i], TEXT_SIZE, "eni-%016lx%u", (unsigned long)random, i);
	make_ranges(node);
}

void fleet_node_write(const struct fleet *fleet, unsigned int number, double at_s, FILE *out)
{
	static const struct shape usual = { .kinds = ALL };
	struct sim_node node;
	struct writer writer = { .exposition = { .out = out }, .node = &node };

	make_node(fleet, number, at_s, &node);
	for (size_t i = 0; metric_row_at(i); i++) {
		bool is_put = false;

		writer.metric = &metric_row_at(i)->metric;
		exposition_family(&writer.exposition, writer.metric);
		for (size_t k = 0; k < array_size(shapes); k++) {
			if (strcmp(shapes[k].name, writer.metric->name) != 0)
				continue;
			writer.shape = &shapes[k];
			put_labels(&writer, 0);
			is_put = true;
		}
		writer.shape = &usual;
		if (!is_put)
			put_labels(&writer, 0);
	}
	exposition_end(&writer.exposition);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/collect_ranges.h"

#include <math.h>

#include "core/capacity/enis.h"
#include "core/capacity/supply.h"
#include "core/forecast/forecast.h"

/* ---- numbers of a range ---- */

double metric_capacity(const struct range *range, const struct usage *usage)
{
	(void)usage;
	return range_capacity(range);
}

double metric_usable(const struct range *range, const struct usage *usage)
{
	(void)usage;
	return range_usable(range);
}

double metric_reserved(const struct range *range, const struct usage *usage)
{
	(void)usage;
	return range->reserved;
}

double metric_used(const struct range *range, const struct usage *usage)
{
	(void)range;
	return (double)usage->used;
}

double metric_free_addresses(const struct range *range, const struct usage *usage)
{
	double left = range_bound(range) - (double)usage->used;

	return left > 0 ? left : 0;
}

/* A range that can have nothing is full. */
double metric_utilization(const struct range *range, const struct usage *usage)
{
	double most = range_bound(range);

	return most > 0 ? (double)usage->used / most : 1;
}

double metric_assigned(const struct range *range, const struct usage *usage)
{
	(void)range;
	return (double)usage->assigned;
}

double metric_released(const struct range *range, const struct usage *usage)
{
	(void)range;
	return (double)usage->released;
}

/* ---- one sample a range, and the addresses outside where the family has them ---- */

struct range_labels {
	const char *name;
	char cidr[PREFIX_TEXT_SIZE];
	const char *family;
};

static void label_range(const struct range *range, struct range_labels *out)
{
	out->name = range->name;
	out->family = ip_family_name(&range->cidr.base);
	prefix_format(&range->cidr, out->cidr);
}

static struct range_labels label_unranged(enum account_family family)
{
	return (struct range_labels){ .name = "unranged",
				      .family = family == ACCOUNT_IPV4 ? "ipv4" : "ipv6" };
}

void metric_each_range(struct exposition *out, const struct metrics_input *input,
		       const struct collector *by)
{
	const struct range_table *ranges = account_ranges(input->account);
	struct range_labels labels;

	for (size_t i = 0; i < range_table_count(ranges); i++) {
		const struct range *range = range_table_at(ranges, i);

		label_range(range, &labels);
		exposition_sample(out, by->of_range(range, account_usage(input->account, i)),
				  labels.name, labels.cidr, labels.family);
	}
	if (!by->has_unranged)
		return;
	for (enum account_family family = 0; family < ACCOUNT_FAMILY_COUNT; family++) {
		labels = label_unranged(family);
		exposition_sample(out, by->of_range(NULL, account_unranged(input->account, family)),
				  labels.name, labels.cidr, labels.family);
	}
}

void metric_reuse(struct exposition *out, const struct metrics_input *input)
{
	const struct range_table *ranges = account_ranges(input->account);
	struct range_labels labels;

	for (size_t i = 0; i < range_table_count(ranges); i++) {
		label_range(range_table_at(ranges, i), &labels);
		exposition_histogram(out, &account_usage(input->account, i)->reuse, labels.name,
				     labels.cidr, labels.family);
	}
	for (enum account_family family = 0; family < ACCOUNT_FAMILY_COUNT; family++) {
		labels = label_unranged(family);
		exposition_histogram(out, &account_unranged(input->account, family)->reuse,
				     labels.name, labels.cidr, labels.family);
	}
}

/* 2^(block - range). Source: FIELD, kube-controller-manager. */
double collect_node_blocks(const struct range *range)
{
	return range->node_prefix ? ldexp(1, range->node_prefix - prefix_family_len(&range->cidr))
				  : NAN;
}

void metric_blocks(struct exposition *out, const struct metrics_input *input)
{
	const struct range_table *ranges = account_ranges(input->account);
	struct range_labels labels;

	for (size_t i = 0; i < range_table_count(ranges); i++) {
		const struct range *range = range_table_at(ranges, i);

		if (!range->node_prefix)
			continue;
		label_range(range, &labels);
		exposition_sample(out, collect_node_blocks(range), labels.name, labels.cidr,
				  labels.family);
	}
}

void metric_range_info(struct exposition *out, const struct metrics_input *input)
{
	const struct range_table *ranges = account_ranges(input->account);

	for (size_t i = 0; i < range_table_count(ranges); i++) {
		const struct range *range = range_table_at(ranges, i);
		char cidr[PREFIX_TEXT_SIZE];

		prefix_format(&range->cidr, cidr);
		exposition_sample(out, 1, range->name, cidr, ip_family_name(&range->cidr.base),
				  range_scope_name(range->scope), range->source);
	}
}

void metric_latency(struct exposition *out, const struct metrics_input *input)
{
	exposition_histogram(out, account_latency(input->account, ACCOUNT_IPV4), "ipv4");
	exposition_histogram(out, account_latency(input->account, ACCOUNT_IPV6), "ipv6");
}

/* ---- blocks of the node ---- */

/* The narrowest range around it that gives blocks to nodes. */
static const struct range *find_parent_range(const struct range_table *ranges,
					     const struct range *block)
{
	for (int i = block->parent; i != RANGE_NONE;) {
		const struct range *range = range_table_at(ranges, (size_t)i);

		if (range->node_prefix)
			return range;
		i = range->parent;
	}
	return NULL;
}

void metric_node_blocks(struct exposition *out, const struct metrics_input *input)
{
	const struct range_table *ranges = account_ranges(input->account);

	for (size_t i = 0; i < range_table_count(ranges); i++) {
		const struct range *block = range_table_at(ranges, i);
		const struct range *parent = find_parent_range(ranges, block);
		char cidr[PREFIX_TEXT_SIZE];

		if (block->scope != RANGE_SCOPE_NODE)
			continue;
		prefix_format(&block->cidr, cidr);
		exposition_sample(out, 1, parent ? parent->name : "unranged", cidr,
				  ip_family_name(&block->cidr.base));
	}
}

/* ---- what EC2 has attached to the node out of the range ---- */

static double pick(const struct eni_sums *sums, enum collect_sum sum)
{
	switch (sum) {
	case SUM_ATTACHED:
		return sums->attached;
	case SUM_ASSIGNED:
		return sums->assigned;
	case SUM_WARM:
		return sums->warm;
	default:
		return sums->cooldown;
	}
}

/* Of ranges out of which nothing is attached there is nothing to say, and of what is assigned only
 * where an IPAM said it. */
double collect_range_sum(const struct metrics_input *input, size_t range, enum collect_sum sum)
{
	const struct eni_sums *sums = input->range_sums ? &input->range_sums[range] : NULL;

	if (!sums || (sums->attached <= 0 && sums->assigned <= 0) ||
	    (sum == SUM_ATTACHED ? sums->attached <= 0 : !input->supply->enis.has_addresses))
		return NAN;
	return pick(sums, sum);
}

static void put_sums(struct exposition *out, const struct metrics_input *input,
		     enum collect_sum sum)
{
	const struct range_table *ranges = account_ranges(input->account);
	struct range_labels labels;

	for (size_t i = 0; i < range_table_count(ranges); i++) {
		double value = collect_range_sum(input, i, sum);

		if (isnan(value))
			continue;
		label_range(range_table_at(ranges, i), &labels);
		exposition_sample(out, value, labels.name, labels.cidr, labels.family);
	}
}

void metric_attached(struct exposition *out, const struct metrics_input *input)
{
	put_sums(out, input, SUM_ATTACHED);
}

void metric_assigned_by_ipam(struct exposition *out, const struct metrics_input *input)
{
	put_sums(out, input, SUM_ASSIGNED);
}

void metric_warm(struct exposition *out, const struct metrics_input *input)
{
	put_sums(out, input, SUM_WARM);
}

void metric_cooldown(struct exposition *out, const struct metrics_input *input)
{
	put_sums(out, input, SUM_COOLDOWN);
}

/* ---- what comes ---- */

double collect_outlook(const struct metrics_input *input, size_t range, enum collect_outlook part)
{
	const struct forecast_answer *answer = input->forecasts ? &input->forecasts[range] : NULL;

	if (!answer)
		return NAN;
	switch (part) {
	case OUTLOOK_SECONDS:
		return answer->is_known ? answer->seconds : NAN;
	case OUTLOOK_CONFIDENCE:
		return answer->is_known ? answer->confidence : NAN;
	case OUTLOOK_HEADROOM:
		return answer->headroom;
	default: /* without a history there is no headroom either */
		return isnan(answer->headroom) ? NAN : answer->assign_per_s;
	}
}

static void put_forecasts(struct exposition *out, const struct metrics_input *input,
			  enum collect_outlook part)
{
	const struct range_table *ranges = account_ranges(input->account);
	struct range_labels labels;

	for (size_t i = 0; i < range_table_count(ranges); i++) {
		double value = collect_outlook(input, i, part);

		if (isnan(value))
			continue;
		label_range(range_table_at(ranges, i), &labels);
		exposition_sample(out, value, labels.name, labels.cidr, labels.family);
	}
}

void metric_time_to_exhaustion(struct exposition *out, const struct metrics_input *input)
{
	put_forecasts(out, input, OUTLOOK_SECONDS);
}

void metric_exhaustion_confidence(struct exposition *out, const struct metrics_input *input)
{
	put_forecasts(out, input, OUTLOOK_CONFIDENCE);
}

void metric_headroom(struct exposition *out, const struct metrics_input *input)
{
	put_forecasts(out, input, OUTLOOK_HEADROOM);
}

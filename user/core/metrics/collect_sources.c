// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/collect_sources.h"

#include <stdio.h>

#include "core/capacity/eni_usage.h"
#include "core/capacity/supply.h"

/* ---- sources ---- */

void metric_source_up(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < input->source_count; i++)
		exposition_sample(out, input->sources[i].is_up, input->sources[i].source);
}

void metric_source_entries(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < input->source_count; i++)
		if (input->sources[i].is_asked)
			exposition_sample(out, (double)input->sources[i].entries,
					  input->sources[i].source);
}

void metric_source_errors(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < input->source_count; i++)
		if (input->sources[i].is_asked)
			exposition_sample(out, (double)input->sources[i].errors,
					  input->sources[i].source);
}

void metric_source_age(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < input->source_count; i++)
		if (input->sources[i].age_s >= 0)
			exposition_sample(out, input->sources[i].age_s, input->sources[i].source);
}

void metric_source_disagreements(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < input->source_count; i++)
		if (input->sources[i].disagreements >= 0)
			exposition_sample(out, input->sources[i].disagreements,
					  input->sources[i].source);
}

/* ---- the node ---- */

void metric_max_pods(struct exposition *out, const struct metrics_input *input)
{
	if (input->supply && input->supply->max_pods)
		exposition_sample(out, input->supply->max_pods);
}

void metric_max_addresses(struct exposition *out, const struct metrics_input *input)
{
	if (input->supply && input->max_addresses > 0)
		exposition_sample(out, input->max_addresses);
}

void metric_node_info(struct exposition *out, const struct metrics_input *input)
{
	const struct supply *supply = input->supply;

	if (supply && (*supply->node_pool || *supply->zone || *supply->instance_type))
		exposition_sample(out, 1, supply->node_pool, supply->zone, supply->instance_type);
}

/* ---- ENIs ---- */

static size_t count_enis(const struct metrics_input *input)
{
	return input->supply && input->eni_usages ? input->supply->enis.eni_count : 0;
}

static const char *role_of(const struct eni *eni)
{
	if (eni->is_primary)
		return "primary";
	return eni->is_trunk ? "trunk" : eni->is_efa ? "efa" : "secondary";
}

void metric_eni_info(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < count_enis(input); i++) {
		const struct eni *eni = &input->supply->enis.enis[i];
		char subnet[PREFIX_TEXT_SIZE] = "", device[12], card[12];

		if (eni->has_subnet)
			prefix_format(&eni->subnet, subnet);
		snprintf(device, sizeof(device), "%u", eni->device);
		snprintf(card, sizeof(card), "%u", eni->card);
		exposition_sample(out, 1, eni->id, eni->subnet_id, subnet, device, card,
				  role_of(eni));
	}
}

void metric_eni_attached(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < count_enis(input); i++)
		exposition_sample(out, input->eni_usages[i].sums.attached,
				  input->supply->enis.enis[i].id);
}

void metric_eni_used(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < count_enis(input); i++)
		exposition_sample(out, input->eni_usages[i].used, input->supply->enis.enis[i].id);
}

/* What is assigned only an IPAM says. */
static size_t count_booked(const struct metrics_input *input)
{
	return input->supply && input->supply->enis.has_addresses ? count_enis(input) : 0;
}

void metric_eni_assigned(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < count_booked(input); i++)
		exposition_sample(out, input->eni_usages[i].sums.assigned,
				  input->supply->enis.enis[i].id);
}

void metric_eni_warm(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < count_booked(input); i++)
		exposition_sample(out, input->eni_usages[i].sums.warm,
				  input->supply->enis.enis[i].id);
}

void metric_eni_cooldown(struct exposition *out, const struct metrics_input *input)
{
	for (size_t i = 0; i < count_booked(input); i++)
		exposition_sample(out, input->eni_usages[i].sums.cooldown,
				  input->supply->enis.enis[i].id);
}

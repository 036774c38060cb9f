// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "cli/base/output.h"
#include "cli/plan/plan.h"
#include "cli/plan/plan_eks_args.h"
#include "cli/plan/plan_print.h"

struct plan {
	const struct eks_args *args;
	struct eks_taken taken[EKS_LOADS_MAX];
};

static double pods_of(const struct eks_subnet *subnet, const struct eks_taken *taken, double nodes)
{
	return subnet->is_for_nodes ? 0 : nodes * taken->pods;
}

/* Of the subnets with that part: evenly spread nodes stop where the first of them is full. */
static int first_full(const struct plan *plan, const struct eks_taken *taken, bool is_for_nodes)
{
	const struct eks_subnet *subnets = plan->args->subnets;
	int first = -1;
	double least = 0;

	for (size_t i = 0; i < plan->args->subnet_count; i++) {
		double nodes = eks_subnet_nodes(&subnets[i], taken);

		if (subnets[i].is_for_nodes != is_for_nodes ||
		    !eks_subnet_taken(&subnets[i], taken) || (first >= 0 && nodes >= least))
			continue;
		first = (int)i;
		least = nodes;
	}
	return first;
}

/* ---- JSON ---- */

static json_t *first_json(const struct plan *plan, const struct eks_taken *taken, bool is_for_nodes)
{
	int first = first_full(plan, taken, is_for_nodes);

	return first < 0 ? json_null() : json_string(plan->args->subnets[first].name);
}

static json_t *load_json(const struct plan *plan, const struct eks_taken *it)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:o, s:o}", "pods",
			 (int)it->pods, "enis", (int)it->enis, "prefixes", (int)it->prefixes,
			 "attached", (int)it->attached, "warm", (int)(it->attached - it->pods),
			 "taken", (int)(it->node_subnet + it->pod_subnet), "taken_from_node_subnet",
			 (int)it->node_subnet, "taken_from_pod_subnet", (int)it->pod_subnet,
			 "first_full", first_json(plan, it, false), "first_full_for_nodes",
			 first_json(plan, it, true));
}

static json_t *subnet_json(const struct plan *plan, const struct eks_subnet *subnet)
{
	json_t *rows = json_array();
	char cidr[PREFIX_TEXT_SIZE];

	prefix_format(&subnet->cidr, cidr);
	for (size_t i = 0; i < plan->args->load_count; i++) {
		const struct eks_taken *taken = &plan->taken[i];
		double nodes = eks_subnet_nodes(subnet, taken);
		unsigned int each = eks_subnet_taken(subnet, taken);

		json_array_append_new(
			rows, json_pack("{s:i, s:o, s:o, s:o, s:o}", "node_pods", (int)taken->pods,
					"nodes", each ? plan_count_json(nodes) : json_null(),
					"pods", plan_count_json(pods_of(subnet, taken, nodes)),
					"taken", plan_count_json(nodes * each), "left",
					plan_count_json(eks_subnet_free(subnet) - nodes * each)));
	}
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "subnet", subnet->name, "cidr",
			 cidr, "for", subnet->is_for_nodes ? "nodes" : "pods", "usable",
			 plan_count_json(eks_subnet_usable(subnet)), "used",
			 plan_count_json(subnet->used), "free",
			 plan_count_json(eks_subnet_free(subnet)), "loads", rows);
}

static int put_json(const struct plan *plan)
{
	const struct eks_node *node = &plan->args->node;
	json_t *loads = json_array(), *subnets = json_array(), *pods, *targets;

	for (size_t i = 0; i < plan->args->load_count; i++)
		json_array_append_new(loads, load_json(plan, &plan->taken[i]));
	for (size_t i = 0; i < plan->args->subnet_count; i++)
		json_array_append_new(subnets, subnet_json(plan, &plan->args->subnets[i]));
	pods = json_pack("{s:i, s:i, s:i, s:i}", "formula", (int)eks_max_pods(node), "cap",
			 (int)eks_cap(node->type.vcpus), "recommended",
			 (int)eks_recommended_pods(node), "kubelet", (int)node->max_pods);
	targets = json_pack("{s:i, s:i, s:i, s:i}", "warm_eni", (int)node->warm_eni, "warm_prefix",
			    (int)node->warm_prefix, "warm_ip", (int)node->warm_ip, "minimum_ip",
			    (int)node->minimum_ip);
	return output_json(json_pack("{s:i, s:s, s:s, s:i, s:i, s:i, s:b, s:b, s:o, s:o, s:o, s:o}",
				     "v", 1, "plan", "eks", "instance_type", node->type.name,
				     "enis", (int)node->type.enis, "ipv4_per_eni",
				     (int)node->type.ipv4, "vcpus", (int)node->type.vcpus,
				     "prefix_delegation", node->has_prefixes, "custom_networking",
				     node->has_custom_networking, "max_pods", pods, "targets",
				     targets, "node", loads, "subnets", subnets));
}

/* ---- table ---- */

static void print_type(const struct eks_node *node)
{
	printf("%s: %u ENI%s with %u IPv4 addresses each", node->type.name, node->type.enis,
	       plan_plural(node->type.enis), node->type.ipv4);
	if (node->type.vcpus)
		printf(", %u vCPU", node->type.vcpus);
	printf("; %s%s\n\n", node->has_prefixes ? "prefixes" : "secondary addresses",
	       node->has_custom_networking ? ", custom networking" : "");
}

static void print_max_pods(const struct eks_node *node)
{
	unsigned int enis = node->type.enis - node->has_custom_networking;
	char formula[64], cap[64];

	snprintf(formula, sizeof(formula),
		 node->has_prefixes ? "%u ENI%s * (%u - 1) * 16 + 2" : "%u ENI%s * (%u - 1) + 2",
		 enis, plan_plural(enis), node->type.ipv4);
	snprintf(cap, sizeof(cap), "at most %u, %s %d vCPU", eks_cap(node->type.vcpus),
		 node->type.vcpus > EKS_CAP_VCPUS ? "above" : "up to", EKS_CAP_VCPUS);
	printf("%-12s %-34s %6u\n", "MAX PODS", formula, eks_max_pods(node));
	printf("%-12s %-34s %6u\n", "recommended", cap, eks_recommended_pods(node));
	printf("%-12s %-34s %6u\n\n", "kubelet's", "of these 2 in the host's network",
	       node->max_pods);
}

static void print_targets(const struct eks_node *node)
{
	if (node->warm_ip || node->minimum_ip)
		printf("WARM_IP_TARGET=%u MINIMUM_IP_TARGET=%u", node->warm_ip, node->minimum_ip);
	else if (node->has_prefixes)
		printf("WARM_PREFIX_TARGET=%u", node->warm_prefix);
	else
		printf("WARM_ENI_TARGET=%u", node->warm_eni);
	puts("");
}

static void print_loads(const struct plan *plan)
{
	const struct eks_node *node = &plan->args->node;

	printf("What a node takes out of %s with ",
	       node->has_custom_networking ? "the pods' subnet" : "its subnet");
	print_targets(node);
	printf("%9s %9s%s %9s %9s %9s%s\n", "PODS", "ENIS", node->has_prefixes ? "  PREFIXES" : "",
	       "ATTACHED", "WARM", "TAKEN", node->has_custom_networking ? "  OF NODES'" : "");
	for (size_t i = 0; i < plan->args->load_count; i++) {
		const struct eks_taken *it = &plan->taken[i];

		printf("%9u %9u", it->pods, it->enis);
		if (node->has_prefixes)
			printf(" %9u", it->prefixes);
		printf(" %9u %9u %9u", it->attached, it->attached - it->pods, it->pod_subnet);
		if (node->has_custom_networking)
			printf(" %10u", it->node_subnet);
		puts("");
	}
}

static void print_load(const struct eks_subnet *subnet, const struct eks_taken *taken)
{
	unsigned int each = eks_subnet_taken(subnet, taken);
	double nodes = eks_subnet_nodes(subnet, taken), pods = pods_of(subnet, taken, nodes);

	if (!each) {
		printf("%9u %9s\n", taken->pods, "no limit");
		return;
	}
	printf("%9u %9.0f %9.0f %9.0f %9.0f", taken->pods, nodes, pods, nodes * each,
	       eks_subnet_free(subnet) - nodes * each);
	plan_bar(plan_style(), pods, subnet->used + nodes * each - pods, eks_subnet_usable(subnet));
	puts("");
}

static void print_subnets(const struct plan *plan)
{
	for (size_t i = 0; i < plan->args->subnet_count; i++) {
		const struct eks_subnet *subnet = &plan->args->subnets[i];
		char cidr[PREFIX_TEXT_SIZE];

		prefix_format(&subnet->cidr, cidr);
		printf("\n%s %s%s: %.0f of %.0f addresses usable", subnet->name, cidr,
		       subnet->is_for_nodes ? " for nodes" : "", eks_subnet_usable(subnet),
		       prefix_size(&subnet->cidr));
		if (subnet->used)
			printf(", %.0f free", eks_subnet_free(subnet));
		printf("\n%9s %9s %9s %9s %9s\n", "PODS/NODE", "NODES", "PODS", "TAKEN", "LEFT");
		for (size_t j = 0; j < plan->args->load_count; j++)
			print_load(subnet, &plan->taken[j]);
	}
}

static void print_first(const struct plan *plan, bool is_for_nodes)
{
	const struct eks_taken *taken = &plan->taken[plan->args->load_count - 1];
	const struct eks_subnet *subnets = plan->args->subnets;
	int first = first_full(plan, taken, is_for_nodes);
	size_t alike = 0;

	for (size_t i = 0; i < plan->args->subnet_count; i++)
		alike += subnets[i].is_for_nodes == is_for_nodes;
	if (first >= 0)
		printf("With %u pods a node, '%s' is full%s at its node %.0f.\n", taken->pods,
		       subnets[first].name, alike > 1 ? " first," : "",
		       eks_subnet_nodes(&subnets[first], taken) + 1);
}

static void print_end(const struct plan *plan)
{
	if (!plan->args->subnet_count)
		return;
	puts(plan_style().has_bars ? "\n[# pods' own, o taken beside that, . left]\n" : "");
	print_first(plan, false);
	print_first(plan, true);
	puts("  EC2 says    InsufficientFreeAddressesInSubnet, or InsufficientCidrBlocks where\n"
	     "              no whole /28 is free for a prefix\n"
	     "  pods say    failed to assign an IP address to container");
	if (plan->args->node.has_prefixes)
		puts("Prefixes are whole /28s. This is the best case: in a subnet in use free\n"
		     "addresses may be in no whole one.");
}

static int run(const struct command *command, int argc, char **argv)
{
	struct eks_args args;
	struct plan plan = { .args = &args };
	int err = eks_args_read(command, argc, argv, &args);

	if (err)
		return output_status(err);
	for (size_t i = 0; i < args.load_count; i++)
		eks_take(&args.node, args.loads[i], &plan.taken[i]);
	if (args.is_json)
		return put_json(&plan);
	print_type(&args.node);
	print_max_pods(&args.node);
	print_loads(&plan);
	print_subnets(&plan);
	print_end(&plan);
	return 0;
}

const struct command cli_plan_eks_command = {
	.name = "eks",
	.parent = "plan",
	.summary = "max pods of an instance type, and nodes that subnets carry",
	.examples =
		"  podip plan eks --instance-type m5.large --subnet 10.0.208.0/24\n"
		"  podip plan eks --instance-type t3.medium --subnet a=10.0.1.0/24,used=30 \\\n"
		"      --subnet b=10.0.2.0/26 --warm-ip-target 2 --minimum-ip-target 12 --pods 10\n"
		"  podip plan eks --instance-type m5.large --prefix-delegation \\\n"
		"      --custom-networking --subnet 100.64.0.0/20 --node-subnet 10.0.1.0/26\n"
		"  podip plan eks --instance-type x9.large --enis 4 --ipv4-per-eni 15 --vcpus 4\n",
	.text = "Most pods of a node, what it takes out of its subnets (a warm pool counts, used\n"
		"or not), and how many such nodes each subnet carries. Of podip.yaml: the ranges\n"
		"with scope subnet.\n",
	.rows = eks_rows,
	.row_count = EKS_ROW_COUNT,
	.run = run,
};

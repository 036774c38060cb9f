// SPDX-License-Identifier: Apache-2.0
#include "cli/plan/plan_eks_args.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/option/option_values.h"
#include "cli/plan/plan_args.h"
#include "core/base/text.h"
#include "source/base/file.h"

enum { TABLE_FILE_MAX = 1 << 20, MAX_PODS_MAX = 1 << 16, GUESS_DISTANCE = 2 };

struct reader {
	struct eks_args args;
	const char *type, *table, *config;
	unsigned int enis, ipv4, vcpus; /* 0: not said */
};

/* A number from 0, such as a target that is not set. */
static int read_target(const char *flag, const char *text, unsigned int max, unsigned int *out)
{
	uint64_t number;
	int err = plan_read_number(flag, text, max, &number);

	if (!err)
		*out = (unsigned int)number;
	return err;
}

/* ---- subnets ---- */

static int check_subnet(const struct eks_args *args, const struct eks_subnet *subnet)
{
	unsigned int len = prefix_family_len(&subnet->cidr);

	if (len < EKS_SUBNET_LEN_MIN || len > EKS_SUBNET_LEN_MAX) {
		fprintf(stderr, "podip: subnet '%s': AWS has /%d to /%d, not /%u\n", subnet->name,
			EKS_SUBNET_LEN_MIN, EKS_SUBNET_LEN_MAX, len);
		return -EINVAL;
	}
	if (args->subnet_count == EKS_SUBNETS_MAX) {
		fprintf(stderr, "podip: more than %d subnets\n", EKS_SUBNETS_MAX);
		return -EINVAL;
	}
	for (size_t i = 0; i < args->subnet_count; i++) {
		if (!strcmp(args->subnets[i].name, subnet->name)) {
			fprintf(stderr, "podip: two subnets are named '%s'\n", subnet->name);
			return -EINVAL;
		}
		if (plan_overlaps(&args->subnets[i].cidr, &subnet->cidr)) {
			fprintf(stderr, "podip: subnets '%s' and '%s' overlap\n",
				args->subnets[i].name, subnet->name);
			return -EINVAL;
		}
	}
	return 0;
}

static int add_subnet(struct eks_args *args, const struct eks_subnet *subnet)
{
	int err = check_subnet(args, subnet);

	if (!err)
		args->subnets[args->subnet_count++] = *subnet;
	return err;
}

static int take_subnet(struct eks_args *args, const char *flag, const char *text, bool is_for_nodes)
{
	struct eks_subnet subnet = { .is_for_nodes = is_for_nodes };
	struct plan_item item;
	int err = plan_read_item(flag, text, &item);

	if (err)
		return err;
	subnet.cidr = item.cidr;
	subnet.used = (double)item.used;
	if (*item.name)
		text_copy(subnet.name, sizeof(subnet.name), item.name);
	else
		snprintf(subnet.name, sizeof(subnet.name), "subnet-%zu", args->subnet_count + 1);
	return add_subnet(args, &subnet);
}

static int take_config(struct reader *reader)
{
	cleanup_config struct config config = { 0 };
	int err = plan_read_config(reader->config, &config);

	for (size_t i = 0; i < config.range_count && !err; i++) {
		const struct range *it = &config.ranges[i];
		struct eks_subnet subnet = { .cidr = it->cidr, .reserved = it->reserved };

		if (it->scope != RANGE_SCOPE_SUBNET || !ip_is_v4(&it->cidr.base))
			continue;
		text_to_line(it->name, subnet.name, sizeof(subnet.name));
		err = add_subnet(&reader->args, &subnet);
	}
	if (!err && reader->config && !reader->args.subnet_count) {
		fprintf(stderr, "podip: %s: no IPv4 range with scope subnet\n", reader->config);
		return -EINVAL;
	}
	return err;
}

/* ---- flags ---- */

static int take_load(struct eks_args *args, const char *text)
{
	if (args->load_count == EKS_LOADS_MAX) {
		fprintf(stderr, "podip: --pods more than %d times\n", EKS_LOADS_MAX);
		return -EINVAL;
	}
	return read_target("--pods", text, MAX_PODS_MAX, &args->loads[args->load_count++]);
}

#define READER ((struct reader *)field)
#define NODE (&READER->args.node)

PLAN_PARSER(parse_enis, plan_read_count("--enis", text, ENI_LIMIT_MAX, &READER->enis))
PLAN_PARSER(parse_ipv4, plan_read_count("--ipv4-per-eni", text, ENI_IPV4_MAX, &READER->ipv4))
PLAN_PARSER(parse_vcpus, plan_read_count("--vcpus", text, ENI_VCPUS_MAX, &READER->vcpus))
PLAN_PARSER(parse_max_pods, plan_read_count("--max-pods", text, MAX_PODS_MAX, &NODE->max_pods))
PLAN_PARSER(parse_warm_eni, read_target("--warm-eni-target", text, EKS_TARGET_MAX, &NODE->warm_eni))
PLAN_PARSER(parse_warm_prefix,
	    read_target("--warm-prefix-target", text, EKS_TARGET_MAX, &NODE->warm_prefix))
PLAN_PARSER(parse_warm_ip, read_target("--warm-ip-target", text, EKS_TARGET_MAX, &NODE->warm_ip))
PLAN_PARSER(parse_minimum_ip,
	    read_target("--minimum-ip-target", text, EKS_TARGET_MAX, &NODE->minimum_ip))
PLAN_PARSER(parse_load, take_load(&READER->args, text))
PLAN_PARSER(parse_subnet, take_subnet(&READER->args, "--subnet", text, false))
PLAN_PARSER(parse_node_subnet, take_subnet(&READER->args, "--node-subnet", text, true))

const struct option_row eks_rows[] = {
	{ .flag = "instance-type",
	  .arg = "TYPE",
	  .help = "the built-in table has the common ones",
	  .expected = "a text",
	  .parse = option_borrow,
	  .offset = offsetof(struct reader, type) },
	{ .flag = "eni-table",
	  .arg = "FILE",
	  .help = "others: lines 'TYPE ENIS IPV4_PER_ENI VCPUS'",
	  .expected = "a text",
	  .parse = option_borrow,
	  .offset = offsetof(struct reader, table) },
	{ .flag = "enis",
	  .arg = "N",
	  .help = "in place of what the tables say",
	  .parse = parse_enis },
	{ .flag = "ipv4-per-eni",
	  .arg = "N",
	  .help = "in place of what the tables say",
	  .parse = parse_ipv4 },
	{ .flag = "vcpus",
	  .arg = "N",
	  .help = "in place of what the tables say",
	  .parse = parse_vcpus },
	{ .flag = "prefix-delegation",
	  .help = "/28 prefixes in place of secondary addresses",
	  .parse = option_switch,
	  .offset = offsetof(struct reader, args.node.has_prefixes) },
	{ .flag = "custom-networking",
	  .help = "pods get nothing of the primary ENI",
	  .parse = option_switch,
	  .offset = offsetof(struct reader, args.node.has_custom_networking) },
	{ .flag = "max-pods",
	  .arg = "N",
	  .help = "the kubelet's; as recommended if not said",
	  .parse = parse_max_pods },
	{ .flag = "pods",
	  .arg = "N",
	  .help = "pods with an address of their own on a node; none, half and full if not said",
	  .parse = parse_load,
	  .list_max = OPTION_LIST_MAX },
	{ .flag = "subnet",
	  .arg = "NAME=CIDR,used=N",
	  .help = "for pods and, without custom networking, nodes; CIDR alone will do; used: addresses that others have",
	  .parse = parse_subnet,
	  .list_max = OPTION_LIST_MAX },
	{ .flag = "node-subnet",
	  .arg = "NAME=CIDR,used=N",
	  .help = "for nodes, with custom networking",
	  .parse = parse_node_subnet,
	  .list_max = OPTION_LIST_MAX },
	{ .flag = "warm-eni-target",
	  .arg = "N",
	  .fallback = "1",
	  .help = "ENIs kept warm",
	  .parse = parse_warm_eni },
	{ .flag = "warm-prefix-target",
	  .arg = "N",
	  .fallback = "1",
	  .help = "prefixes kept warm",
	  .parse = parse_warm_prefix },
	{ .flag = "warm-ip-target",
	  .arg = "N",
	  .fallback = "0",
	  .help = "overrides both; 0: not set",
	  .parse = parse_warm_ip },
	{ .flag = "minimum-ip-target",
	  .arg = "N",
	  .fallback = "0",
	  .help = "overrides both; 0: not set",
	  .parse = parse_minimum_ip },
	PLAN_CONFIG_ROW(struct reader, config),
	PLAN_OUTPUT_ROW(struct reader, args.is_json),
};

_Static_assert(array_size(eks_rows) == EKS_ROW_COUNT, "a row more or less");

/* ---- the instance type ---- */

static int read_table(const char *path, struct eni_table **out)
{
	cleanup_free char *text = NULL;
	char error[ENI_ERROR_SIZE] = "out of memory";
	size_t size;
	int err = file_read(path, TABLE_FILE_MAX, &text, &size);

	if (err) {
		fprintf(stderr, "podip: cannot read '%s': %s\n", path, file_strerror(err));
		return -EINVAL;
	}
	err = eni_table_parse(text, size, out, error);
	if (err)
		fprintf(stderr, "podip: %s:%s\n", path, error);
	return err ? -EINVAL : 0;
}

static const char *guess(const char *name)
{
	size_t least = GUESS_DISTANCE + 1;
	const char *best = NULL;

	for (size_t i = 0; i < eni_type_count(); i++) {
		size_t distance = option_distance(name, eni_type_at(i)->name);

		if (distance < least) {
			least = distance;
			best = eni_type_at(i)->name;
		}
	}
	return best;
}

static int blame_type(const char *name)
{
	const char *meant = guess(name);

	fprintf(stderr, "podip: instance type '%s' is not known%s%s%s\n", name,
		meant ? ", is '" : "", meant ? meant : "", meant ? "' meant?" : "");
	fputs("podip: give its limits with --enis E --ipv4-per-eni I --vcpus N, or with\n"
	      "podip: --eni-table FILE, a line 'TYPE ENIS IPV4_PER_ENI VCPUS'; E and I are\n"
	      "podip: MaximumNetworkInterfaces and Ipv4AddressesPerInterface, NetworkInfo of\n"
	      "podip: aws ec2 describe-instance-types --instance-types TYPE\n",
	      stderr);
	return -EINVAL;
}

static int choose_type(const struct reader *reader, struct eni_type *out)
{
	cleanup_eni_table struct eni_table *table = NULL;
	bool has_limits = reader->enis && reader->ipv4;
	const struct eni_type *found = NULL;
	int err = reader->table ? read_table(reader->table, &table) : 0;

	if (err)
		return err;
	if (!reader->type && !has_limits) {
		fputs("podip: which node? --instance-type TYPE, or --enis E --ipv4-per-eni I\n",
		      stderr);
		return -EINVAL;
	}
	if (reader->type && table)
		found = eni_table_find(table, reader->type);
	if (reader->type && !found)
		found = eni_type_find(reader->type);
	if (!found && !has_limits)
		return blame_type(reader->type);

	*out = found ? *found : (struct eni_type){ 0 };
	text_to_line(reader->type ? reader->type : "this type", out->name, sizeof(out->name));
	out->enis = reader->enis ? reader->enis : out->enis;
	out->ipv4 = reader->ipv4 ? reader->ipv4 : out->ipv4;
	out->vcpus = reader->vcpus ? reader->vcpus : out->vcpus;
	return out->ipv4 < ENI_IPV4_MIN ? plan_complain("--ipv4-per-eni", "1", "2 or more") : 0;
}

static int check_loads(struct eks_args *args)
{
	unsigned int full = eks_full_pods(&args->node);

	if (!args->load_count) {
		args->loads[1] = full / 2;
		args->loads[2] = full;
		args->load_count = 3;
	}
	for (size_t i = 0; i < args->load_count; i++)
		if (args->loads[i] > args->node.max_pods) {
			fprintf(stderr, "podip: --pods: %u are more than the node's max pods, %u\n",
				args->loads[i], args->node.max_pods);
			return -EINVAL;
		}
	return 0;
}

static int complete(struct reader *reader)
{
	struct eks_args *args = &reader->args;
	int err = choose_type(reader, &args->node.type);

	if (!err)
		err = take_config(reader);
	if (err)
		return err;
	if (!args->node.max_pods)
		args->node.max_pods = eks_recommended_pods(&args->node);
	for (size_t i = 0; i < args->subnet_count; i++)
		if (args->subnets[i].is_for_nodes && !args->node.has_custom_networking) {
			fputs("podip: --node-subnet is for --custom-networking; without, pods and\n"
			      "podip: nodes share each --subnet\n",
			      stderr);
			return -EINVAL;
		}
	return check_loads(args);
}

int eks_args_read(const struct command *command, int argc, char **argv, struct eks_args *out)
{
	struct reader reader = { 0 };
	int result = command_read(command, argc, argv, &reader, NULL);

	if (!result)
		result = complete(&reader);
	if (result)
		return result;
	*out = reader.args;
	return COMMAND_RUN;
}

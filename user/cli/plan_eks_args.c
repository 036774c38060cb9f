// SPDX-License-Identifier: Apache-2.0
#include "cli/plan_eks_args.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/option_values.h"
#include "cli/plan_args.h"
#include "core/text.h"
#include "source/file.h"

static const char help[] =
	"  podip plan eks --instance-type m5.large --subnet 10.0.208.0/24\n"
	"  podip plan eks --instance-type t3.medium --subnet a=10.0.1.0/24,used=30 \\\n"
	"      --subnet b=10.0.2.0/26 --warm-ip-target 2 --minimum-ip-target 12 --pods 10\n"
	"  podip plan eks --instance-type m5.large --prefix-delegation \\\n"
	"      --custom-networking --subnet 100.64.0.0/20 --node-subnet 10.0.1.0/26\n"
	"  podip plan eks --instance-type x9.large --enis 4 --ipv4-per-eni 15 --vcpus 4\n\n"
	"Most pods of a node, what it takes out of its subnets (a warm pool counts, used\n"
	"or not), and how many such nodes each subnet carries.\n\n"
	"      --instance-type TYPE    the built-in table has the common ones\n"
	"      --eni-table FILE        others: lines 'TYPE ENIS IPV4_PER_ENI VCPUS'\n"
	"      --enis N, --ipv4-per-eni N, --vcpus N\n"
	"                              in place of what the tables say\n"
	"      --prefix-delegation     /28 prefixes in place of secondary addresses\n"
	"      --custom-networking     pods get nothing of the primary ENI\n"
	"      --max-pods N            the kubelet's [as recommended]\n"
	"      --pods N                pods with an address of their own on a node;\n"
	"                              repeatable [none, half, full]\n"
	"      --subnet [NAME=]CIDR[,used=N]\n"
	"                              for pods and, without custom networking, nodes;\n"
	"                              used: addresses that others have; repeatable\n"
	"      --node-subnet [NAME=]CIDR[,used=N]\n"
	"                              for nodes, with custom networking; repeatable\n"
	"      --warm-eni-target N     [1]\n"
	"      --warm-prefix-target N  [1]\n"
	"      --warm-ip-target N      overrides both [0, not set]\n"
	"      --minimum-ip-target N   overrides both [0, not set]\n"
	"  -f, --config FILE           the ranges of podip.yaml with scope subnet, too\n"
	"  -o, --output table|json     [table]\n"
	"  -h, --help\n";

enum {
	FLAG_TYPE = 256,
	FLAG_TABLE,
	FLAG_ENIS,
	FLAG_IPV4,
	FLAG_VCPUS,
	FLAG_PREFIXES,
	FLAG_CUSTOM,
	FLAG_MAX_PODS,
	FLAG_PODS,
	FLAG_SUBNET,
	FLAG_NODE_SUBNET,
	FLAG_WARM_ENI,
	FLAG_WARM_PREFIX,
	FLAG_WARM_IP,
	FLAG_MINIMUM_IP,
};

static const struct option flags[] = {
	{ "instance-type", required_argument, NULL, FLAG_TYPE },
	{ "eni-table", required_argument, NULL, FLAG_TABLE },
	{ "enis", required_argument, NULL, FLAG_ENIS },
	{ "ipv4-per-eni", required_argument, NULL, FLAG_IPV4 },
	{ "vcpus", required_argument, NULL, FLAG_VCPUS },
	{ "prefix-delegation", no_argument, NULL, FLAG_PREFIXES },
	{ "custom-networking", no_argument, NULL, FLAG_CUSTOM },
	{ "max-pods", required_argument, NULL, FLAG_MAX_PODS },
	{ "pods", required_argument, NULL, FLAG_PODS },
	{ "subnet", required_argument, NULL, FLAG_SUBNET },
	{ "node-subnet", required_argument, NULL, FLAG_NODE_SUBNET },
	{ "warm-eni-target", required_argument, NULL, FLAG_WARM_ENI },
	{ "warm-prefix-target", required_argument, NULL, FLAG_WARM_PREFIX },
	{ "warm-ip-target", required_argument, NULL, FLAG_WARM_IP },
	{ "minimum-ip-target", required_argument, NULL, FLAG_MINIMUM_IP },
	{ "config", required_argument, NULL, PLAN_FLAG_CONFIG },
	{ "output", required_argument, NULL, PLAN_FLAG_OUTPUT },
	{ "help", no_argument, NULL, PLAN_FLAG_HELP },
	{ 0 },
};

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

static int take_number(int flag, const char *value, struct reader *reader)
{
	struct eks_node *node = &reader->args.node;

	switch (flag) {
	case FLAG_ENIS:
		return plan_read_count("--enis", value, ENI_LIMIT_MAX, &reader->enis);
	case FLAG_IPV4:
		return plan_read_count("--ipv4-per-eni", value, ENI_IPV4_MAX, &reader->ipv4);
	case FLAG_VCPUS:
		return plan_read_count("--vcpus", value, ENI_VCPUS_MAX, &reader->vcpus);
	case FLAG_MAX_PODS:
		return plan_read_count("--max-pods", value, MAX_PODS_MAX, &node->max_pods);
	case FLAG_WARM_ENI:
		return read_target("--warm-eni-target", value, EKS_TARGET_MAX, &node->warm_eni);
	case FLAG_WARM_PREFIX:
		return read_target("--warm-prefix-target", value, EKS_TARGET_MAX,
				   &node->warm_prefix);
	case FLAG_WARM_IP:
		return read_target("--warm-ip-target", value, EKS_TARGET_MAX, &node->warm_ip);
	default:
		return read_target("--minimum-ip-target", value, EKS_TARGET_MAX, &node->minimum_ip);
	}
}

static int take_flag(int flag, const char *value, struct reader *reader)
{
	switch (flag) {
	case FLAG_TYPE:
		reader->type = value;
		return 0;
	case FLAG_TABLE:
		reader->table = value;
		return 0;
	case FLAG_PREFIXES:
		reader->args.node.has_prefixes = true;
		return 0;
	case FLAG_CUSTOM:
		reader->args.node.has_custom_networking = true;
		return 0;
	case FLAG_PODS:
		return take_load(&reader->args, value);
	case FLAG_SUBNET:
		return take_subnet(&reader->args, "--subnet", value, false);
	case FLAG_NODE_SUBNET:
		return take_subnet(&reader->args, "--node-subnet", value, true);
	case PLAN_FLAG_CONFIG:
		reader->config = value;
		return 0;
	case PLAN_FLAG_OUTPUT:
		return plan_read_output(value, &reader->args.is_json);
	default:
		return take_number(flag, value, reader);
	}
}

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

int eks_args_read(int argc, char **argv, struct eks_args *out)
{
	struct reader reader = { .args.node = { .warm_eni = 1, .warm_prefix = 1 } };
	int c, err;

	argv[0] = "podip"; /* whom getopt_long() speaks for */
	optind = 0;
	while ((c = getopt_long(argc, argv, PLAN_SHORT_FLAGS, flags, NULL)) >= 0) {
		if (c == PLAN_FLAG_HELP) {
			fputs(help, stdout);
			return EKS_ARGS_EXIT;
		}
		err = c == '?' ? -EINVAL : take_flag(c, optarg, &reader);
		if (err)
			return err;
	}
	if (optind < argc) {
		fprintf(stderr, "podip: unexpected argument '%s'\n", argv[optind]);
		return -EINVAL;
	}
	err = complete(&reader);
	if (err)
		return err;
	*out = reader.args;
	return EKS_ARGS_RUN;
}

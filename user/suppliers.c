// SPDX-License-Identifier: Apache-2.0
#include "suppliers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/capacity/eni_usage.h"
#include "core/capacity/supply.h"
#include "log.h"
#include "loop.h"
#include "requests.h"
#include "source/cloud/gce.h"
#include "source/cloud/imds.h"
#include "source/cloud/ipamd.h"
#include "source/kube/cilium_node.h"
#include "source/kube/kube_node.h"
#include "source/supplier/calico.h"
#include "source/supplier/flannel.h"
#include "source/supplier/local_suppliers.h"

/* In order of precedence: what people wrote down, then what an IPAM on this node obeys, then what
 * the cluster says of the node, then what the cloud says of the machine. */
static const struct supplier_kind *const kinds[] = {
	&config_supplier,      &cni_supplier,	&calico_supplier, &flannel_supplier,
	&cilium_node_supplier, &ipamd_supplier, &ipam_supplier,	  &kube_node_supplier,
	&gce_supplier,	       &imds_supplier,
};

enum { KIND_COUNT = array_size(kinds) };

_Static_assert(array_size(kinds) <= SUPPLY_VOICES_MAX, "more sources than voices");

struct slot {
	struct suppliers *suppliers;
	const struct supplier_kind *kind;
	void *supplier;
	uint64_t version; /* of what was merged */
};

struct suppliers {
	struct suppliers_config config;
	struct fetcher *fetcher; /* NULL: nobody is to be asked over the network, or nobody can */
	int timer;
	struct slot slots[KIND_COUNT]; /* those that are asked */
	size_t slot_count;
	bool has_merged;
	struct supply supply;
	uint64_t ranges_dropped;
	struct eni_sums *sums; /* of the last measure */
	struct eni_usage *usages;
};

const char *suppliers_name(size_t index)
{
	return index < KIND_COUNT ? kinds[index]->name : NULL;
}

static const struct slot *find_slot(const struct suppliers *suppliers,
				    const struct supplier_kind *kind)
{
	for (size_t i = 0; i < suppliers->slot_count; i++)
		if (suppliers->slots[i].kind == kind)
			return &suppliers->slots[i];
	return NULL;
}

/* ---- what they say together ---- */

static int merge(struct suppliers *suppliers)
{
	cleanup_range_table struct range_table *ranges = NULL;
	struct supply_voice voices[KIND_COUNT];
	struct supply supply;
	int err;

	for (size_t i = 0; i < suppliers->slot_count; i++) {
		const struct slot *slot = &suppliers->slots[i];

		voices[i] = (struct supply_voice){ slot->kind->name,
						   slot->kind->capacity(slot->supplier) };
	}
	err = supply_merge(voices, suppliers->slot_count, &supply, &ranges);
	if (err)
		return err;
	supply_clear(&suppliers->supply);
	suppliers->supply = supply;
	suppliers->ranges_dropped = range_table_dropped(ranges);
	suppliers->config.on_ranges(take_ptr(ranges), suppliers->config.ctx);
	return 0;
}

/* ---- asking ---- */

static int turn(struct suppliers *suppliers)
{
	uint64_t now_ns = loop_now_ns(), next_ns = SUPPLIER_NEVER;
	bool is_changed = !suppliers->has_merged;
	int err = 0;

	for (size_t i = 0; i < suppliers->slot_count; i++) {
		struct slot *slot = &suppliers->slots[i];
		uint64_t due_ns = slot->kind->turn(slot->supplier, now_ns);
		uint64_t version = slot->kind->version(slot->supplier);

		if (due_ns < next_ns)
			next_ns = due_ns;
		is_changed |= take(slot->version, version) != version;
	}
	if (is_changed)
		err = merge(suppliers);
	if (err)
		log_err(err, "cannot use what the sources say of ranges, ignoring");
	suppliers->has_merged = !err;
	if (next_ns == SUPPLIER_NEVER)
		return loop_timer_set(suppliers->timer, 0);
	return loop_timer_set(suppliers->timer, next_ns > now_ns ? next_ns - now_ns : 1);
}

static int on_timer(void *ctx)
{
	struct suppliers *suppliers = ctx;

	loop_timer_read(suppliers->timer);
	return turn(suppliers);
}

static int on_fetched(void *ctx)
{
	return turn(ctx);
}

static int on_readable(void *ctx)
{
	const struct slot *slot = ctx;

	return turn(slot->suppliers);
}

int suppliers_start(struct suppliers *suppliers)
{
	int err = turn(suppliers);

	return !err && !suppliers->has_merged ? -ENOMEM : err;
}

void suppliers_refresh(struct suppliers *suppliers)
{
	turn(suppliers);
}

int suppliers_set_ranges(struct suppliers *suppliers, const struct range_list *ranges)
{
	const struct slot *slot = find_slot(suppliers, &config_supplier);
	int err = slot ? config_supplier_set(slot->supplier, ranges) : 0;

	return err ? err : turn(suppliers);
}

/* ---- life ---- */

static bool is_off(const struct suppliers_config *config, const char *name)
{
	for (size_t i = 0; i < config->off_count; i++)
		if (!strcmp(config->off[i], name))
			return true;
	return false;
}

static bool has_url(const struct supplier_settings *settings)
{
	const char *const urls[] = { settings->kubernetes_url, settings->gce_url,
				     settings->imds_url, settings->ipamd_url };

	for (size_t i = 0; i < array_size(urls); i++)
		if (urls[i] && *urls[i])
			return true;
	return false;
}

static int open_one(struct suppliers *suppliers, const struct supplier_kind *kind,
		    struct loop *loop)
{
	struct slot *slot = &suppliers->slots[suppliers->slot_count];
	const struct suppliers_config *config = &suppliers->config;
	struct supplier_config supplier = config->supplier;
	int fd, err;

	if (is_off(config, kind->name))
		return 0;
	supplier.fetcher = suppliers->fetcher;
	if (kind->needs_network && !supplier.fetcher)
		return 0;
	err = kind->open(&supplier, &slot->supplier);
	if (err < 0)
		log_err(err, "cannot open source '%s', ignoring", kind->name);
	if (err)
		return err == -ENOMEM ? err : 0;
	slot->suppliers = suppliers;
	slot->kind = kind;
	suppliers->slot_count++;
	fd = kind->fd ? kind->fd(slot->supplier) : -1;
	return fd < 0 ? 0 : loop_add(loop, fd, on_readable, slot);
}

int suppliers_open(const struct suppliers_config *config, struct loop *loop, struct suppliers **out)
{
	cleanup_suppliers struct suppliers *suppliers = calloc(1, sizeof(*suppliers));
	int err = 0;

	if (!suppliers)
		return -ENOMEM;
	suppliers->config = *config;
	suppliers->timer = loop_timer_open();
	if (suppliers->timer < 0)
		return log_err(suppliers->timer, "cannot open a timer");
	err = loop_add(loop, suppliers->timer, on_timer, suppliers);
	/* Without it those that need the network are down, and the rest goes on. */
	if (has_url(config->supplier.settings))
		suppliers->fetcher = requests_use(config->requests, on_fetched, suppliers);
	for (size_t i = 0; !err && i < KIND_COUNT; i++)
		err = open_one(suppliers, kinds[i], loop);
	if (err)
		return log_err(err, "cannot ask the sources");
	*out = take_ptr(suppliers);
	return 0;
}

void suppliers_close(struct suppliers *suppliers)
{
	if (!suppliers)
		return;
	for (size_t i = 0; i < suppliers->slot_count; i++)
		suppliers->slots[i].kind->close(suppliers->slots[i].supplier);
	supply_clear(&suppliers->supply);
	free(suppliers->sums);
	free(suppliers->usages);
	close_fd(suppliers->timer);
	free(suppliers);
}

/* ---- numbers ---- */

static void measure_sources(const struct suppliers *suppliers, struct metrics_input *out)
{
	uint64_t now_ns = loop_now_ns();

	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct slot *slot = find_slot(suppliers, kinds[i]);
		struct metrics_source source = { .source = kinds[i]->name,
						 .age_s = -1,
						 .disagreements = -1 };
		struct supplier_status status;

		if (slot) {
			status = slot->kind->status(slot->supplier);
			source.is_asked = true;
			source.is_up = status.is_up;
			source.entries = status.entries;
			source.errors = status.errors;
			source.disagreements =
				suppliers->supply.disagreements[slot - suppliers->slots];
			if (status.good_ns)
				source.age_s = now_ns > status.good_ns
						       ? (double)(now_ns - status.good_ns) / 1e9
						       : 0;
		}
		collect_put_source(out, &source);
	}
}

/* Nothing is told of ENIs where memory is short. */
static void measure_enis(struct suppliers *suppliers, const struct account *account,
			 struct metrics_input *out)
{
	const struct enis *enis = &suppliers->supply.enis;
	const struct range_table *ranges = account_ranges(account);
	const struct eni_type *type = eni_type_find(suppliers->supply.instance_type);
	int64_t now_ns = suppliers->config.supplier.wall_ns();
	size_t count = range_table_count(ranges);

	free(take_ptr(suppliers->sums));
	free(take_ptr(suppliers->usages));
	if (!enis->eni_count && !enis->address_count)
		return;
	suppliers->sums = calloc(count + 1, sizeof(*suppliers->sums));
	if (!suppliers->sums || eni_usage_new(enis, account, now_ns, &suppliers->usages))
		return;
	for (size_t i = 0; i < count; i++)
		suppliers->sums[i] = enis_sum(enis, &range_table_at(ranges, i)->cidr, now_ns);
	out->range_sums = suppliers->sums;
	out->eni_usages = suppliers->usages;
	out->max_addresses = type ? eni_usage_max(enis, type) : 0;
}

void suppliers_measure(struct suppliers *suppliers, const struct account *account,
		       struct metrics_input *out)
{
	out->supply = &suppliers->supply;
	measure_sources(suppliers, out);
	measure_enis(suppliers, account, out);
	collect_add_loss(out, "ranges_full", suppliers->ranges_dropped);
	collect_add_table(out, "enis", (double)suppliers->supply.enis.eni_count, ENIS_MAX);
	collect_add_table(out, "eni_blocks", (double)suppliers->supply.enis.block_count,
			  ENI_BLOCKS_MAX);
	collect_add_table(out, "eni_addresses", (double)suppliers->supply.enis.address_count,
			  ENI_ADDRESSES_MAX);
	collect_add_loss(out, "enis_full", suppliers->supply.enis.dropped);
}

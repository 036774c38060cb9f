// SPDX-License-Identifier: Apache-2.0
#include "source/supplier/local_suppliers.h"

#include <errno.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/books/lease.h"
#include "source/cni/cni.h"
#include "source/cni/ipam_json.h"

struct local {
	struct supplier_config config;
	struct capacity capacity;
	uint64_t version;
	uint64_t due_ns;
	uint64_t good_ns; /* all was well when it was looked at; 0 not yet */
};

/* -ENOMEM leaves what was. */
static int replace(struct local *local, struct capacity *fresh)
{
	if (capacity_is_equal(&local->capacity, fresh))
		return 0;
	capacity_clear(&local->capacity);
	local->capacity = *fresh;
	*fresh = (struct capacity){ 0 };
	local->version++;
	return 0;
}

static int add_ranges(const struct range_list *list, struct capacity *out)
{
	for (size_t i = 0; i < list->count; i++)
		if (capacity_add_range(out, &list->ranges[i]) == -ENOMEM)
			return -ENOMEM;
	return 0;
}

static void close_local(void *supplier)
{
	struct local *local = supplier;

	if (!local)
		return;
	capacity_clear(&local->capacity);
	free(local);
}

DEFINE_CLEANUP(local, struct local *, close_local)
#define cleanup_local cleanup(cleanup_local_fn)

static int open_local(const struct supplier_config *config, int (*read)(struct local *local),
		      void **out)
{
	cleanup_local struct local *local = calloc(1, sizeof(*local));
	int err;

	if (!local)
		return -ENOMEM;
	local->config = *config;
	err = read(local);
	if (err)
		return err;
	*out = take_ptr(local);
	return 0;
}

static const struct capacity *capacity_of(const void *supplier)
{
	const struct local *local = supplier;

	return &local->capacity;
}

static uint64_t version_of(const void *supplier)
{
	const struct local *local = supplier;

	return local->version;
}

/* ---- the configuration ---- */

static int read_config(struct local *local)
{
	cleanup_capacity struct capacity fresh = { 0 };
	int err = add_ranges(&local->config.ranges, &fresh);

	return err ? err : replace(local, &fresh);
}

static int open_config(const struct supplier_config *config, void **out)
{
	return open_local(config, read_config, out);
}

int config_supplier_set(void *supplier, const struct range_list *ranges)
{
	struct local *local = supplier;
	struct range_list before = take(local->config.ranges, *ranges);
	int err = read_config(local);

	if (err)
		local->config.ranges = before;
	return err;
}

static uint64_t turn_config(void *supplier, uint64_t now_ns)
{
	(void)supplier;
	(void)now_ns;
	return SUPPLIER_NEVER;
}

static struct supplier_status status_of_config(const void *supplier)
{
	const struct local *local = supplier;

	return (struct supplier_status){ .is_up = true, .entries = local->capacity.range_count };
}

const struct supplier_kind config_supplier = { .name = "config",
					       .open = open_config,
					       .close = close_local,
					       .turn = turn_config,
					       .capacity = capacity_of,
					       .version = version_of,
					       .status = status_of_config };

/* ---- the CNI's files: whoever has them calls suppliers_refresh() ---- */

static int read_cni(struct local *local)
{
	cleanup_capacity struct capacity fresh = { 0 };
	const struct range_list ranges = cni_ranges(local->config.cni);
	int err = add_ranges(&ranges, &fresh);

	text_copy(fresh.pod_cidr_network, sizeof(fresh.pod_cidr_network),
		  cni_pod_cidr_network(local->config.cni));
	return err ? err : replace(local, &fresh);
}

static int open_cni(const struct supplier_config *config, void **out)
{
	return config->cni ? open_local(config, read_cni, out) : 1;
}

static uint64_t turn_cni(void *supplier, uint64_t now_ns)
{
	struct local *local = supplier;
	struct cni_stats stats = cni_stats(local->config.cni);

	read_cni(local);
	if (stats.files && !stats.bad)
		local->good_ns = now_ns;
	return SUPPLIER_NEVER;
}

static struct supplier_status status_of_cni(const void *supplier)
{
	const struct local *local = supplier;
	struct cni_stats stats = cni_stats(local->config.cni);

	return (struct supplier_status){ .is_up = stats.files > 0,
					 .entries = local->capacity.range_count,
					 .errors = stats.errors + stats.skipped,
					 .good_ns = local->good_ns };
}

const struct supplier_kind cni_supplier = { .name = "cni",
					    .open = open_cni,
					    .close = close_local,
					    .turn = turn_cni,
					    .capacity = capacity_of,
					    .version = version_of,
					    .status = status_of_cni };

/* ---- ipam.json ---- */

/* Nobody knows the ENIs here: their addresses belong to none. */
static int read_ipam(struct local *local)
{
	cleanup_capacity struct capacity fresh = { 0 };
	cleanup_lease_list struct lease_list leases = { 0 };
	int err = ipam_json_read(local->config.ipam, &leases);

	for (size_t i = 0; !err && i < leases.count; i++) {
		const struct eni_address address = { .ip = leases.leases[i].ip,
						     .eni = ENI_NONE,
						     .is_assigned = true };

		err = enis_add_address(&fresh.enis, &address);
		if (err == -ENOSPC)
			err = 0;
	}
	fresh.enis.has_addresses = ipam_json_stats(local->config.ipam).is_known;
	return err ? err : replace(local, &fresh);
}

static int open_ipam(const struct supplier_config *config, void **out)
{
	return config->ipam ? open_local(config, read_ipam, out) : 1;
}

static uint64_t turn_ipam(void *supplier, uint64_t now_ns)
{
	struct local *local = supplier;

	if (now_ns >= local->due_ns) {
		read_ipam(local);
		if (ipam_json_stats(local->config.ipam).is_up)
			local->good_ns = now_ns;
		local->due_ns = now_ns + local->config.settings->period_ns;
	}
	return local->due_ns;
}

static struct supplier_status status_of_ipam(const void *supplier)
{
	const struct local *local = supplier;
	struct ipam_json_stats stats = ipam_json_stats(local->config.ipam);

	return (struct supplier_status){ .is_up = stats.is_up,
					 .entries = stats.entries,
					 .errors = stats.errors + stats.skipped,
					 .good_ns = local->good_ns };
}

const struct supplier_kind ipam_supplier = { .name = "ipam",
					     .open = open_ipam,
					     .close = close_local,
					     .turn = turn_ipam,
					     .capacity = capacity_of,
					     .version = version_of,
					     .status = status_of_ipam };

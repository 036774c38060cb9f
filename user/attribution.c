// SPDX-License-Identifier: Apache-2.0
#include "attribution.h"

#include <errno.h>
#include <stdlib.h>

#include "log.h"
#include "source/base/proc.h"
#include "source/cni/ipam_json.h"

struct attribution {
	struct attribution_config config;
	struct cni *cni;
	struct ipam_json *ipam;
	struct identities *identities;
	struct processes processes; /* of the last survey */
	uint64_t refused; /* processes whose namespace could not be read, ever */
	bool has_surveyed; /* processes are looked at when the files do not tell */
};

/* ---- claims ---- */

static void claim_result(const struct cni_pod *pod, void *ctx)
{
	struct attribution *attribution = ctx;

	for (size_t i = 0; i < pod->netns_count; i++)
		identities_claim(attribution->identities, pod->netns[i], IDENTITY_CNI_CACHE,
				 &pod->pod);
	/* Results of old versions name no namespace. */
	for (size_t i = 0; !pod->netns_count && !pod->is_gone && i < pod->ip_count; i++)
		identities_claim_ip(attribution->identities, &pod->ips[i], IDENTITY_CNI_CACHE,
				    &pod->pod);
}

static void claim_results(struct attribution *attribution)
{
	identities_withdraw_ips(attribution->identities, IDENTITY_CNI_CACHE);
	cni_each_result(attribution->cni, claim_result, attribution);
}

static void claim_allocations(struct attribution *attribution)
{
	cleanup_lease_list struct lease_list leases = { 0 };

	if (ipam_json_read(attribution->ipam, &leases))
		return;
	identities_withdraw_ips(attribution->identities, IDENTITY_IPAM);
	for (size_t i = 0; i < leases.count; i++)
		identities_claim_ip(attribution->identities, &leases.leases[i].ip, IDENTITY_IPAM,
				    &leases.leases[i].pod);
}

static void claim_processes(struct attribution *attribution)
{
	uint32_t host_inum = state_host(attribution->config.state);
	struct processes fresh = { 0 };

	attribution->has_surveyed = true;
	/* Where it is not known the node's own processes are looked at in vain, no more. */
	if (!host_inum)
		proc_host_netns(attribution->config.proc_dir, &host_inum);
	if (processes_scan(attribution->config.proc_dir, host_inum, &fresh))
		return;
	processes_clear(&attribution->processes);
	attribution->processes = fresh;
	attribution->refused += fresh.refused + fresh.dropped;
	for (size_t i = 0; i < fresh.count; i++)
		if (fresh.all[i].has_pod)
			identities_claim(attribution->identities, fresh.all[i].inum,
					 IDENTITY_CGROUP, &fresh.all[i].pod);
}

/* ---- namespaces come and go ---- */

static int compare_inodes(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

struct inodes {
	uint32_t *all; /* sorted */
	size_t count;
};

static bool is_alive(uint32_t netns, void *ctx)
{
	const struct inodes *inodes = ctx;

	return bsearch(&netns, inodes->all, inodes->count, sizeof(*inodes->all), compare_inodes);
}

/* A call may have named a namespace that nobody heard of again. */
static void sweep(struct attribution *attribution)
{
	const struct inventory *inventory = state_inventory_const(attribution->config.state);
	cleanup_free uint32_t *all =
		calloc(inventory_count(inventory, INVENTORY_NETNS) + 1, sizeof(*all));
	struct inodes inodes = { .all = all };

	if (!all)
		return;
	for (const struct netns *netns = inventory->netns; netns; netns = netns->hh.next)
		all[inodes.count++] = netns->key.inum;
	qsort(all, inodes.count, sizeof(*all), compare_inodes);
	identities_sweep(attribution->identities, is_alive, &inodes);
}

void attribution_survey(struct attribution *attribution)
{
	sweep(attribution);
	claim_processes(attribution);
	claim_allocations(attribution);
}

/* A look at all processes takes ten times as long as all files of a node. */
void attribution_find(struct attribution *attribution, const struct fact *fact,
		      struct identity *out)
{
	const struct ip *ip = fact->address ? &fact->address->key.ip : NULL;

	identities_find(attribution->identities, fact->netns->key.inum, ip, out);
	if (out->source != IDENTITY_NONE || attribution->has_surveyed || fact->netns->is_host)
		return;
	claim_processes(attribution);
	identities_find(attribution->identities, fact->netns->key.inum, ip, out);
}

/* Inodes are used again at once: the end of one namespace may be told when the next one that has
 * its inode is known already, and its pod with it. */
void attribution_told(struct attribution *attribution, const struct fact *fact)
{
	const struct inventory *inventory = state_inventory_const(attribution->config.state);
	uint32_t inum = fact->netns->key.inum;

	if (fact->kind != FACT_NETNS_FREED || !identities_has(attribution->identities, inum))
		return;
	for (const struct netns *netns = inventory->netns; netns; netns = netns->hh.next)
		if (netns->key.inum == inum && netns != fact->netns)
			return;
	identities_forget(attribution->identities, inum);
}

/* ---- life ---- */

int attribution_fd(const struct attribution *attribution)
{
	return cni_fd(attribution->cni);
}

int attribution_refresh(struct attribution *attribution)
{
	int changed = cni_refresh(attribution->cni);

	if (changed > 0 && changed & CNI_RESULTS_CHANGED)
		claim_results(attribution);
	return changed;
}

int attribution_open(const struct attribution_config *config, struct attribution **out)
{
	cleanup_attribution struct attribution *attribution = calloc(1, sizeof(*attribution));
	const struct cni_config cni = { .conf_dir = config->cni_conf_dir,
					.cache_dir = config->cni_cache_dir,
					.state_dir = config->cni_state_dir,
					.host_root = config->host_root };
	int err;

	if (!attribution)
		return -ENOMEM;
	attribution->config = *config;
	err = identities_new(&attribution->identities);
	if (!err)
		err = ipam_json_open(config->ipam_file, &attribution->ipam);
	if (!err)
		err = cni_open(&cni, &attribution->cni);
	if (err)
		return log_err(err, "cannot watch the CNI files");

	claim_results(attribution);
	claim_allocations(attribution);
	*out = take_ptr(attribution);
	return 0;
}

void attribution_close(struct attribution *attribution)
{
	if (!attribution)
		return;
	processes_clear(&attribution->processes);
	cni_close(attribution->cni);
	ipam_json_close(attribution->ipam);
	identities_free(attribution->identities);
	free(attribution);
}

struct identities *attribution_identities(struct attribution *attribution)
{
	return attribution->identities;
}

const struct cni *attribution_cni(const struct attribution *attribution)
{
	return attribution->cni;
}

struct ipam_json *attribution_ipam(const struct attribution *attribution)
{
	return attribution->ipam;
}

const struct processes *attribution_processes(const struct attribution *attribution)
{
	return &attribution->processes;
}

/* ---- leases ---- */

int attribution_leases(const struct attribution *attribution, struct lease_list *out)
{
	int err = cni_leases(attribution->cni, out);

	return err ? err : ipam_json_read(attribution->ipam, out);
}

/* ---- numbers ---- */

static uint32_t count_unattributed(const struct attribution *attribution)
{
	const struct inventory *inventory = state_inventory_const(attribution->config.state);
	uint32_t count = 0;

	for (const struct netns *netns = inventory->netns; netns; netns = netns->hh.next) {
		struct identity identity;

		if (!netns->is_own || netns->is_host)
			continue;
		identities_find(attribution->identities, netns->key.inum, NULL, &identity);
		count += identity.source == IDENTITY_NONE;
	}
	return count;
}

void attribution_measure(const struct attribution *attribution, struct metrics_input *out)
{
	struct identities_stats identities = identities_stats(attribution->identities);

	out->unattributed = count_unattributed(attribution);
	out->disagreements = identities.disagreements;
	collect_add_table(out, "identities", identities.netns, IDENTITY_NETNS_MAX);
	collect_add_loss(out, "identities_full", identities.refused);
	collect_add_source(out, "cgroup", attribution->processes.seen > 0,
			   attribution->processes.count, attribution->refused);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/status/node_json.h"

#include <math.h>
#include <utlist.h>

#include "core/base/text.h"

static void add_text(json_t *object, const char *key, const char *text)
{
	if (text && *text)
		json_object_set_new(object, key, text_to_json(text));
}

static void add_netns(json_t *object, const char *key, uint32_t netns)
{
	if (netns)
		json_object_set_new(object, key, json_integer(netns));
}

json_t *pod_to_json(const struct pod *pod)
{
	json_t *json = json_object();

	add_text(json, "namespace", pod->namespace);
	add_text(json, "pod", pod->name);
	add_text(json, "pod_uid", pod->uid);
	add_text(json, "container_id", pod->container_id);
	if (json_object_size(json))
		return json;
	json_decref(json);
	return NULL;
}

static void take_text(const json_t *object, const char *key, char *out, size_t size)
{
	const char *text = json_string_value(json_object_get(object, key));

	text_copy(out, size, text ? text : "");
}

void pod_from_json(const json_t *json, struct pod *out)
{
	take_text(json, "namespace", out->namespace, sizeof(out->namespace));
	take_text(json, "pod", out->name, sizeof(out->name));
	take_text(json, "pod_uid", out->uid, sizeof(out->uid));
	take_text(json, "container_id", out->container_id, sizeof(out->container_id));
}

/* ---- who holds what ---- */

bool snapshot_shows(const struct netns *netns)
{
	return netns->is_own && !netns->is_host;
}

static json_t *address_to_json(const struct address *address, const struct range_table *ranges)
{
	int range = ranges ? range_table_find(ranges, &address->key.ip) : RANGE_NONE;
	char ip[IP_TEXT_SIZE];
	json_t *json;

	ip_format(&address->key.ip, ip);
	json = json_pack("{s:s, s:i, s:s}", "ip", ip, "prefix_len", address->prefix_len, "family",
			 ip_family_name(&address->key.ip));
	if (range != RANGE_NONE)
		add_text(json, "range", range_table_at(ranges, (size_t)range)->name);
	return json;
}

static json_t *link_to_json(const struct link *link, const struct range_table *ranges)
{
	json_t *addresses = json_array();
	const struct address *address;

	DL_FOREACH(link->addresses, address)
		json_array_append_new(addresses, address_to_json(address, ranges));
	return json_pack("{s:I, s:o, s:s, s:o}", "ifindex", (json_int_t)link->key.ifindex, "ifname",
			 text_to_json(link->name), "kind", link->kind, "addresses", addresses);
}

/* What each source says of the namespace, best first. */
static json_t *claims_to_json(const struct identities *identities, const struct netns *netns)
{
	json_t *claims = json_array();

	for (enum identity_source i = 0; i < IDENTITY_SOURCE_COUNT; i++) {
		const struct pod *pod = identities_claimed(identities, netns->key.inum, i);
		json_t *claim = pod ? pod_to_json(pod) : NULL;

		if (!claim)
			continue;
		json_object_set_new(claim, "identity", json_string(identity_source_name(i)));
		json_array_append_new(claims, claim);
	}
	return claims;
}

/* Sources that know an address alone count, too. */
static struct identity identify(const struct identities *identities, const struct netns *netns)
{
	const struct link *link = netns->links;
	const struct ip *ip = NULL;
	struct identity identity;

	for (; link && !ip; link = link->next)
		if (link->addresses)
			ip = &link->addresses->key.ip;
	identities_find(identities, netns->key.inum, ip, &identity);
	return identity;
}

static json_t *netns_to_json(const struct identities *identities, const struct range_table *ranges,
			     const struct netns *netns)
{
	struct identity identity = identify(identities, netns);
	json_t *links = json_array(), *json, *pod;
	const struct link *link;

	DL_FOREACH(netns->links, link)
		json_array_append_new(links, link_to_json(link, ranges));
	json = json_pack("{s:I, s:I, s:s?, s:o, s:o}", "netns", (json_int_t)netns->key.inum,
			 "netns_cookie", (json_int_t)netns->key.cookie, "identity",
			 identity_source_name(identity.source), "claims",
			 claims_to_json(identities, netns), "links", links);
	pod = pod_to_json(&identity.pod);
	json_object_update(json, pod);
	json_decref(pod);
	return json;
}

json_t *snapshot_to_json(const struct state *state, const struct identities *identities,
			 const struct range_table *ranges)
{
	const struct inventory *inventory = state_inventory_const(state);
	json_t *all = json_array();

	for (const struct netns *netns = inventory->netns; netns; netns = netns->hh.next)
		if (snapshot_shows(netns))
			json_array_append_new(all, netns_to_json(identities, ranges, netns));
	return json_pack("{s:i, s:o}", "v", 1, "namespaces", all);
}

/* ---- what is lost ---- */

double snapshot_age_s(int64_t since_ns, int64_t now_ns)
{
	int64_t age_ns = now_ns - since_ns;

	return age_ns > 0 ? floor((double)age_ns / 1e6) / 1e3 : 0;
}

json_t *leak_to_json(const struct leak *leak, const struct pod *pod, int64_t now_ns)
{
	json_t *names = pod_to_json(pod), *row;
	char ip[IP_TEXT_SIZE];

	ip_format(&leak->ip, ip);
	row = json_pack("{s:s, s:s, s:s, s:f}", "ip", ip, "family", ip_family_name(&leak->ip),
			"kind", leak_kind_name(leak->kind), "age_s",
			snapshot_age_s(leak->since_ns, now_ns));
	add_text(row, "identity", leak->lease.source);
	add_text(row, "network", leak->lease.network);
	add_text(row, "ifname", leak->lease.ifname);
	add_netns(row, "netns", leak->netns);
	add_netns(row, "other_netns", leak->other_netns);
	json_object_update(row, names);
	json_decref(names);
	return row;
}

// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "model.h"

#include <string.h>

static const char *const ips[] = {
	"10.9.0.5", "10.9.0.6", "10.9.1.5", "10.8.0.5",	   "192.0.2.5",
	"fd00::5",  "fd00::6",	"fe80::5",  "169.254.0.5", "2001:db8::5"
};

_Static_assert(case_count(ips) == MODEL_IPS, "model.h says how many");

struct ip model_ip(unsigned int number)
{
	struct ip ip;

	assert_int_equal(ip_parse(ips[number], &ip), 0);
	return ip;
}

unsigned int model_ip_number(const struct ip *ip)
{
	unsigned int number = 0;
	struct ip other = model_ip(number);

	while (ip_compare(ip, &other))
		other = model_ip(++number);
	return number;
}

uint8_t model_prefix_len(unsigned int number)
{
	return (uint8_t)(16 + number);
}

static bool is_kept(const struct event *event)
{
	return event->netns_inum != MODEL_HOST || !strcmp(event->link_kind, "veth");
}

static unsigned int ip_number(const struct event *event)
{
	struct ip ip;

	memcpy(ip.bytes, event->addr, sizeof(ip.bytes));
	return model_ip_number(&ip);
}

bool model_is_held(const struct model *model, unsigned int ip)
{
	bool is_held = false;

	for (unsigned int i = 0; i < MODEL_NETNS; i++)
		for (unsigned int j = 0; j < MODEL_LINKS; j++)
			is_held |= model->links[i][j].holds[ip];
	return is_held;
}

static void make_link(struct model_link *link, const struct event *event)
{
	*link = (struct model_link){ .exists = true, .dev = event->dev };
	memcpy(link->name, event->ifname, sizeof(link->name));
	memcpy(link->kind, event->link_kind, sizeof(link->kind));
}

static void model_link_add(struct model *model, struct model_link *link, const struct event *event)
{
	model->netns[event->netns_inum - MODEL_HOST] = true;
	if (link->exists && link->dev && event->dev && link->dev != event->dev)
		*link = (struct model_link){ 0 };
	if (!link->exists && is_kept(event))
		make_link(link, event);
	else if (link->exists && !link->dev)
		link->dev = event->dev;
}

static void model_addr_add(struct model *model, struct model_link *link, const struct event *event)
{
	struct ip ip;

	memcpy(ip.bytes, event->addr, sizeof(ip.bytes));
	if (event->netns_inum == MODEL_HOST || event->addr_flags || !ip_is_countable(&ip))
		return;
	model->netns[event->netns_inum - MODEL_HOST] = true;
	if (!link->exists)
		make_link(link, event);
	link->holds[ip_number(event)] = true;
}

void model_apply(struct model *model, const struct event *event)
{
	unsigned int netns = event->netns_inum - MODEL_HOST;
	struct model_link *link = &model->links[netns][event->ifindex - MODEL_IFINDEX];

	if (event->kind == EVENT_NETNS_ADD) {
		model->netns[netns] = true;
	} else if (event->kind == EVENT_NETNS_DEL && event->netns_inum != MODEL_HOST) {
		model->netns[netns] = false;
		memset(model->links[netns], 0, sizeof(model->links[netns]));
	} else if (event->kind == EVENT_LINK_ADD) {
		model_link_add(model, link, event);
	} else if (event->kind == EVENT_LINK_DEL || event->kind == EVENT_LINK_LEAVE) {
		*link = (struct model_link){ 0 };
	} else if (event->kind == EVENT_LINK_NAME && link->exists) {
		memcpy(link->name, event->ifname, sizeof(link->name));
	} else if (event->kind == EVENT_ADDR_ADD) {
		model_addr_add(model, link, event);
	} else if (event->kind == EVENT_ADDR_DEL) {
		link->holds[ip_number(event)] = false;
	}
}

/* ---- chance ---- */

/* Source: G. Marsaglia, Xorshift RNGs, 2003. */
unsigned int chance_draw(struct chance *chance, unsigned int below)
{
	chance->x ^= chance->x << 13;
	chance->x ^= chance->x >> 7;
	chance->x ^= chance->x << 17;
	return (unsigned int)(chance->x % below);
}

struct event chance_event(struct chance *chance, uint64_t time_ns)
{
	static const char *const names[] = { "eth0", "net1", "" };
	static const char *const kinds[] = { "veth", "bridge", "" };
	struct event event = { .time_ns = time_ns,
			       .netns_inum = MODEL_HOST + chance_draw(chance, MODEL_NETNS),
			       .ifindex = MODEL_IFINDEX + chance_draw(chance, MODEL_LINKS),
			       .dev = chance_draw(chance, 3) + chance->is_exact,
			       .addr_flags = chance_draw(chance, 8) ? 0 : 0x40 };
	unsigned int number = chance_draw(chance, MODEL_IPS);
	const struct ip ip = model_ip(number);

	/* Mostly addresses, seldom the end of everything. */
	event.kind = (uint8_t)(chance_draw(chance, 2)
				       ? EVENT_ADDR_ADD + chance_draw(chance, 2)
				       : 1 + chance_draw(chance, EVENT_KIND_COUNT - 1));
	event.netns_cookie = event.netns_inum + MODEL_COOKIE;
	memcpy(event.addr, ip.bytes, sizeof(event.addr));
	event.family = (uint8_t)ip_family(&ip);
	event.prefix_len = model_prefix_len(number);
	strcpy(event.ifname,
	       names[chance_draw(chance, case_count(names) - (event.kind == EVENT_LINK_NAME))]);
	strcpy(event.link_kind, kinds[chance_draw(chance, case_count(kinds))]);
	if (event.kind == EVENT_LINK_ADD && is_kept(&event) && !chance_draw(chance, 4))
		event.from_inum = MODEL_HOST + chance_draw(chance, MODEL_NETNS);
	return event;
}

/* ---- walks ---- */

static size_t walk_link(const struct model_link *link, unsigned int ifindex, union walk_slot *out)
{
	size_t count = 1;

	out->link = (struct walk_link){ .kind = WALK_LINK, .ifindex = ifindex, .dev = link->dev };
	memcpy(out->link.name, link->name, sizeof(link->name));
	memcpy(out->link.link_kind, link->kind, sizeof(out->link.link_kind));
	for (unsigned int i = 0; i < MODEL_IPS; i++) {
		const struct ip ip = model_ip(i);

		if (!link->holds[i])
			continue;
		out[count].addr = (struct walk_addr){ .kind = WALK_ADDR,
						      .family = (uint8_t)ip_family(&ip),
						      .prefix_len = model_prefix_len(i) };
		memcpy(out[count++].addr.addr, ip.bytes, sizeof(ip.bytes));
	}
	return count;
}

size_t model_walk(const struct model *model, union walk_slot out[static MODEL_SLOTS])
{
	size_t count = 0;

	for (unsigned int i = 0; i < MODEL_NETNS; i++) {
		if (!model->netns[i])
			continue;
		out[count++].netns = (struct walk_netns){ .kind = WALK_NETNS,
							  .inum = MODEL_HOST + i,
							  .cookie = MODEL_HOST + i + MODEL_COOKIE };
		for (unsigned int j = 0; j < MODEL_LINKS; j++)
			if (model->links[i][j].exists)
				count += walk_link(&model->links[i][j], MODEL_IFINDEX + j,
						   out + count);
	}
	return count;
}

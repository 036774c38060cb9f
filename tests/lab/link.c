// SPDX-License-Identifier: Apache-2.0
#include "link.h"

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include "net.h"

static struct nlmsghdr *put_link(char *buf, uint16_t type, uint16_t flags, struct ifinfomsg info)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	*(struct ifinfomsg *)mnl_nlmsg_put_extra_header(request, sizeof(info)) = info;
	return request;
}

static void put_peer(struct nlmsghdr *request, const struct link *link)
{
	struct nlattr *data = mnl_attr_nest_start(request, IFLA_INFO_DATA);
	/* netkit's attribute has the same number. */
	struct nlattr *peer = mnl_attr_nest_start(request, VETH_INFO_PEER);

	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(request, IFLA_IFNAME, link->peer);
	if (link->peer_into)
		mnl_attr_put_u32(request, IFLA_NET_NS_FD, net_fd(link->peer_into));
	mnl_attr_nest_end(request, peer);
	mnl_attr_nest_end(request, data);
}

int link_add(struct net *net, const struct link *link)
{
	char buf[NET_REQUEST_SIZE];
	struct ifinfomsg any = { .ifi_family = AF_UNSPEC };
	struct nlmsghdr *request = put_link(buf, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, any);
	struct nlattr *info;

	mnl_attr_put_strz(request, IFLA_IFNAME, link->name);
	if (link->lower)
		mnl_attr_put_u32(request, IFLA_LINK, link->lower);
	if (link->into)
		mnl_attr_put_u32(request, IFLA_NET_NS_FD, net_fd(link->into));

	info = mnl_attr_nest_start(request, IFLA_LINKINFO);
	mnl_attr_put_strz(request, IFLA_INFO_KIND, link->kind);
	if (link->peer)
		put_peer(request, link);
	mnl_attr_nest_end(request, info);
	return net_talk(net, request, NULL, NULL);
}

int link_delete(struct net *net, const char *name)
{
	char buf[NET_REQUEST_SIZE];
	struct ifinfomsg any = { .ifi_family = AF_UNSPEC };
	struct nlmsghdr *request = put_link(buf, RTM_DELLINK, 0, any);

	mnl_attr_put_strz(request, IFLA_IFNAME, name);
	return net_talk(net, request, NULL, NULL);
}

static int take_index(const struct nlmsghdr *reply, void *ctx)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(reply);

	*(uint32_t *)ctx = info->ifi_index;
	return MNL_CB_OK;
}

int link_index(struct net *net, const char *name, uint32_t *out)
{
	char buf[NET_REQUEST_SIZE];
	struct ifinfomsg any = { .ifi_family = AF_UNSPEC };
	struct nlmsghdr *request = put_link(buf, RTM_GETLINK, 0, any);
	uint32_t ifindex = 0;
	int err;

	mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	mnl_attr_put_strz(request, IFLA_IFNAME, name);
	err = net_talk(net, request, take_index, &ifindex);
	if (!err)
		*out = ifindex;
	return err;
}

int link_set_up(struct net *net, uint32_t ifindex, bool up)
{
	char buf[NET_REQUEST_SIZE];
	struct ifinfomsg info = {
		.ifi_index = ifindex,
		.ifi_flags = up ? IFF_UP : 0,
		.ifi_change = IFF_UP,
	};

	return net_talk(net, put_link(buf, RTM_NEWLINK, 0, info), NULL, NULL);
}

int link_rename(struct net *net, uint32_t ifindex, const char *name)
{
	char buf[NET_REQUEST_SIZE];
	struct ifinfomsg info = { .ifi_index = ifindex };
	struct nlmsghdr *request = put_link(buf, RTM_NEWLINK, 0, info);

	mnl_attr_put_strz(request, IFLA_IFNAME, name);
	return net_talk(net, request, NULL, NULL);
}

int link_move(struct net *net, uint32_t ifindex, const struct net *into)
{
	char buf[NET_REQUEST_SIZE];
	struct ifinfomsg info = { .ifi_index = ifindex };
	struct nlmsghdr *request = put_link(buf, RTM_NEWLINK, 0, info);

	mnl_attr_put_u32(request, IFLA_NET_NS_FD, net_fd(into));
	return net_talk(net, request, NULL, NULL);
}

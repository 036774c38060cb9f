// SPDX-License-Identifier: Apache-2.0
#include "peers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>

#include "lab/net.h"

#define NETNS_DIR "/run/netns"
#define OWN_NETNS "/proc/thread-self/ns/net"

enum { NAMED_MAX = 65536, ID_NONE = -1 };

struct named {
	uint32_t inum;
	int32_t id;
};

struct peers {
	struct mnl_socket *socket; /* in the namespace that the program is in */
	int home;
	uint32_t own_inum;
	uint32_t seq;
	struct named *named;
	size_t named_count;
};

struct listing {
	struct peer_addr *addrs;
	size_t max;
	size_t count;
	uint32_t netns; /* that is being listed */
};

static int open_netns(const char *path, uint32_t *out_inum, int *out_fd)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;

	*out_inum = st.st_ino;
	*out_fd = take_fd(fd);
	return 0;
}

/* Call `fn` for each named namespace but the program's own, until it fails. */
static int each_named(struct peers *peers, void *ctx,
		      int (*fn)(struct peers *peers, void *ctx, uint32_t inum, int fd))
{
	DIR *dir = opendir(NETNS_DIR);
	struct dirent *entry;
	int err = 0;

	/* Without the directory nothing has a name. */
	if (!dir)
		return errno == ENOENT ? 0 : -errno;

	while (!err && (entry = readdir(dir))) {
		cleanup_close int fd = -1;
		char path[sizeof(NETNS_DIR) + sizeof(entry->d_name)];
		uint32_t inum = 0;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), NETNS_DIR "/%s", entry->d_name);
		err = open_netns(path, &inum, &fd);
		if (!err && inum != peers->own_inum)
			err = fn(peers, ctx, inum, fd);
	}
	closedir(dir);
	return err;
}

static int take_id(const struct nlmsghdr *reply, void *ctx)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, reply, sizeof(struct rtgenmsg)) {
		if (mnl_attr_get_type(attr) == NETNSA_NSID)
			*(int32_t *)ctx = (int32_t)mnl_attr_get_u32(attr);
	}
	return MNL_CB_OK;
}

static struct nlmsghdr *put_id_request(struct peers *peers, uint16_t type, int fd, char *buf)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request->nlmsg_seq = ++peers->seq;
	mnl_nlmsg_put_extra_header(request, sizeof(struct rtgenmsg));
	mnl_attr_put_u32(request, NETNSA_FD, fd);
	return request;
}

static int get_id(struct peers *peers, int fd, int32_t *out)
{
	char buf[NET_REQUEST_SIZE];
	int32_t id = ID_NONE;
	int err = net_socket_talk(peers->socket, put_id_request(peers, RTM_GETNSID, fd, buf),
				  take_id, &id);

	if (!err)
		*out = id;
	return err;
}

static int give_id(struct peers *peers, int fd)
{
	char buf[NET_REQUEST_SIZE];
	struct nlmsghdr *request = put_id_request(peers, RTM_NEWNSID, fd, buf);

	/* None given: the kernel picks one. */
	mnl_attr_put_u32(request, NETNSA_NSID, ID_NONE);
	return net_socket_talk(peers->socket, request, NULL, NULL);
}

static int add_named(struct peers *peers, void *ctx, uint32_t inum, int fd)
{
	int32_t id = ID_NONE;
	int err = get_id(peers, fd, &id);

	(void)ctx;
	if (!err && id == ID_NONE) {
		err = give_id(peers, fd);
		if (!err)
			err = get_id(peers, fd, &id);
	}
	if (err)
		return err;
	if (peers->named_count == NAMED_MAX)
		return -ENOSPC;

	peers->named[peers->named_count++] = (struct named){ inum, id };
	return 0;
}

int peers_open(struct peers **out)
{
	cleanup_peers struct peers *peers = calloc(1, sizeof(*peers));
	int err, on = 1;

	if (!peers)
		return -ENOMEM;

	peers->home = -1;
	peers->named = calloc(NAMED_MAX, sizeof(*peers->named));
	if (!peers->named)
		return -ENOMEM;
	err = open_netns(OWN_NETNS, &peers->own_inum, &peers->home);
	if (!err)
		err = net_socket_open(0, &peers->socket);
	if (err)
		return err;
	/* Without it the kernel does not look at IFA_TARGET_NETNSID. */
	if (mnl_socket_setsockopt(peers->socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on)) < 0)
		return -errno;

	err = each_named(peers, NULL, add_named);
	if (!err)
		*out = take_ptr(peers);
	return err;
}

void peers_close(struct peers *peers)
{
	if (!peers)
		return;
	net_socket_close(peers->socket);
	close_fd(peers->home);
	free(peers->named);
	free(peers);
}

static int add_addr(const struct nlmsghdr *reply, void *ctx)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(reply);
	const struct nlattr *attr, *address = NULL;
	struct listing *listing = ctx;
	struct peer_addr addr = {
		.netns = listing->netns,
		.ifindex = info->ifa_index,
		.family = info->ifa_family,
		.prefix_len = info->ifa_prefixlen,
	};
	bool is_v4 = info->ifa_family == AF_INET;

	/* IFA_ADDRESS is the far end where a link has one. */
	mnl_attr_for_each(attr, reply, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFA_LOCAL ||
		    (mnl_attr_get_type(attr) == IFA_ADDRESS && !address))
			address = attr;
	}
	if (!address)
		return MNL_CB_OK;
	if (listing->count == listing->max) {
		errno = ENOSPC;
		return MNL_CB_ERROR;
	}

	if (is_v4)
		memset(addr.addr + 10, 0xff, 2);
	memcpy(addr.addr + (is_v4 ? 12 : 0), mnl_attr_get_payload(address), is_v4 ? 4 : 16);
	listing->addrs[listing->count++] = addr;
	return MNL_CB_OK;
}

static int dump(struct peers *peers, struct mnl_socket *socket, int32_t id, struct listing *listing)
{
	char buf[NET_REQUEST_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);

	request->nlmsg_type = RTM_GETADDR;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request->nlmsg_seq = ++peers->seq;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifaddrmsg));
	if (id != ID_NONE)
		mnl_attr_put_u32(request, IFA_TARGET_NETNSID, id);
	return net_socket_talk(socket, request, add_addr, listing);
}

static int list_inside(struct peers *peers, void *ctx, uint32_t inum, int fd)
{
	cleanup_net_socket struct mnl_socket *socket = NULL;
	struct listing *listing = ctx;
	int err;

	if (setns(fd, CLONE_NEWNET) < 0)
		return -errno;
	err = net_socket_open(0, &socket);
	if (err)
		return err;

	listing->netns = inum;
	return dump(peers, socket, ID_NONE, listing);
}

static int list_by_setns(struct peers *peers, struct listing *listing)
{
	int err = each_named(peers, listing, list_inside);

	return setns(peers->home, CLONE_NEWNET) < 0 ? -errno : err;
}

static int list_by_id(struct peers *peers, struct listing *listing)
{
	int err = 0;

	for (size_t i = 0; !err && i < peers->named_count; i++) {
		listing->netns = peers->named[i].inum;
		err = dump(peers, peers->socket, peers->named[i].id, listing);
	}
	return err;
}

static const struct {
	const char *name;
	int (*list)(struct peers *peers, struct listing *listing);
} kinds[PEER_KIND_COUNT] = {
	[PEER_SETNS] = { "setns + RTM_GETADDR", list_by_setns },
	[PEER_NETNSID] = { "RTM_GETADDR by IFA_TARGET_NETNSID", list_by_id },
};

const char *peer_name(enum peer_kind kind)
{
	return kinds[kind].name;
}

int peers_list(struct peers *peers, enum peer_kind kind, size_t max, struct peer_addr *addrs,
	       size_t *out_count)
{
	struct listing listing = { .addrs = addrs, .max = max, .netns = peers->own_inum };
	int err = dump(peers, peers->socket, ID_NONE, &listing);

	if (!err)
		err = kinds[kind].list(peers, &listing);
	if (!err)
		*out_count = listing.count;
	return err;
}

static int compare_addrs(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct peer_addr));
}

void peer_addrs_sort(struct peer_addr *addrs, size_t count)
{
	qsort(addrs, count, sizeof(*addrs), compare_addrs);
}

bool peer_addrs_equal(const struct peer_addr *a, size_t a_count, const struct peer_addr *b,
		      size_t b_count)
{
	return a_count == b_count && !memcmp(a, b, a_count * sizeof(*a));
}

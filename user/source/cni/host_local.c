// SPDX-License-Identifier: Apache-2.0
#include "source/cni/host_local.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "source/base/complaints.h"
#include "source/cni/host_local_dir.h"

struct network {
	char name[LEASE_NETWORK_SIZE];
	struct host_local_dir dir;
	bool is_seen; /* by the reading under way */
	bool is_known; /* it could be read, if not now then before */
};

struct host_local {
	const char *path; /* borrowed */
	struct network networks[HOST_LOCAL_NETWORKS_MAX];
	size_t count;
	size_t lease_count; /* of all networks */
	struct complaints complaints;
	bool is_up;
};

/* Where it is; `count` where it is not. */
static size_t find(const struct host_local *books, const char *name)
{
	size_t at = 0;

	while (at < books->count && strcmp(books->networks[at].name, name) != 0)
		at++;
	return at;
}

_Static_assert(HOST_LOCAL_NETWORKS_MAX == 64, "add() says another bound");

static bool add(struct host_local *books, const char *path, const char *name)
{
	struct network *network = &books->networks[books->count];

	if (strlen(name) >= LEASE_NETWORK_SIZE) {
		complaints_error(&books->complaints, path, "its name is too long for a network");
		return false;
	}
	if (books->count == HOST_LOCAL_NETWORKS_MAX) {
		complaints_skip(&books->complaints, path, "64 networks");
		return false;
	}
	*network = (struct network){ 0 };
	memcpy(network->name, name, strlen(name) + 1);
	books->count++;
	return true;
}

static void complain(struct host_local *books, const char *path, int err)
{
	complaints_error(&books->complaints, path, host_local_strerror(err));
	books->is_up = false;
}

static int read_network(struct host_local *books, const char *path, const struct stat *st,
			struct host_local_dir *dir)
{
	size_t others = books->lease_count - dir->count;
	int err;

	err = host_local_dir_read(path, st, LEASES_MAX - others, &books->complaints, dir);
	books->lease_count = others + dir->count;
	return err;
}

static int update_network(const char *name, void *ctx)
{
	struct host_local *books = ctx;
	struct network *network;
	char path[PATH_MAX];
	struct stat st;
	size_t at;
	int err;

	/* A network's name begins with a letter or a digit. */
	if (name[0] == '.' ||
	    snprintf(path, sizeof(path), "%s/%s", books->path, name) >= (int)sizeof(path))
		return 0;
	err = stat(path, &st) < 0 ? -errno : 0;
	if (!err && !S_ISDIR(st.st_mode))
		return 0;
	at = find(books, name);
	if (at == books->count && (err || !add(books, path, name)))
		return 0;
	network = &books->networks[at];
	if (!err)
		err = read_network(books, path, &st, &network->dir);
	if (err == -ENOMEM)
		return err;
	network->is_seen = err != -ENOENT;
	network->is_known |= !err;
	if (err && err != -ENOENT)
		complain(books, path, err);
	return 0;
}

static void drop_unseen(struct host_local *books)
{
	size_t kept = 0;

	for (size_t i = 0; i < books->count; i++) {
		struct network *network = &books->networks[i];

		if (network->is_seen) {
			books->networks[kept++] = *network;
			continue;
		}
		books->lease_count -= network->dir.count;
		host_local_dir_clear(&network->dir);
	}
	books->count = kept;
}

/* What cannot be read keeps the leases it had. -ENOMEM. */
static int read_networks(struct host_local *books)
{
	int err;

	for (size_t i = 0; i < books->count; i++)
		books->networks[i].is_seen = false;
	books->is_up = true;
	err = host_local_each(books->path, update_network, books);
	if (err == -ENOMEM)
		return err;
	if (err == -ENOENT)
		books->is_up = false;
	else if (err)
		complain(books, books->path, err);
	if (!err || err == -ENOENT)
		drop_unseen(books);
	return 0;
}

static int list_leases(const struct network *network, struct lease_list *out)
{
	struct lease lease = { .source = LEASE_HOST_LOCAL };

	memcpy(lease.network, network->name, sizeof(lease.network));
	for (size_t i = 0; i < network->dir.count; i++) {
		const struct host_local_entry *entry = &network->dir.entries[i];

		lease.ip = entry->ip;
		lease.since_ns = entry->since_ns;
		memcpy(lease.pod.container_id, entry->container_id, sizeof(entry->container_id));
		memcpy(lease.ifname, entry->ifname, sizeof(entry->ifname));
		/* The list counts those that it has no room for. */
		if (lease_list_add(out, &lease) == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

int host_local_read(struct host_local *books, struct lease_list *out)
{
	size_t count = out->count, refused = out->refused;
	int err;

	err = read_networks(books);
	for (size_t i = 0; !err && i < books->count; i++)
		err = list_leases(&books->networks[i], out);
	if (err) {
		out->count = count;
		out->refused = refused;
	}
	return err;
}

bool host_local_has_network(const struct host_local *books, const char *name)
{
	size_t at = find(books, name);

	return at < books->count && books->networks[at].is_known;
}

struct host_local_stats host_local_stats(const struct host_local *books)
{
	return (struct host_local_stats){
		.is_up = books->is_up,
		.entries = books->lease_count,
		.errors = books->complaints.errors,
		.skipped = books->complaints.skipped,
	};
}

int host_local_open(const char *state_dir, struct host_local **out)
{
	struct host_local *books = calloc(1, sizeof(*books));

	if (!books)
		return -ENOMEM;

	books->path = state_dir;
	books->complaints.whose = "host-local";
	*out = books;
	return 0;
}

void host_local_close(struct host_local *books)
{
	if (!books)
		return;
	for (size_t i = 0; i < books->count; i++)
		host_local_dir_clear(&books->networks[i].dir);
	complaints_clear(&books->complaints);
	free(books);
}

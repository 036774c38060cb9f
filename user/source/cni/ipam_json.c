// SPDX-License-Identifier: Apache-2.0
/*
 * The file is one state and replaced as a whole: where one allocation of it cannot
 * be understood, nor can the file.
 */
#include "source/cni/ipam_json.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "log.h"
#include "source/base/file.h"
#include "source/base/json.h"

enum { QUIET_S = 1 };

#define NS_PER_S INT64_C(1000000000)
/* Before the CNI was written. Of one whose time it does not know it writes -6795364578871345152. */
#define TIME_MIN_NS (INT64_C(1420070400) * NS_PER_S)

struct ipam_json {
	const char *path; /* borrowed */
	struct lease_list leases; /* of the last good state */
	struct stat stat; /* of the file, when it was read */
	int err; /* that it met then, or 0 */
	bool is_settled; /* true for as long as the file does not change */
	struct ipam_json_stats stats;
};

#define cleanup_leases cleanup(lease_list_clear)

static bool is_equal(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int64_t time_of(const struct stat *st)
{
	if (st->st_mtim.tv_sec < 0 || st->st_mtim.tv_sec >= INT64_MAX / NS_PER_S - 1)
		return 0;
	return (int64_t)st->st_mtim.tv_sec * NS_PER_S + st->st_mtim.tv_nsec;
}

/* An absent key leaves "". */
static int get_text(const json_t *object, const char *key, char *out, size_t size)
{
	const json_t *value = json_object_get(object, key);

	if (!value)
		return 0;
	if (!json_is_string(value) || json_string_length(value) >= size)
		return -EINVAL;
	memcpy(out, json_string_value(value), json_string_length(value) + 1);
	return 0;
}

/* Nothing in the file is younger than it, but for a tick of the clock. */
static int get_since(const json_t *allocation, int64_t file_ns, int64_t *out_ns)
{
	const json_t *value = json_object_get(allocation, "allocationTimestamp");
	int64_t since_ns = file_ns;

	if (value && !json_is_integer(value))
		return -EINVAL;
	if (value)
		since_ns = json_integer_value(value);
	if (since_ns < TIME_MIN_NS || since_ns > file_ns + NS_PER_S)
		since_ns = file_ns;

	*out_ns = since_ns;
	return 0;
}

static int get_lease(const json_t *allocation, int64_t file_ns, struct lease *out)
{
	const json_t *metadata = json_object_get(allocation, "metadata");
	struct lease lease = { .source = LEASE_IPAM };
	const struct {
		const json_t *object;
		const char *key;
		char *out;
		size_t size;
	} rows[] = {
		{ allocation, "networkName", lease.network, sizeof(lease.network) },
		{ allocation, "containerID", lease.pod.container_id, POD_CONTAINER_ID_SIZE },
		{ allocation, "ifName", lease.ifname, sizeof(lease.ifname) },
		{ metadata, "k8sPodNamespace", lease.pod.namespace, POD_NAMESPACE_SIZE },
		{ metadata, "k8sPodName", lease.pod.name, POD_NAME_SIZE },
	};

	if (metadata && !json_is_object(metadata))
		return -EINVAL;
	for (size_t i = 0; i < array_size(rows); i++) {
		if (get_text(rows[i].object, rows[i].key, rows[i].out, rows[i].size))
			return -EINVAL;
	}
	if (get_since(allocation, file_ns, &lease.since_ns))
		return -EINVAL;

	*out = lease;
	return 0;
}

/* One lease of each address that it has. */
static int add_allocation(const json_t *allocation, int64_t file_ns, struct lease_list *leases)
{
	static const char *const families[] = { "ipv4", "ipv6" };
	bool has_ip = false;
	struct lease lease;
	int err;

	err = get_lease(allocation, file_ns, &lease);
	if (err)
		return err;
	for (size_t i = 0; i < array_size(families); i++) {
		char text[IP_TEXT_SIZE] = "";

		if (get_text(allocation, families[i], text, sizeof(text)))
			return -EINVAL;
		if (!text[0])
			continue;
		if (ip_parse(text, &lease.ip) ||
		    strcmp(ip_family_name(&lease.ip), families[i]) != 0)
			return -EINVAL;
		has_ip = true;
		if (lease_list_add(leases, &lease) == -ENOMEM)
			return -ENOMEM;
	}
	return has_ip ? 0 : -EINVAL;
}

static int parse(const char *text, size_t size, int64_t file_ns, struct lease_list *out)
{
	cleanup_json json_t *root = NULL;
	cleanup_leases struct lease_list leases = { 0 };
	const char *version;
	const json_t *allocations;
	int err = json_read_last(text, size, &root);

	if (err)
		return err;
	version = json_text(root, "version");
	allocations = json_object_get(root, "allocations");
	if (!version || strcmp(version, "vpc-cni-ipam/1") != 0)
		return -EPROTONOSUPPORT;
	if (!json_is_array(allocations))
		return -EINVAL;
	for (size_t i = 0; !err && i < json_array_size(allocations); i++)
		err = add_allocation(json_array_get(allocations, i), file_ns, &leases);
	if (err)
		return err;

	*out = take(leases, ((struct lease_list){ 0 }));
	return 0;
}

static const char *describe(int err)
{
	switch (err) {
	case -EBADMSG:
		return "not JSON";
	case -E2BIG:
		return "too many values in it";
	case -EPROTONOSUPPORT:
		return "its version is not 'vpc-cni-ipam/1'";
	case -EINVAL:
		return "not as expected";
	default:
		return file_strerror(err);
	}
}

/* Is it the file's own fault? Then it needs no other look while the file does not change. */
static bool is_content(int err)
{
	return err == -EBADMSG || err == -E2BIG || err == -EPROTONOSUPPORT || err == -EINVAL ||
	       err == -EFBIG;
}

static int read_file(const struct ipam_json *ipam, const struct stat *st, struct lease_list *out)
{
	cleanup_free char *text = NULL;
	size_t size;
	int err;

	err = file_read(ipam->path, IPAM_JSON_MAX, &text, &size);
	return err ? err : parse(text, size, time_of(st), out);
}

/* Once for every state of the file. */
static void report(struct ipam_json *ipam, int err, size_t refused)
{
	if (refused)
		log_warn("no room for %zu leases of '%s' among %d, ignoring", refused, ipam->path,
			 LEASES_MAX);
	ipam->stats.skipped += refused + (err == -EFBIG);
	if (!err || err == -ENOENT)
		return;
	ipam->stats.errors += err != -EFBIG;
	log_warn("cannot use '%s' of aws-cni: %s, ignoring", ipam->path, describe(err));
}

/* -ENOMEM: nothing was changed. */
static int update(struct ipam_json *ipam)
{
	cleanup_leases struct lease_list leases = { 0 };
	struct stat st = { 0 };
	bool is_known;
	int err;

	err = stat(ipam->path, &st) < 0 ? -errno : 0;
	is_known = is_equal(&st, &ipam->stat);
	if (!err && is_known && ipam->is_settled)
		return 0;
	if (!err)
		err = read_file(ipam, &st, &leases);
	if (err == -ENOMEM)
		return err;

	if (!is_known || err != ipam->err)
		report(ipam, err, leases.refused);
	ipam->stat = st;
	ipam->err = err;
	/* A tick of the clock later it may be another file of the same size. */
	ipam->is_settled = st.st_mtim.tv_sec < time(NULL) - QUIET_S && (!err || is_content(err));
	ipam->stats.is_up = !err;
	if (!err || err == -ENOENT) {
		struct lease_list before = ipam->leases;

		ipam->leases = leases;
		ipam->stats.is_known = !err;
		leases = before;
	}
	return 0;
}

int ipam_json_read(struct ipam_json *ipam, struct lease_list *out)
{
	size_t count = out->count, refused = out->refused;
	int err;

	err = update(ipam);
	for (size_t i = 0; !err && i < ipam->leases.count; i++) {
		/* The list counts those that it has no room for. */
		if (lease_list_add(out, &ipam->leases.leases[i]) == -ENOMEM)
			err = -ENOMEM;
	}
	if (err) {
		out->count = count;
		out->refused = refused;
	}
	return err;
}

struct ipam_json_stats ipam_json_stats(const struct ipam_json *ipam)
{
	struct ipam_json_stats stats = ipam->stats;

	stats.entries = ipam->leases.count;
	return stats;
}

int ipam_json_open(const char *path, struct ipam_json **out)
{
	struct ipam_json *ipam = calloc(1, sizeof(*ipam));

	if (!ipam)
		return -ENOMEM;

	ipam->path = path;
	*out = ipam;
	return 0;
}

void ipam_json_close(struct ipam_json *ipam)
{
	if (!ipam)
		return;
	lease_list_clear(&ipam->leases);
	free(ipam);
}

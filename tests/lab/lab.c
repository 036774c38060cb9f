// SPDX-License-Identifier: Apache-2.0
#include "lab.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "link.h"

enum {
	TRUTH_BUFFER_SIZE = 1 << 20, /* keeps writing out of the way of what is measured */
	GONE_WAIT_US = 10000,
	GONE_WAIT_COUNT = 3000,
};

static const char *const mode_names[LAB_MODE_COUNT] = {
	[LAB_VETH] = "veth",
	[LAB_INNER] = "inner",
	[LAB_MACVLAN] = "macvlan",
};

int lab_mode_parse(const char *text, enum lab_mode *out)
{
	for (unsigned int mode = 0; mode < LAB_MODE_COUNT; mode++) {
		if (!strcmp(text, mode_names[mode])) {
			*out = mode;
			return 0;
		}
	}
	return -EINVAL;
}

int lab_number_parse(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t number;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno || number > max)
		return -ERANGE;

	*out = number;
	return 0;
}

static int block_signals(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	return sigprocmask(SIG_BLOCK, &stop, NULL) < 0 ? -errno : 0;
}

static int set_up(struct net *net, const char *name)
{
	uint32_t ifindex;
	int err = link_index(net, name, &ifindex);

	return err ? err : link_set_up(net, ifindex, true);
}

/* One end of a veth pair: the only kind that every kernel has. */
static int add_lower(struct lab *lab)
{
	char name[LAB_NAME_SIZE], peer[LAB_NAME_SIZE];
	struct link pair = { .kind = "veth", .name = name, .peer = peer };
	int err;

	snprintf(name, sizeof(name), "%s-low", lab->prefix);
	snprintf(peer, sizeof(peer), "%s-end", lab->prefix);
	err = link_add(lab->host, &pair);
	if (err)
		return err;

	err = set_up(lab->host, name);
	if (!err)
		err = set_up(lab->host, peer);
	if (!err)
		err = link_index(lab->host, name, &lab->lower);
	if (err)
		link_delete(lab->host, name);
	return err;
}

int lab_open(const char *prefix, enum lab_mode mode, struct lab *out)
{
	cleanup_lab struct lab lab = { .prefix = prefix, .mode = mode };
	int err;

	if (!*prefix || strlen(prefix) > LAB_PREFIX_MAX)
		return -EINVAL;

	/* The default slack of 50 us is longer than the shortest lifetimes asked for. */
	if (prctl(PR_SET_TIMERSLACK, 1UL) < 0)
		return -errno;
	err = block_signals();
	if (!err)
		err = net_setup();
	if (!err)
		err = net_open("/proc/self/ns/net", &lab.host);
	if (!err && mode == LAB_MACVLAN)
		err = add_lower(&lab);
	if (err)
		return err;

	*out = take(lab, (struct lab){ 0 });
	return 0;
}

void lab_close(struct lab *lab)
{
	char name[LAB_NAME_SIZE];

	if (lab->lower) {
		snprintf(name, sizeof(name), "%s-low", lab->prefix);
		link_delete(lab->host, name);
	}
	net_close(lab->host);
	*lab = (struct lab){ 0 };
}

void lab_name(const struct lab *lab, uint64_t number, char out[static LAB_NAME_SIZE])
{
	snprintf(out, LAB_NAME_SIZE, "%.*s-%" PRIu64, LAB_PREFIX_MAX, lab->prefix, number);
}

void lab_v4(enum lab_base base, uint64_t number, char out[static ADDRESS_TEXT_SIZE])
{
	uint64_t subnet = number / LAB_SUBNET_SIZE;

	snprintf(out, ADDRESS_TEXT_SIZE, "10.%" PRIu64 ".%" PRIu64 ".%" PRIu64 "/24",
		 base + subnet / 256, subnet % 256, 1 + number % LAB_SUBNET_SIZE);
}

void lab_v6(enum lab_base base, uint64_t number, char out[static ADDRESS_TEXT_SIZE])
{
	/* Never a zero group in the middle, so that the text is the canonical one. */
	snprintf(out, ADDRESS_TEXT_SIZE, "fd00:%u:%" PRIx64 ":%" PRIx64 "::5/64", base,
		 1 + number / 0xffff, 1 + number % 0xffff);
}

static int add_link(const struct lab *lab, const struct pod *pod)
{
	const struct link links[LAB_MODE_COUNT] = {
		[LAB_VETH] = {
			.kind = "veth",
			.name = pod->name,
			.peer = "eth0",
			.peer_into = pod->net,
		},
		[LAB_INNER] = { .kind = "veth", .name = "eth0", .peer = "eth1" },
		[LAB_MACVLAN] = {
			.kind = "macvlan",
			.name = "eth0",
			.into = pod->net,
			.lower = lab->lower,
		},
	};
	int err = link_add(lab->mode == LAB_INNER ? pod->net : lab->host, &links[lab->mode]);

	if (!err && lab->mode == LAB_VETH)
		err = set_up(lab->host, pod->name);
	if (!err && lab->mode == LAB_INNER)
		err = set_up(pod->net, "eth1");
	return err;
}

int pod_create(const struct lab *lab, uint64_t number, struct pod *out)
{
	cleanup_pod struct pod pod = { 0 };
	int err;

	lab_name(lab, number, pod.name);
	err = net_create(pod.name, &pod.net);
	if (!err)
		err = add_link(lab, &pod);
	if (!err)
		err = set_up(pod.net, "lo");
	if (!err)
		err = link_index(pod.net, "eth0", &pod.ifindex);
	if (!err)
		err = link_set_up(pod.net, pod.ifindex, true);
	if (err)
		return err;

	*out = take(pod, (struct pod){ 0 });
	return 0;
}

int pod_delete_link(const struct lab *lab, const struct pod *pod)
{
	if (lab->mode == LAB_VETH)
		return link_delete(lab->host, pod->name);
	return link_delete(pod->net, "eth0");
}

void pod_delete(struct pod *pod)
{
	if (!pod->net)
		return;
	net_close(take_ptr(pod->net));
	net_delete(pod->name);
}

int lab_wait_gone(const struct lab *lab, const char *name)
{
	uint32_t ifindex;

	for (int i = 0; i < GONE_WAIT_COUNT; i++) {
		int err = link_index(lab->host, name, &ifindex);

		if (err)
			return err == -ENODEV ? 0 : err;
		if (lab_pause_us(GONE_WAIT_US))
			return -EINTR;
	}
	return -ETIMEDOUT;
}

uint64_t lab_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

bool lab_pause_us(uint64_t us)
{
	struct timespec wait = { us / 1000000, us % 1000000 * 1000 };
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	return sigtimedwait(&stop, NULL, &wait) > 0;
}

int lab_err(int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(-err));
	return err;
}

int truth_open(const char *path, FILE **out)
{
	cleanup_fclose FILE *log = NULL;

	if (*path) {
		log = fopen(path, "we");
		if (!log)
			return -errno;
		setvbuf(log, NULL, _IOFBF, TRUTH_BUFFER_SIZE);
	}

	*out = take_ptr(log);
	return 0;
}

void truth_write(FILE *log, const struct truth *truth)
{
	const char *slash = strchr(truth->address, '/');

	if (!log)
		return;
	fprintf(log, "{\"cycle\":%" PRIu64 ",\"netns\":%" PRIu32 ",\"op\":\"%s\",\"ip\":\"%.*s\",",
		truth->cycle, truth->netns, truth->op, (int)(slash - truth->address),
		truth->address);
	fprintf(log, "\"prefix_len\":%s,\"mono_ns\":%" PRIu64, slash + 1, truth->mono_ns);
	if (truth->by)
		fprintf(log, ",\"by\":\"%s\"", truth->by);
	fputs("}\n", log);
}

int truth_close(FILE *log)
{
	bool failed;

	if (!log)
		return 0;
	failed = ferror(log);
	if (fclose(log))
		return -errno;
	return failed ? -EIO : 0;
}

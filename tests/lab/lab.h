/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the workloads share: pod sandboxes in the shapes that CNI plugins make,
 * pauses that a signal ends, and the log of what was really done.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "address.h"
#include "net.h"

enum {
	LAB_NAME_SIZE = 16, /* IFNAMSIZ */
	LAB_PREFIX_MAX = 7, /* leaves "-" and seven digits of a name */
	LAB_SUBNET_SIZE = 254, /* a /24 without its first and last address */
	LAB_ADDRESS_COUNT = 16384 * LAB_SUBNET_SIZE, /* a /10 */
};

/* What is under 10.BASE.0.0/10, and under fd00:BASE::/32: one for each workload. */
enum lab_base { LAB_BASE_CHURN = 64, LAB_BASE_POPULATE = 128, LAB_BASE_FLAP = 192 };

enum lab_mode {
	LAB_VETH, /* the other end is in the host: the host has an id for the namespace */
	LAB_INNER, /* both ends inside: it has none */
	LAB_MACVLAN, /* made straight in the namespace: none either */
	LAB_MODE_COUNT,
};

struct lab {
	const char *prefix; /* of every name that is made; borrowed */
	enum lab_mode mode;
	struct net *host; /* where the program was started */
	uint32_t lower; /* LAB_MACVLAN: what the links of all pods sit on */
};

/* "veth", "inner", "macvlan"; -EINVAL. */
int lab_mode_parse(const char *text, enum lab_mode *out);
/* Decimal, up to `max`; -EINVAL, -ERANGE. */
int lab_number_parse(const char *text, uint64_t max, uint64_t *out);

/* Blocks SIGINT and SIGTERM, so that nothing half-made stays. -EINVAL: prefix too long. */
int lab_open(const char *prefix, enum lab_mode mode, struct lab *out);
void lab_close(struct lab *lab);
static inline void cleanup_lab_fn(struct lab *lab)
{
	lab_close(lab);
}
#define cleanup_lab cleanup(cleanup_lab_fn)

/* PREFIX-NUMBER: what names a pod's namespace and its link's end in the host. */
void lab_name(const struct lab *lab, uint64_t number, char out[static LAB_NAME_SIZE]);

/* The address of that number, below LAB_ADDRESS_COUNT: "10.64.0.1/24". */
void lab_v4(enum lab_base base, uint64_t number, char out[static ADDRESS_TEXT_SIZE]);
/* "fd00:64:1:1::5/64": a subnet for each number. */
void lab_v6(enum lab_base base, uint64_t number, char out[static ADDRESS_TEXT_SIZE]);

struct pod {
	char name[LAB_NAME_SIZE];
	struct net *net; /* NULL: there is none */
	uint32_t ifindex; /* of eth0, which is up like its other end and lo */
};

int pod_create(const struct lab *lab, uint64_t number, struct pod *out);
int pod_delete_link(const struct lab *lab, const struct pod *pod);
/* The namespace and what is in it; the kernel may still be at work on return. */
void pod_delete(struct pod *pod);
#define cleanup_pod cleanup(pod_delete)

/* Wait, 30 s at most, until the host has no such link any more. -ETIMEDOUT, -EINTR. */
int lab_wait_gone(const struct lab *lab, const char *name);

uint64_t lab_now_ns(void); /* CLOCK_MONOTONIC */
/* Sleep; true when a signal asks to stop. */
bool lab_pause_us(uint64_t us);

/* Print what failed and why, and give err back. */
int lab_err(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One address of a pod came or went. */
struct truth {
	uint64_t cycle;
	uint32_t netns; /* inode */
	const char *op; /* "add", "del" */
	const char *address; /* "10.9.0.5/24" */
	uint64_t mono_ns; /* right before the request: the fact itself is never earlier */
	const char *by; /* of a "del": what was deleted, "addr", "link", "netns" */
};

/* "" is no log: *out is NULL then, which truth_write() takes. */
int truth_open(const char *path, FILE **out);
void truth_write(FILE *log, const struct truth *truth);
/* 0, or -errno when not all of it could be written. Consumes log. */
int truth_close(FILE *log);

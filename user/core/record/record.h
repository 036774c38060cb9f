/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of the event log: a fact with its clock readings and the numbers around
 * it, as one JSON object. Pure. Names and order of the fields are a contract.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_ABSENT UINT64_MAX /* a number that is not known: the field is left out */

enum { RECORD_VERSION = 1 };

enum record_type {
	RECORD_AGENT_STARTED,
	RECORD_AGENT_STOPPED,
	RECORD_AGENT_GAP,
	RECORD_NETNS_CREATED,
	RECORD_NETNS_FREED,
	RECORD_LINK_CREATED,
	RECORD_LINK_MOVED,
	RECORD_LINK_RENAMED,
	RECORD_LINK_DELETED,
	RECORD_IP_ASSIGNED,
	RECORD_IP_RELEASED,
	RECORD_CNI_ADD,
	RECORD_CNI_DEL,
	RECORD_CNI_FAILED,
	RECORD_IP_LEAKED,
	RECORD_IP_LEAK_CLEARED,
	RECORD_IP_DUPLICATE,
	RECORD_RANGE_ADDED,
	RECORD_RANGE_REMOVED,
	RECORD_RANGE_CHANGED,
	RECORD_ALERT_FIRING,
	RECORD_ALERT_RESOLVED,
	RECORD_EVENTS_LOST,
	RECORD_RECONCILE_CORRECTED,
	RECORD_TYPE_COUNT,
};

/* Strings are borrowed; NULL leaves the field out. Bytes that are not UTF-8 are replaced. */
struct record {
	uint64_t seq;
	int64_t wall_ns; /* since the epoch, UTC */
	uint64_t mono_ns; /* CLOCK_MONOTONIC of the fact */
	const char *boot_id;
	const char *node;
	enum record_type type;
	const char *type_name; /* of record_parse(): as the line has it; else NULL */
	const char *ip; /* text */
	uint64_t prefix_len;
	const char *family; /* "ipv4", "ipv6" */
	uint64_t netns; /* inode */
	uint64_t netns_cookie;
	uint64_t from_netns; /* link.moved */
	uint64_t ifindex;
	const char *ifname;
	const char *from_ifname; /* link.renamed */
	const char *link_kind;
	const char *range;
	const char *cidr;
	uint64_t used;
	uint64_t usable;
	uint64_t max_pods; /* range.*: of the node whose own range it is */
	const char *scope; /* range.*, as what follows: "node", "subnet", "cluster" */
	uint64_t node_prefix; /* length of the block that each node takes out of it */
	uint64_t reserved; /* addresses in it that no pod can get */
	const char *namespace; /* of the pod */
	const char *pod;
	const char *pod_uid;
	const char *container_id; /* of the sandbox */
	const char *identity; /* which source said so */
	uint64_t latency_ns; /* netns created to address usable */
	uint64_t sandbox_ns; /* of it: netns created to plugin started */
	uint64_t plugin_ns; /* of it: plugin started to address usable */
	uint64_t reuse_ns;
	const char *previous_pod; /* "namespace/name" */
	const char *plugin;
	const char *command; /* CNI_COMMAND */
	uint64_t duration_ns; /* of the plugin's run */
	uint64_t code; /* of the CNI error; without one absent */
	uint64_t status; /* exit status of the plugin */
	const char *reason;
	const char *message;
	const char *network; /* of the CNI configuration */
	uint64_t other_netns; /* ip.duplicate: inode of the other holder */
	uint64_t age_ns; /* ip.leaked, ip.leak_cleared */
	uint64_t count;
	const char *alert;
	const char *severity; /* of the alert */
	const char *state; /* the same: "firing", "resolved" */
	const char *backend;
	bool truncated; /* something did not fit, and is left out or cut; written only when true */
	bool initial; /* the same */
	bool coalesced; /* the same; it stands for `count` records of its type, left out in a storm
			 */
};

/* "ip.assigned"; for RECORD_TYPE_COUNT and above NULL. */
const char *record_type_name(enum record_type type);
/* RECORD_TYPE_COUNT: there is none of that name. */
enum record_type record_type_find(const char *name);
/* All numbers RECORD_ABSENT, all strings NULL; the type is still to be set. */
extern const struct record record_absent;
/* The same with a type. */
struct record record_init(enum record_type type);
/* One line with its '\n', not terminated. -ENOMEM; -ENOSPC when it does not fit. */
int record_format(const struct record *record, char *out, size_t size, size_t *out_size);

/* The fields of a line in their order: for what writes one, reads it or describes it. */
enum record_field_kind {
	RECORD_FIELD_NUMBER, /* uint64_t */
	RECORD_FIELD_TEXT, /* const char * */
	RECORD_FIELD_TIME, /* int64_t of ns; RFC 3339 in the line */
	RECORD_FIELD_TYPE, /* enum record_type */
	RECORD_FIELD_FLAG, /* bool; in the line when true */
};

enum { RECORD_KEY_MAX = 16 }; /* with room for whole words of eight bytes */

struct record_field {
	const char *name;
	size_t name_size;
	/* As a line has it behind the first quote: name, quote and colon; then zeros. */
	char key[RECORD_KEY_MAX];
	uint64_t key_mask; /* bits of its first eight bytes, the first one lowest, that are not
			      zeros */
	enum record_field_kind kind;
	size_t offset; /* in struct record */
	const char *help; /* of the schema */
};

enum { RECORD_FIELD_COUNT = 52 };
extern const struct record_field record_fields[RECORD_FIELD_COUNT];

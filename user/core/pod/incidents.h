/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Incidents: pods that wait for their address. One begins with a pod's first ADD
 * and ends when ADD succeeds; where it fails, the kubelet tries again with a new
 * sandbox every 11 to 16 s, and all of that is one incident, told once and then
 * seldom. A pod is its namespace and name, else its uid, else its sandbox. Pure;
 * bounded.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/pod/calls.h"
#include "core/pod/failure.h"
#include "core/pod/pod.h"

enum { INCIDENTS_MAX = 1024 };

/* A pod that has not been tried again for so long is gone, or has its address by other means. */
#define INCIDENT_FORGET_NS 120000000000ULL
/* Unless an ADD of it is under way: runtimes give up after minutes. */
#define INCIDENT_CALL_MAX_NS 600000000000ULL
/* An incident that goes on is told again this seldom. */
#define INCIDENT_REPEAT_NS 300000000000ULL

struct incident {
	struct pod pod; /* of the newest try */
	uint64_t since_ns; /* start of the first ADD */
	uint64_t last_ns; /* start or end of the newest ADD */
	uint64_t failures; /* so far; 0: it only waits */
	uint32_t under_way; /* ADDs that have begun and not ended: networks are attached side by
			       side */
	enum reason reason; /* of the newest failure */
};

struct incidents;

/* -ENOMEM. The caller owns *out. */
int incidents_new(struct incidents **out);
void incidents_free(struct incidents *incidents);
DEFINE_CLEANUP(incidents, struct incidents *, incidents_free)
#define cleanup_incidents cleanup(cleanup_incidents_fn)

/* An ADD begins. -ENOSPC at the bound (counted), -ENOMEM. */
int incidents_begin(struct incidents *incidents, const struct call *call);

enum incident_news {
	INCIDENT_QUIET, /* one more of what was told already */
	INCIDENT_GOES_ON, /* tell it again: another reason, or INCIDENT_REPEAT_NS are over */
	INCIDENT_NEW, /* the first failure of this pod: count it */
};

/* An ADD failed. *out is borrowed until the next change; on -ENOSPC and -ENOMEM (its pod could
 * not be entered) it is not set, and the failure had better be told. */
int incidents_failed(struct incidents *incidents, const struct call *call, enum reason reason,
		     const struct incident **out);
/* An ADD succeeded. A pod without failures is forgotten when no other ADD of it is under way. True
 * when an incident with failures ended by it; *out is it then. A chain runs several plugins for one
 * pod: what ends an incident is the success of the plugin and interface that failed, not of those
 * before it. */
bool incidents_succeeded(struct incidents *incidents, const struct call *call,
			 struct incident *out);
/* An ADD failed, says an event log, as the pod's FAILURES'th: those since the one that was told
 * before were told of nobody. *out_before is how the incident stood then, all zero of a new one.
 * -ENOSPC, -ENOMEM. */
int incidents_retell(struct incidents *incidents, const struct call *call, enum reason reason,
		     uint64_t failures, struct incident *out_before);
/* Is this call's pod in an incident that has failures? */
bool incidents_is_failing(const struct incidents *incidents, const struct call *call);
/* Forget pods that are not tried any more. */
void incidents_expire(struct incidents *incidents, uint64_t now_ns);

struct incidents_stats {
	uint32_t waiting; /* pods under way or failing */
	uint64_t oldest_ns; /* since_ns of the oldest; 0 none */
	uint64_t refused; /* at the bound, ever */
};
struct incidents_stats incidents_stats(const struct incidents *incidents);

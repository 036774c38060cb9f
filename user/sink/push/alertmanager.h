/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alertmanager: pushes alerts to one, for clusters without rules. What fires is sent
 * again every interval, and ends by itself four intervals after it was sent last, as
 * Prometheus has it (and so does what is over, where this node's clock is ahead of
 * Alertmanager's); what is over is sent until it was taken. One request at a time;
 * after a failure later and later, but at least once an interval. Whatever the other side
 * does, no more is kept than sink/push/outbox.h bounds. The log tells each cause of a row of
 * failures once, and the end of the row.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/alert/alerts.h"
#include "net/fetch.h"
#include "sink/push/alert_json.h"

struct alertmanager;

enum { ALERTMANAGER_ENDS_AFTER = 4 }; /* intervals */

#define ALERTMANAGER_INTERVAL_NS (60ULL * 1000000000)

/* All is borrowed as long as the sink lives. */
struct alertmanager_config {
	const char *url; /* https://alertmanager:9093, with its path prefix if it has one */
	const char *ca_file; /* NULL: the system's authorities */
	/* The header "Authorization: ..." of a request, or NULL: none. 0 or -errno; the sink frees
	 * *out. NULL: none ever. */
	int (*authorize)(void *ctx, char **out);
	void *authorize_ctx;
	struct alert_json_config text;
	uint64_t interval_ns; /* at least a second */
	struct fetcher *fetcher;
};

struct alertmanager_stats {
	size_t firing, over; /* to be sent again, and still to be taken */
	uint64_t sent, failed; /* requests, ever */
	uint64_t refused; /* alerts that found no place, ever */
};

/* -EINVAL without a URL or a fetcher, -ENOMEM. The caller owns *out. */
int alertmanager_open(const struct alertmanager_config *config, struct alertmanager **out);
void alertmanager_close(struct alertmanager *alertmanager); /* a request under way is cancelled */
DEFINE_CLEANUP(alertmanager, struct alertmanager *, alertmanager_close)
#define cleanup_alertmanager cleanup(cleanup_alertmanager_fn)

/* What alerts_evaluate() told. -ENOSPC (counted), -ENOMEM. */
int alertmanager_tell(struct alertmanager *alertmanager, const struct alert *alert,
		      const struct outbox_clocks *now);
/* Do what is due. Returns when to be called next (CLOCK_MONOTONIC), or OUTBOX_NEVER. To be called
 * after each event of the fetcher, too. */
uint64_t alertmanager_turn(struct alertmanager *alertmanager, const struct outbox_clocks *now);
struct alertmanager_stats alertmanager_stats(const struct alertmanager *alertmanager);

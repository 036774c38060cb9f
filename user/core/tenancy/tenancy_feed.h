/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of the event log to tenancies: of the many that tell nothing of the address or the
 * pod no more is read than when they were. Pure.
 */
#pragma once

#include "core/tenancy/tenancies.h"

struct tenancy_feed {
	struct tenancies *tenancies; /* borrowed */
	char ip[IP_TEXT_SIZE]; /* as lines have it */
	bool is_plain; /* the pod's text stands in lines as it is */
	uint64_t unread; /* lines that are no records, or of another version */
};

/* `tenancies` has to outlive *out. */
void tenancy_feed_init(struct tenancies *tenancies, struct tenancy_feed *out);
/* The next line, with or without its '\n'; it is used up. -ENOMEM. */
int tenancy_feed_line(struct tenancy_feed *feed, char *line, size_t size);

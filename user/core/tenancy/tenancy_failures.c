// SPDX-License-Identifier: Apache-2.0
#include "core/tenancy/tenancy_failures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/tenancy/tenancy_store.h"

static void put_text(char *out, size_t size, const char *text)
{
	text_copy(out, size, text ? text : "");
}

/* A quarter at a time: one by one would move all of them for each. */
static void make_room(struct tenancy_failures *failures)
{
	size_t gone = failures->count / 4;

	failures->count -= gone;
	failures->left_out += gone;
	memmove(failures->items, failures->items + gone,
		failures->count * sizeof(*failures->items));
}

int tenancy_failures_add(struct tenancy_failures *failures, const struct record *record)
{
	struct tenancy_failure *failure;

	if (failures->count == TENANCY_FAILURES_MAX)
		make_room(failures);
	if (tenancy_grow((void **)&failures->items, &failures->room, failures->count,
			 sizeof(*failure)))
		return -ENOMEM;
	failure = &failures->items[failures->count++];
	*failure = (struct tenancy_failure){ .moment = tenancy_moment_of(record),
					     .pod = tenancy_pod_of(record),
					     .count = record->count };
	put_text(failure->plugin, sizeof(failure->plugin), record->plugin);
	put_text(failure->reason, sizeof(failure->reason), record->reason);
	put_text(failure->message, sizeof(failure->message), record->message);
	return 0;
}

void tenancy_failures_clear(struct tenancy_failures *failures)
{
	free(failures->items);
	*failures = (struct tenancy_failures){ 0 };
}

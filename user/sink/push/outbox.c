// SPDX-License-Identifier: Apache-2.0
#include "sink/push/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

void outbox_clear(struct outbox *outbox)
{
	free(outbox->entries);
	*outbox = (struct outbox){ 0 };
}

static struct outbox_entry *find(const struct outbox *outbox, const struct alert *alert)
{
	for (size_t i = 0; i < outbox->count; i++) {
		struct outbox_entry *entry = &outbox->entries[i];

		if (entry->kind == alert->kind && !strcmp(entry->range, alert->range) &&
		    !strcmp(entry->cidr, alert->cidr))
			return entry;
	}
	return NULL;
}

/* The one that has been over for longest; NULL when all fire. */
static struct outbox_entry *find_over(const struct outbox *outbox)
{
	struct outbox_entry *oldest = NULL;

	for (size_t i = 0; i < outbox->count; i++) {
		struct outbox_entry *entry = &outbox->entries[i];

		if (entry->ends_ns && (!oldest || entry->version < oldest->version))
			oldest = entry;
	}
	return oldest;
}

static int make_room(struct outbox *outbox)
{
	size_t room = outbox->room ? outbox->room * 2 : 8;
	struct outbox_entry *larger;

	if (outbox->count < outbox->room)
		return 0;
	if (room > OUTBOX_MAX)
		room = OUTBOX_MAX;
	larger = reallocarray(outbox->entries, room, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	outbox->entries = larger;
	outbox->room = room;
	return 0;
}

static int add(struct outbox *outbox, struct outbox_entry **out)
{
	int err;

	if (outbox->count == OUTBOX_MAX) {
		outbox->refused++;
		*out = find_over(outbox);
		return *out ? 0 : -ENOSPC;
	}
	err = make_room(outbox);
	if (err)
		return err;
	*out = &outbox->entries[outbox->count++];
	return 0;
}

int outbox_put(struct outbox *outbox, const struct alert *alert, const struct outbox_clocks *now)
{
	bool is_firing = alert->level == ALERT_FIRING;
	struct outbox_entry *entry = find(outbox, alert);
	int err;

	if (!entry && !is_firing)
		return 0;
	if (!entry) {
		err = add(outbox, &entry);
		if (err)
			return err;
	}

	*entry = (struct outbox_entry){
		.kind = alert->kind,
		.severity = alert->severity,
		.starts_ns = now->wall_ns - (int64_t)(now->mono_ns - alert->since_ns),
		.ends_ns = is_firing ? 0 : now->wall_ns,
		.due_ns = now->mono_ns,
		.version = ++outbox->versions,
	};
	text_copy(entry->range, sizeof(entry->range), alert->range);
	text_copy(entry->cidr, sizeof(entry->cidr), alert->cidr);
	text_copy(entry->message, sizeof(entry->message), alert->message);
	return 0;
}

void outbox_pick(const struct outbox *outbox, uint64_t now_ns, struct outbox_batch *out)
{
	out->count = 0;
	for (size_t i = 0; i < outbox->count && out->count < OUTBOX_BATCH_MAX; i++) {
		if (outbox->entries[i].due_ns > now_ns)
			continue;
		out->entries[out->count] = i;
		out->versions[out->count++] = outbox->entries[i].version;
	}
}

static bool holds(const struct outbox_batch *batch, uint64_t version)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->versions[i] == version)
			return true;
	}
	return false;
}

void outbox_taken(struct outbox *outbox, const struct outbox_batch *batch, uint64_t now_ns,
		  uint64_t interval_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < outbox->count; i++) {
		struct outbox_entry *entry = &outbox->entries[i];
		bool is_taken = holds(batch, entry->version);

		if (is_taken && entry->ends_ns)
			continue;
		if (is_taken)
			entry->due_ns = now_ns + interval_ns;
		outbox->entries[kept] = *entry;
		kept++;
	}
	outbox->count = kept;
}

uint64_t outbox_due(const struct outbox *outbox)
{
	uint64_t due_ns = OUTBOX_NEVER;

	for (size_t i = 0; i < outbox->count; i++) {
		if (outbox->entries[i].due_ns < due_ns)
			due_ns = outbox->entries[i].due_ns;
	}
	return due_ns;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/state/correction.h"

#include "cleanup.h"

static const char *const correction_names[] = {
	[CORRECTION_NETNS_ADDED] = "netns_added",
	[CORRECTION_NETNS_REMOVED] = "netns_removed",
	[CORRECTION_LINK_ADDED] = "link_added",
	[CORRECTION_LINK_REMOVED] = "link_removed",
	[CORRECTION_LINK_RENAMED] = "link_renamed",
	[CORRECTION_ADDRESS_ADDED] = "address_added",
	[CORRECTION_ADDRESS_REMOVED] = "address_removed",
};

_Static_assert(array_size(correction_names) == CORRECTION_COUNT, "a correction lacks its name");

const char *correction_name(enum correction correction)
{
	return correction_names[correction];
}

enum correction correction_of(const struct event *event)
{
	switch (event->kind) {
	case EVENT_NETNS_ADD:
		return CORRECTION_NETNS_ADDED;
	case EVENT_NETNS_DEL:
		return CORRECTION_NETNS_REMOVED;
	case EVENT_LINK_ADD:
		return CORRECTION_LINK_ADDED;
	case EVENT_LINK_DEL:
	case EVENT_LINK_LEAVE:
		return CORRECTION_LINK_REMOVED;
	case EVENT_LINK_NAME:
		return CORRECTION_LINK_RENAMED;
	case EVENT_ADDR_ADD:
		return CORRECTION_ADDRESS_ADDED;
	case EVENT_ADDR_DEL:
		return CORRECTION_ADDRESS_REMOVED;
	default:
		return CORRECTION_COUNT;
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "core/books/lease.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

enum { ROOM_AT_FIRST = 64 };

static int grow(struct lease_list *list)
{
	size_t room = list->room ? list->room * 2 : ROOM_AT_FIRST;
	struct lease *leases = realloc(list->leases, room * sizeof(leases[0]));

	if (!leases)
		return -ENOMEM;

	list->leases = leases;
	list->room = room;
	return 0;
}

int lease_list_add(struct lease_list *list, const struct lease *lease)
{
	int err;

	if (list->count >= LEASES_MAX) {
		list->refused++;
		return -ENOSPC;
	}
	if (list->count == list->room) {
		err = grow(list);
		if (err)
			return err;
	}

	list->leases[list->count++] = *lease;
	return 0;
}

void lease_list_clear(struct lease_list *list)
{
	free(list->leases);
	*list = (struct lease_list){ 0 };
}

static int rank(const char *source)
{
	static const char *const sources[] = { LEASE_HOST_LOCAL, LEASE_IPAM, LEASE_CNI_CACHE };
	int i = 0;

	while (i < (int)array_size(sources) && strcmp(source, sources[i]) != 0)
		i++;
	return i;
}

int lease_compare(const void *a, const void *b)
{
	const struct lease *left = a, *right = b;
	int order = ip_compare(&left->ip, &right->ip);

	if (!order)
		order = rank(left->source) - rank(right->source);
	/* An older result outlived its pod. */
	if (!order && !strcmp(left->source, LEASE_CNI_CACHE))
		order = (left->since_ns < right->since_ns) - (left->since_ns > right->since_ns);
	if (!order)
		order = strcmp(left->network, right->network);
	return order ? order : strcmp(left->pod.container_id, right->pod.container_id);
}

bool lease_is_same(const struct lease *a, const struct lease *b)
{
	const struct pod *left = &a->pod, *right = &b->pod;

	if (left->container_id[0] || right->container_id[0])
		return strcmp(left->container_id, right->container_id) == 0;
	return strcmp(left->namespace, right->namespace) == 0 &&
	       strcmp(left->name, right->name) == 0;
}

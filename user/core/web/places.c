// SPDX-License-Identifier: Apache-2.0
#include "core/web/places.h"

#include <errno.h>

#define SECOND_NS 1000000000ULL

bool places_have_room(const struct places *places)
{
	return places->count < PLACES_MAX;
}

int places_take(struct places *places, const struct peer *peer, uint64_t now_ns)
{
	for (int i = 0; i < PLACES_MAX; i++) {
		if (places->items[i].is_taken)
			continue;
		places->items[i] = (struct place){
			.peer = *peer,
			.since_ns = now_ns,
			.is_taken = true,
		};
		places->count++;
		return i;
	}
	return -ENOSPC;
}

void places_leave(struct places *places, int place)
{
	places->items[place].is_taken = false;
	places->count--;
}

void places_answered(struct places *places, int place, uint64_t now_ns)
{
	places->items[place].is_answered = true;
	places->items[place].since_ns = now_ns;
}

void places_end(struct places *places, int place)
{
	places->items[place].is_ending = true;
}

/* ---- who goes ---- */

static bool stays(const struct place *place)
{
	return place->is_taken && !place->is_ending;
}

static size_t count_peer(const struct places *places, const struct peer *peer)
{
	size_t count = 0;

	for (size_t i = 0; i < PLACES_MAX; i++)
		count += stays(&places->items[i]) && peer_is_same(&places->items[i].peer, peer);
	return count;
}

static size_t count_pool(const struct places *places, bool is_near)
{
	size_t count = 0;

	for (size_t i = 0; i < PLACES_MAX; i++)
		count += stays(&places->items[i]) && places->items[i].peer.is_near == is_near;
	return count;
}

/* Of a peer, but for `except`. */
static int oldest_of(const struct places *places, const struct peer *peer, int except)
{
	int found = -1;

	for (int i = 0; i < PLACES_MAX; i++) {
		const struct place *at = &places->items[i];

		if (i != except && stays(at) && peer_is_same(&at->peer, peer) &&
		    (found < 0 || at->since_ns < places->items[found].since_ns))
			found = i;
	}
	return found;
}

/* Of whom has the most in the pool; of several such, of whose is the oldest. */
static int oldest_of_greediest(const struct places *places, bool is_near, int except)
{
	size_t most = 0;
	int found = -1;

	for (int i = 0; i < PLACES_MAX; i++) {
		const struct place *at = &places->items[i];
		size_t count;

		if (i == except || !stays(at) || at->peer.is_near != is_near)
			continue;
		count = count_peer(places, &at->peer);
		if (count > most ||
		    (count == most && at->since_ns < places->items[found].since_ns)) {
			most = count;
			found = i;
		}
	}
	return found;
}

int places_victim(const struct places *places, int place, enum place_cause *out_cause)
{
	const struct peer *peer = &places->items[place].peer;
	size_t room = peer->is_near ? PLACES_NEAR : PLACES_AFAR;

	if (!peer->is_near && count_peer(places, peer) > PLACES_OF_PEER) {
		*out_cause = PLACE_OF_PEER;
		return oldest_of(places, peer, place);
	}
	if (count_pool(places, peer->is_near) <= room)
		return -1;
	*out_cause = PLACE_FULL;
	return oldest_of_greediest(places, peer->is_near, place);
}

/* ---- whose time ends ---- */

/* The library does not tell when a later request begins: it has the time of waiting, too. */
static uint64_t end_ns(const struct place *place)
{
	uint64_t most_s = PLACES_REQUEST_S + (place->is_answered ? PLACES_IDLE_S : 0);

	return place->since_ns + most_s * SECOND_NS;
}

int places_overdue(const struct places *places, uint64_t now_ns)
{
	for (int i = 0; i < PLACES_MAX; i++)
		if (stays(&places->items[i]) && end_ns(&places->items[i]) <= now_ns)
			return i;
	return -1;
}

uint64_t places_due_ns(const struct places *places)
{
	uint64_t due_ns = UINT64_MAX;

	for (size_t i = 0; i < PLACES_MAX; i++)
		if (stays(&places->items[i]) && end_ns(&places->items[i]) < due_ns)
			due_ns = end_ns(&places->items[i]);
	return due_ns;
}

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

typedef bool (*peer_fn)(const struct peer *a, const struct peer *b);

static bool peer_is_of_pool(const struct peer *a, const struct peer *b)
{
	return a->is_near == b->is_near;
}

static size_t count(const struct places *places, const struct peer *peer, peer_fn is_alike)
{
	size_t count = 0;

	for (size_t i = 0; i < PLACES_MAX; i++)
		count += stays(&places->items[i]) && is_alike(&places->items[i].peer, peer);
	return count;
}

/* Among those that are with `peer`: of those that are alike and the most; of several such, of whose
 * is the oldest. */
static int oldest_of_most(const struct places *places, const struct peer *peer, peer_fn is_with,
			  peer_fn is_alike, int except)
{
	size_t most = 0;
	int found = -1;

	for (int i = 0; i < PLACES_MAX; i++) {
		const struct place *at = &places->items[i];
		size_t alike;

		if (i == except || !stays(at) || !is_with(&at->peer, peer))
			continue;
		alike = count(places, &at->peer, is_alike);
		if (alike > most ||
		    (alike == most && at->since_ns < places->items[found].since_ns)) {
			most = alike;
			found = i;
		}
	}
	return found;
}

int places_victim(const struct places *places, int place, enum place_cause *out_cause)
{
	const struct peer *peer = &places->items[place].peer;
	size_t room = peer->is_near ? PLACES_NEAR : PLACES_AFAR;
	int greedy = place;

	if (!peer->is_near && count(places, peer, peer_is_same) > PLACES_OF_PEER) {
		*out_cause = PLACE_OF_PEER;
	} else if (count(places, peer, peer_is_of_pool) > room) {
		*out_cause = PLACE_FULL;
		greedy = oldest_of_most(places, peer, peer_is_of_pool, peer_is_same, place);
	} else {
		return -1;
	}
	return oldest_of_most(places, &places->items[greedy].peer, peer_is_same, peer_is_host,
			      place);
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

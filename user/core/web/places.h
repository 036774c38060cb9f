/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places: who has connections to the server, and who has to go. Whoever comes gets a
 * place: where there is none, the oldest connection of whom has the most makes room, so
 * that who holds many makes way for who has few, and one who has just come stays for as
 * long as it takes so many others to come. Among hosts that share a part it is the same.
 * The node itself (the kubelet asks from there) has places of its own, which nobody from
 * afar can take. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/web/peer.h"

enum {
	PLACES_AFAR = 64,
	PLACES_NEAR = 64,
	PLACES_OF_PEER = 16, /* of one from afar */
	/* Who was told to go has its place until it has gone. */
	PLACES_MAX = PLACES_AFAR + PLACES_NEAR + 64,
	PLACES_REQUEST_S = 10, /* from the connection's start to the end of the answer */
	PLACES_IDLE_S = 10, /* between an answer and the next request */
};

struct place {
	struct peer peer;
	uint64_t since_ns; /* it began, or its last answer ended */
	bool is_taken;
	bool is_ending; /* it was told to go */
	bool is_answered; /* at least one request was */
};

/* Zero at birth. */
struct places {
	struct place items[PLACES_MAX];
	size_t count; /* taken */
};

enum place_cause {
	PLACE_FULL, /* too many connections */
	PLACE_OF_PEER, /* too many of its peer's */
};

bool places_have_room(const struct places *places);
/* The place, or -ENOSPC. */
int places_take(struct places *places, const struct peer *peer, uint64_t now_ns);
void places_leave(struct places *places, int place);
/* An answer has been sent. */
void places_answered(struct places *places, int place, uint64_t now_ns);
/* It is told to go; its time does not end again. */
void places_end(struct places *places, int place);

/* Who goes now that `place` was taken: another place, or -1; *out_cause is set with it. */
int places_victim(const struct places *places, int place, enum place_cause *out_cause);
/* One whose time has ended, or -1. */
int places_overdue(const struct places *places, uint64_t now_ns);
/* When the next one's time ends; UINT64_MAX: never. */
uint64_t places_due_ns(const struct places *places);

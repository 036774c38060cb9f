/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Climbs: over each of some spans of the past, from a minute to three days, is the level
 * on a line that reaches the limit, and how far is that to be believed? Pure.
 *
 * Confidence is a product of
 *	span    T / (T + t): what has gone on for T is expected to go on for as long. Source:
 *		Gott, "Implications of the Copernican principle", Nature 363 (1993)
 *	fit     how close to the line the level was, of what it rose
 *	ends    did it rise as fast in the first third, and in the last?
 *	now     would chance alone make it rise as little in the last sixth? Else it has ended
 *	past    was there time before, to tell a rise from a habit? Of spans of hours: did
 *		it not rise as much at the same hours yesterday?
 *	height  is it above what there was before, and went away again?
 */
#pragma once

#include <stddef.h>

struct history;

enum { CLIMB_SPANS = 27 };

struct climb_question {
	const struct history *history; /* up to now */
	double limit;
	double level; /* now */
};

struct climb {
	double seconds; /* until the limit is reached */
	double confidence; /* 0 to 1 */
	double span_s; /* of the past */
	double assigned; /* in it */
};

/* Of each span that rises. */
size_t climb_ask(const struct climb_question *question, struct climb out[CLIMB_SPANS]);
/* How much of a straight line up the last day was, 0 to 1: then its pace tells more than that of
 * the day before. */
double climb_straight(const struct climb_question *question);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One order out of two tellers of the same changes: a walk, which sees what is
 * there at one moment, and the messages that rtnetlink had sent by a little later.
 *
 * Messages of one address alternate. Where the first of them says what the walk
 * says, the walk was merely ahead and the message stays in its place. What no
 * message tells of came before the first of them (rtnetlink does not tell of a
 * namespace that the host has no id for yet), except an IPv6 address: the kernel
 * sends that message only at the end of DAD, some time after the address is in
 * the list, while that of IPv4 comes at once. The end of a link comes after all
 * messages of its addresses. Pure.
 */
#pragma once

#include "core/state/diff.h"

/* Both come in the order they were made and are to be told in this order: first *walk, then
 * *messages, of which the second may have taken in address events of the first. -ENOMEM leaves
 * both as they were: told so, state_apply() gets the same addresses, maybe in another order. */
int merge_walk(struct diff *walk, struct diff *messages);

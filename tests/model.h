/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few namespaces with a few links and addresses, and chance events about them:
 * plain arrays, too simple to be wrong, to compare a state with.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "event.h"
#include "walk.h"

enum {
	MODEL_HOST = 1, /* inode of the node's own netns, the first */
	MODEL_COOKIE = 100, /* a cookie is the inode plus this */
	MODEL_NETNS = 4,
	MODEL_IFINDEX = 2, /* 1 is lo, which never comes nor goes */
	MODEL_LINKS = 3, /* in each netns, from ifindex MODEL_IFINDEX */
	MODEL_IPS = 10,
	MODEL_SLOTS = MODEL_NETNS * (1 + MODEL_LINKS * (1 + MODEL_IPS)), /* of a walk, at most */
};

struct model_link {
	bool exists;
	uint64_t dev;
	char name[EVENT_NAME_SIZE];
	char kind[EVENT_KIND_SIZE];
	bool holds[MODEL_IPS];
};

struct model {
	bool netns[MODEL_NETNS];
	struct model_link links[MODEL_NETNS][MODEL_LINKS];
};

struct chance {
	uint64_t x; /* not 0 */
	bool is_exact; /* events name every device, as the kernel's do */
};

/* Below `below`. */
unsigned int chance_draw(struct chance *chance, unsigned int below);
struct event chance_event(struct chance *chance, uint64_t time_ns);

/* The addresses, some of which can be no pod's. */
struct ip model_ip(unsigned int number);
unsigned int model_ip_number(const struct ip *ip);
uint8_t model_prefix_len(unsigned int number);
bool model_is_held(const struct model *model, unsigned int ip);

void model_apply(struct model *model, const struct event *event);
/* What a walk would find. */
size_t model_walk(const struct model *model, union walk_slot out[static MODEL_SLOTS]);

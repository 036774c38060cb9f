// SPDX-License-Identifier: Apache-2.0
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION hash_words_of
#include "core/state/uses.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "cleanup.h"
#include "core/base/hash_words.h"

/* uthash reports a failed allocation by this macro; add() has a local `oom`. */
#undef uthash_nonfatal_oom
#define uthash_nonfatal_oom(element) (oom = true)

static struct use *find(const struct uses *uses, const struct ip *ip)
{
	struct use *use;

	HASH_FIND(hh, uses->all, ip, sizeof(*ip), use);
	return use;
}

static struct use *add(struct uses *uses, const struct ip *ip)
{
	cleanup_free struct use *use = calloc(1, sizeof(*use));
	bool oom = false;

	if (!use)
		return NULL;
	use->ip = *ip;
	HASH_ADD(hh, uses->all, ip, sizeof(use->ip), use);
	return oom ? NULL : take_ptr(use);
}

static void forget(struct uses *uses, struct use *use)
{
	DL_DELETE(uses->remembered, use);
	uses->remembered_count--;
	HASH_DEL(uses->all, use);
	free(use->released_by);
	free(use);
}

int uses_hold(struct uses *uses, const struct ip *ip, uint64_t now_ns, struct use_past *out)
{
	struct use *use = find(uses, ip);
	struct use_past past = { 0 };

	if (use && !use->holders) {
		DL_DELETE(uses->remembered, use);
		uses->remembered_count--;
		if (use->released_ns && now_ns > use->released_ns)
			past = (struct use_past){ .reuse_ns = now_ns - use->released_ns,
						  .pod = use->released_by };
	}
	if (!use)
		use = add(uses, ip);
	if (!use)
		return -ENOMEM;
	*out = past;
	return !use->holders++;
}

bool uses_release(struct uses *uses, const struct ip *ip, uint64_t now_ns, const char *pod)
{
	struct use *use = find(uses, ip);

	if (!use || !use->holders || --use->holders)
		return false;
	use->released_ns = now_ns;
	free(use->released_by);
	use->released_by = pod ? strdup(pod) : NULL;
	DL_APPEND(uses->remembered, use);
	if (++uses->remembered_count > USES_REMEMBERED_MAX)
		forget(uses, uses->remembered);
	return true;
}

uint32_t uses_held(const struct uses *uses)
{
	return HASH_COUNT(uses->all) - uses->remembered_count;
}

void uses_clear(struct uses *uses)
{
	struct use *use, *next;

	HASH_ITER(hh, uses->all, use, next) {
		HASH_DEL(uses->all, use);
		free(use->released_by);
		free(use);
	}
	uses->remembered = NULL;
	uses->remembered_count = 0;
}

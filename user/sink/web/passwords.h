/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords: may this user ask? By hashes of bcrypt, which take a long time on purpose,
 * in a process that has one thread: what was judged is remembered, and new pairs are
 * judged so seldom that it takes a tenth of the time at most, whose first by
 * core/web/allowance. Users who do not exist take as long as those who do.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "core/web/peer.h"
#include "core/web/web_settings.h"

struct passwords;

enum password_verdict {
	PASSWORD_GOOD,
	PASSWORD_BAD, /* none, or not this user's */
	PASSWORD_LATER, /* too many new ones, or it cannot be told now */
};

/* Whose request, and what it says. */
struct password_asker {
	const char *header; /* Authorization, or NULL */
	struct peer peer;
};

/* There are no users until passwords_set(). -ENOMEM, or what kept random bytes from coming. The
 * caller owns *out. */
int passwords_new(struct passwords **out);
void passwords_free(struct passwords *passwords);
DEFINE_CLEANUP(passwords, struct passwords *, passwords_free)
#define cleanup_passwords cleanup(cleanup_passwords_fn)

/* What was judged stays, for users whose hash is the same. -ENOMEM leaves all as it was. */
int passwords_set(struct passwords *passwords, const struct web_user *users, size_t count);

/* Without users everybody is good. */
enum password_verdict passwords_judge(struct passwords *passwords,
				      const struct password_asker *asker, uint64_t now_ns);
/* How often bcrypt was run. */
uint64_t passwords_computed(const struct passwords *passwords);
/* Until a new pair of this peer may be judged. */
uint64_t passwords_wait_ns(const struct passwords *passwords, const struct peer *peer,
			   uint64_t now_ns);

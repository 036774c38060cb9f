/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Choose: by which backend the agent listens on this kernel.
 */
#pragma once

#include "source/kernel/kernel.h"

/* wanted, or the best where it is BACKEND_NONE. *out_limit is what it does not see, and why,
 * borrowed of the kernel, or NULL. -EOPNOTSUPP after one sentence in the log that names the cause;
 * `podip doctor` has the rest. */
int choose_backend(const struct kernel *kernel, enum backend wanted, enum backend *out,
		   const char **out_limit);

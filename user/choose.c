// SPDX-License-Identifier: Apache-2.0
#include "choose.h"

#include <errno.h>

#include "log.h"

int choose_backend(const struct kernel *kernel, enum backend wanted, enum backend *out,
		   const char **out_limit)
{
	enum backend best = wanted == BACKEND_NONE ? kernel_best_backend(kernel) : wanted;
	enum backend shown = best == BACKEND_NONE ? BACKEND_TRACEPOINT : best;
	const struct finding *finding = &kernel->backends[shown];
	bool is_limited = finding->verdict == VERDICT_LIMITED;

	if (best == BACKEND_NONE || finding->verdict == VERDICT_REFUSED) {
		log_write(LOG_LEVEL_ERROR, "cannot run with backend '%s': %s; see 'podip doctor'",
			  backend_name(shown), finding->why);
		return -EOPNOTSUPP;
	}
	if (is_limited)
		log_warn("backend '%s' is limited: %s", backend_name(best), finding->why);
	*out = best;
	*out_limit = is_limited ? finding->why : NULL;
	return 0;
}

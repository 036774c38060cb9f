// SPDX-License-Identifier: Apache-2.0
#include "cli/tenancy/tenancy_report.h"

#include <string.h>

static int tell(tenancy_row_fn fn, void *ctx, const char *role, const struct tenancy *tenancy)
{
	return tenancy ? fn(&(struct tenancy_row){ .role = role, .tenancy = tenancy }, ctx) : 0;
}

static int tell_answer(const struct tenancy_answer *answer, tenancy_row_fn fn, void *ctx)
{
	int result = tell(fn, ctx, "before", answer->before);

	for (size_t i = 0; i < answer->holder_count && !result; i++)
		result = tell(fn, ctx, "holder", answer->holders[i]);
	return result ? result : tell(fn, ctx, "after", answer->after);
}

/* Tenancies, and between them, by number, what failed. */
static int tell_pod(const struct tenancies *tenancies, tenancy_row_fn fn, void *ctx)
{
	const struct tenancy_failures *failures = tenancies_failures(tenancies);
	size_t count = tenancies_count(tenancies), i = 0, j = 0;
	int result = 0;

	while (!result && (i < count || j < failures->count)) {
		const struct tenancy *tenancy = i < count ? tenancies_at(tenancies, i) : NULL;
		const struct tenancy_failure *failure = j < failures->count ? &failures->items[j]
									    : NULL;

		if (!failure || (tenancy && tenancy->first.seq <= failure->moment.seq)) {
			result = tell(fn, ctx, "address", tenancy);
			i++;
		} else {
			result = fn(&(struct tenancy_row){ .role = "failed", .failure = failure },
				    ctx);
			j++;
		}
	}
	return result;
}

int tenancy_report_rows(const struct tenancy_report *report, tenancy_row_fn fn, void *ctx)
{
	const struct who_kernel *kernel = report->kernel;
	int result = 0;

	if (report->tenancies && report->query->has_ip)
		result = tell_answer(&report->answer, fn, ctx);
	else if (report->tenancies)
		result = tell_pod(report->tenancies, fn, ctx);
	if (kernel->has_verdict && !kernel->differs)
		return result;
	for (size_t i = 0; i < kernel->count && !result; i++)
		result = tell(fn, ctx, "kernel", &kernel->holders[i]);
	return result;
}

bool tenancy_report_found(const struct tenancy_report *report)
{
	return report->kernel->count ||
	       (report->tenancies && tenancies_log(report->tenancies)->matched);
}

const char *tenancy_report_kernel(const struct tenancy_report *report)
{
	const struct who_kernel *kernel = report->kernel;

	if (kernel->state == WHO_KERNEL_UNASKED)
		return NULL;
	if (kernel->state == WHO_KERNEL_REFUSED)
		return "refused";
	if (!report->tenancies)
		return "alone";
	if (!kernel->has_verdict)
		return "asked";
	return kernel->differs ? "differs" : "agrees";
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `podip who` and `podip pod` have to tell, in its order, for each form of output.
 */
#pragma once

#include "cli/tenancy/who_kernel.h"
#include "core/tenancy/tenancies.h"
#include "core/tenancy/tenancy_lookup.h"

struct tenancy_report {
	const struct tenancy_query *query;
	bool has_time; /* a time was asked for; else it is now */
	const struct tenancies *tenancies; /* after tenancies_end(); NULL: there is no log */
	const char *path; /* of the log */
	struct tenancy_answer answer; /* of an address */
	const struct who_kernel *kernel;
};

/* One of the two. */
struct tenancy_row {
	const char *role; /* "before", "holder", "after", "address", "kernel", "failed" */
	const struct tenancy *tenancy;
	const struct tenancy_failure *failure;
};

/* 0 to go on, or what tenancy_report_rows() then gives. */
typedef int (*tenancy_row_fn)(const struct tenancy_row *row, void *ctx);

/* Oldest first, and then what the kernel has, where the log says something else, or nothing. */
int tenancy_report_rows(const struct tenancy_report *report, tenancy_row_fn fn, void *ctx);
/* Was there anything to tell? */
bool tenancy_report_found(const struct tenancy_report *report);
/* "agrees", "differs", "alone", "asked", "refused"; NULL: it was not asked. */
const char *tenancy_report_kernel(const struct tenancy_report *report);

/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka and what it lacks. Every test includes this first. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h> /* needs the four above; its own block, so never sorted up */

#define case_count(cases) (sizeof(cases) / sizeof((cases)[0]))
#define for_each_case(c, cases) \
	for (__typeof__(&(cases)[0]) c = (cases); c < (cases) + case_count(cases); c++)

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status as JSON: what the agent answers on its socket and scripts read, and back. Pure.
 */
#pragma once

#include <jansson.h>

#include "core/status/status.h"

/* {"v":1, "level":"good", ...}: numbers that are not known are left out. NULL: out of memory. */
json_t *status_to_json(const struct status *status);
/* -EINVAL: not of that shape; -EPROTO: of another version. Unknown keys are left out. The caller
 * owns *out. */
int status_from_json(const json_t *json, struct status *out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Schema (2020-12) of podip.yaml, for editors and CI: made of the options' table.
 */
#pragma once

#include <jansson.h>

/* NULL: out of memory. */
json_t *config_schema(void);

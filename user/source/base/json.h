/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON from outside, by jansson, with a bound on what it may take: a value costs up
 * to a hundred bytes, however short it is in the text.
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "cleanup.h"

enum { JSON_VALUES_MAX = 65536 }; /* some 6 MiB */

DEFINE_CLEANUP(json, json_t *, json_decref)
#define cleanup_json cleanup(cleanup_json_fn)

/* -EBADMSG not JSON, -E2BIG more than JSON_VALUES_MAX values, -ENOMEM. The caller owns *out. */
int json_read(const char *text, size_t size, json_t **out);
/* The same, but of equal keys the last one counts, as it does for Go: for files that others have to
 * understand, too. */
int json_read_last(const char *text, size_t size, json_t **out);

/* NULL where the object has no such key, or another type under it. Borrowed. */
const char *json_text(const json_t *object, const char *key);
const json_t *json_child(const json_t *object, const char *key); /* an object */
const json_t *json_list(const json_t *object, const char *key); /* an array */

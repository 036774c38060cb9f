/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pseudonyms: names of pods and of their namespaces, replaced by others that are the same
 * wherever the name is the same. A name that can be guessed can be recognized: this hides
 * names from a reader, not from somebody who knows them. Pure.
 */
#pragma once

#include <jansson.h>

enum { PSEUDONYM_SIZE = 24 };

/* "pod" and "web-0" to "pod-0123456789ab". kind: 8 letters at most. */
void pseudonym_of(const char *kind, const char *name, char out[static PSEUDONYM_SIZE]);
/* Everywhere in it: values of "namespace", "pod" and "previous_pod" ("namespace/name"), and these
 * names in the "message" beside them. -ENOMEM; -ELOOP: too deep, and not done. */
int pseudonym_json(json_t *json);

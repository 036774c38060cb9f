/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the suppliers that watch an object of the Kubernetes API share: all but where
 * it is and how it is read.
 */
#pragma once

#include <jansson.h>

#include "source/supplier/supplier.h"

/* Reads one object. 0; so many of its values were not understood, the rest was; -EINVAL none was,
 * -ENODATA it says nothing, -ENOMEM. *out, empty before, is untouched when it fails; the caller
 * owns it. */
typedef int (*kube_parse_fn)(const json_t *object, struct capacity *out);

struct kube_supplier;

/* As supplier_kind's open; path is of the collection, a literal. */
int kube_supplier_open(const struct supplier_config *config, const char *path, kube_parse_fn parse,
		       void **out);
/* As supplier_kind's. An object that is gone, or was not understood, leaves what the last good one
 * said. */
void kube_supplier_close(void *data);
uint64_t kube_supplier_turn(void *data, uint64_t now_ns);
const struct capacity *kube_supplier_capacity(const void *data);
uint64_t kube_supplier_version(const void *data);
struct supplier_status kube_supplier_status(const void *data);

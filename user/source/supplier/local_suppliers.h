/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suppliers of what others of the agent have read already: the configuration, the
 * CNI's files, and ipam.json of the AWS VPC CNI.
 */
#pragma once

#include "source/supplier/supplier.h"

extern const struct supplier_kind config_supplier;
/* Other ranges of the configuration from the next turn on; they are copied. -ENOMEM leaves what
 * was. */
int config_supplier_set(void *supplier, const struct range_list *ranges);
extern const struct supplier_kind cni_supplier;
extern const struct supplier_kind ipam_supplier; /* what is assigned, where nobody says more */

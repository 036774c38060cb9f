/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ENIs of a CiliumNode object, where Cilium's IPAM is in ENI mode.
 */
#pragma once

#include <jansson.h>

#include "core/capacity/enis.h"

/* Adds to *enis the ENIs of status.eni.enis with their prefixes and addresses, and what
 * status.ipam.used says of them. ENIs before spec.eni.first-interface-index give no address to
 * pods. *bad grows by what was not as expected, and left out. -ENOMEM. */
int cilium_eni_parse(const json_t *node, struct enis *enis, int *bad);

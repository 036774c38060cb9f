/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipamd of the AWS VPC CNI as a supplier: the node's ENIs, what is attached to them
 * and which addresses are given out, from its introspection at /v1/enis. It knows no
 * CIDR of a subnet: no ranges.
 */
#pragma once

struct supplier_kind;

extern const struct supplier_kind ipamd_supplier;

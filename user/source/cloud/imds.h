/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The EC2 instance metadata service (version 2) as a supplier: the node's subnets and
 * its VPC as ranges, its ENIs with what is attached to them, its instance type and
 * zone. It does not know which address is given to a pod.
 */
#pragma once

struct supplier_kind;

extern const struct supplier_kind imds_supplier;

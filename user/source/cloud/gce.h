/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GCE: the alias ranges of this node, which GKE gives to pods, and its zone and node
 * pool, from the metadata server. Below /computeMetadata/v1/instance, always with
 * `Metadata-Flavor: Google` (cloud.google.com/compute/docs/metadata/querying-metadata):
 *
 *	network-interfaces/?recursive=true	[{"ipAliases":["10.24.3.0/24"],...},...]
 *	zone					projects/123/zones/europe-west1-b
 *	attributes/kube-labels			cloud.google.com/gke-nodepool=NAME,...
 *
 * The first is asked again as soon as it is answered, with wait_for_change and the
 * ETag of the answer: the server then waits for a change, a minute at most. One that
 * does not wait is asked at the usual interval. The others do not change; they are
 * asked until they are answered once, and a node that has none is as good.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/capacity/capacity.h"
#include "source/supplier/supplier.h"

struct poll_result;

enum { GCE_BODY_MAX = 256 << 10 }; /* bytes of an answer */

/* Up without a range, too: the pods of a cluster with routes have no alias. */
extern const struct supplier_kind gce_supplier;

/* The interfaces' aliases as ranges "ip-alias" of scope node, added to out->capacity. One that is
 * neither CIDR nor address is complained of. What poll_fail() gives when it is not a list of
 * interfaces, is empty, or nothing but such aliases. */
int gce_parse_interfaces(const char *text, size_t size, struct poll_result *out);
/* The last part of the path; and the value of GKE's label of the node pool, "" where it is not
 * among the labels. False: it can be no label, out is untouched. */
bool gce_parse_zone(const char *text, char out[static CAPACITY_LABEL_SIZE]);
bool gce_parse_labels(const char *text, char out[static CAPACITY_LABEL_SIZE]);

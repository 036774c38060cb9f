/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two JSON texts that CNI leaves on a node: a network's configuration and a
 * cached result. Buffers in, facts out; no file is touched.
 */
#pragma once

#include <stddef.h>

#include "core/range.h"

enum {
	CNI_CONF_RANGES_MAX = 64, /* in one configuration */
	CNI_RESULT_SANDBOXES_MAX = 4, /* in one result; libcni writes one */
	CNI_SANDBOX_SIZE = 256,
};

struct cni_conf {
	struct range ranges[CNI_CONF_RANGES_MAX];
	size_t count;
};

struct cni_result {
	char sandboxes[CNI_RESULT_SANDBOXES_MAX][CNI_SANDBOX_SIZE]; /* absolute paths */
	size_t count;
};

/* Ranges of a .conf or .conflist: what host-local is told in `ranges` or `subnet`; none for other
 * IPAM and for `usePodCidr`. `reserved` is host-local's own arithmetic: all but
 * rangeStart..rangeEnd without the gateway, which by default leaves size - 3 of IPv4. -EBADMSG not
 * JSON, -EINVAL not what host-local would take, -E2BIG past CNI_CONF_RANGES_MAX. */
int cni_conf_parse(const char *text, size_t size, struct cni_conf *out);
/* Network namespaces that a cached result names. -EBADMSG not JSON, -EINVAL not an object. */
int cni_result_parse(const char *text, size_t size, struct cni_result *out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Namespaces as files: what a path such as /var/run/netns/cni-<uuid> stands for.
 */
#pragma once

#include <stdint.h>

/* Inode of the namespace that `path`, absolute, stands for under host_root ("" for none). Opens
 * nothing but the name, so that a path from outside can do no harm. -ESTALE: we see where it would
 * be, and there is none any more; -EINVAL: the path is not absolute; -errno. */
int nsfs_inode(const char *host_root, const char *path, uint32_t *out);

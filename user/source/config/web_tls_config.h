/* SPDX-License-Identifier: Apache-2.0 */
/* tls_server_config of a web configuration file. Keys as Prometheus' exporter-toolkit has them. */
#pragma once

#include "core/web/web_settings.h"
#include "source/config/yamlfile.h"

enum { WEB_PEM_MAX = 256 << 10 }; /* bytes of a certificate, key or authorities */

/* Reads the node, and the files that it names: from the folder of `file` on. They are added to
 * out->files, read or not. -EINVAL (or what kept a file from being read) with a sentence in
 * file->error, or -ENOMEM. */
int web_tls_config_read(struct yamlfile *file, const yaml_node_t *node, struct web_settings *out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The web configuration file, with the keys of Prometheus' exporter-toolkit:
 * tls_server_config, http_server_config, basic_auth_users, rate_limit. Read whole or not
 * at all; an error names file, line and key. What cannot be done is an error, too, and
 * never left out silently.
 */
#pragma once

#include "core/web/web_settings.h"

enum {
	WEB_CONFIG_FILE_MAX = 1 << 20, /* bytes */
	/* Of bcrypt: 250 ms or so, for which the agent does nothing else. */
	WEB_CONFIG_COST_MAX = 12,
};

/* 0, or -errno (-EINVAL for what the text is to blame for) with one sentence in error. The caller
 * owns *out and calls web_settings_clear(); after an error it has the names of the files that were
 * looked at, to look again when they change. */
int web_config_read(const char *path, struct web_settings *out, char error[static WEB_ERROR_SIZE]);

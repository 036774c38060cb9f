/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podip.yaml: ranges, alerts, and a value for any flag. Read whole or not at all; an
 * error names file, line and key.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"
#include "core/base/range.h"
#include "source/config/alert_config.h"

enum {
	CONFIG_FILE_MAX = 1 << 20, /* bytes */
	CONFIG_ERROR_SIZE = 512,
};

/* One scalar outside `ranges`: "web.listen-address" = ":9465". A sequence gives one setting an
 * item. */
struct config_setting {
	char *key; /* path joined by '.' */
	char *value;
	unsigned int line;
};

struct config {
	struct range *ranges;
	size_t range_count;
	struct config_setting
		*settings; /* in file order; the options' table knows which keys exist */
	size_t setting_count;
	struct alert_config alerts; /* the default rules where the file is silent */
};

/* Read `path`. 0, or -errno (-EINVAL for what the text is to blame for) with one sentence
 * "FILE:LINE: KEY: what is wrong" in error. The caller owns *out and calls config_clear(). */
int config_read(const char *path, struct config *out, char error[static CONFIG_ERROR_SIZE]);
void config_clear(struct config *config);
static inline void cleanup_config_fn(struct config *config)
{
	config_clear(config);
}
#define cleanup_config cleanup(cleanup_config_fn)

// SPDX-License-Identifier: Apache-2.0
#include "source/base/complaints.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

static bool is_new(struct complaints *complaints, const char *text)
{
	char *copy;

	if (complaints->count == COMPLAINTS_MAX)
		return false;
	for (size_t i = 0; i < complaints->count; i++) {
		if (strcmp(complaints->told[i], text) == 0)
			return false;
	}

	copy = strdup(text);
	if (copy)
		complaints->told[complaints->count++] = copy;
	return true;
}

void complaints_error(struct complaints *complaints, const char *path, const char *why)
{
	complaints->errors++;
	if (!is_new(complaints, path))
		return;
	log_warn("cannot use '%s' of %s: %s, ignoring", path, complaints->whose, why);
	if (complaints->count == COMPLAINTS_MAX)
		log_warn("%d files of %s could not be used, more are counted only", COMPLAINTS_MAX,
			 complaints->whose);
}

void complaints_skip(struct complaints *complaints, const char *path, const char *bound)
{
	complaints->skipped++;
	if (is_new(complaints, bound))
		log_warn("no room for '%s' of %s among %s, ignoring", path, complaints->whose,
			 bound);
}

void complaints_clear(struct complaints *complaints)
{
	for (size_t i = 0; i < complaints->count; i++)
		free(complaints->told[i]);
	*complaints = (struct complaints){ 0 };
}

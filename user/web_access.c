// SPDX-License-Identifier: Apache-2.0
#include "web_access.h"

#include <errno.h>
#include <stdlib.h>

#include "core/web/web_settings.h"
#include "log.h"
#include "reload.h"
#include "sink/web/gate.h"
#include "source/config/web_config.h"

_Static_assert((int)RELOAD_FILES_MAX >= (int)WEB_FILES_MAX, "all of them are followed");

struct web_access {
	const char *path;
	struct gate *gate;
	struct reload *reload;
};

static int complain(int err, const char *sentence)
{
	log_write(LOG_LEVEL_ERROR, "%s", sentence);
	return err;
}

static int make_gate(const char *path, struct web_settings *out, struct gate **out_gate)
{
	char error[WEB_ERROR_SIZE];
	int err = web_config_read(path, out, error);

	if (!err)
		err = gate_new(out, error, out_gate);
	return err ? complain(err, error) : 0;
}

int web_access_check(const char *path)
{
	cleanup_web_settings struct web_settings settings = { 0 };
	cleanup_gate struct gate *gate = NULL;

	return *path ? make_gate(path, &settings, &gate) : 0;
}

/* Files that a bad configuration names are followed, too: one of them may be what is bad. */
static int apply(void *ctx)
{
	cleanup_web_settings struct web_settings settings = { 0 };
	struct web_access *access = ctx;
	char error[WEB_ERROR_SIZE];
	int err = web_config_read(access->path, &settings, error);

	if (reload_follow(access->reload, settings.files, settings.file_count))
		log_warn("cannot watch the files of '%s', ignoring", access->path);
	if (!err)
		err = gate_set(access->gate, &settings, error);
	return err ? complain(err, error) : 0;
}

int web_access_open(const char *path, struct loop *loop, struct web_access **out)
{
	cleanup_web_access struct web_access *access = calloc(1, sizeof(*access));
	cleanup_web_settings struct web_settings settings = { 0 };
	struct reload_config config = { "web configuration", path, apply, access };
	int err;

	if (!access)
		return -ENOMEM;
	access->path = path;
	if (*path) {
		err = make_gate(path, &settings, &access->gate);
		if (!err)
			err = reload_open(&config, loop, &access->reload);
		if (!err)
			err = reload_follow(access->reload, settings.files, settings.file_count);
		if (err)
			return err;
	}
	*out = take_ptr(access);
	return 0;
}

void web_access_close(struct web_access *access)
{
	if (!access)
		return;
	reload_close(access->reload);
	gate_free(access->gate);
	free(access);
}

struct gate *web_access_gate(const struct web_access *access)
{
	return access->gate;
}

void web_access_request(struct web_access *access)
{
	if (access->reload)
		reload_request(access->reload);
}

void web_access_measure(const struct web_access *access, struct metrics_input *out)
{
	if (access->reload)
		out->web.reloads = reload_measure(access->reload);
}

// SPDX-License-Identifier: Apache-2.0
#include "web_access.h"

#include <errno.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/web/web_settings.h"
#include "log.h"
#include "loop.h"
#include "reload.h"
#include "sink/web/gate.h"
#include "sink/web/tls.h"
#include "source/config/web_config.h"

#define SECOND_NS 1000000000LL

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

/* Clients refuse it, and metrics say so to nobody then. */
static void warn_of_validity(const char *path, const struct gate *gate)
{
	const struct tls *tls = gate_tls(gate);
	struct tls_validity validity;
	char since[TEXT_TIME_SIZE];
	int64_t now_s = loop_wall_ns() / SECOND_NS;

	if (!tls)
		return;
	validity = tls_validity(tls);
	if (validity.not_after_s < now_s) {
		text_time(validity.not_after_s * SECOND_NS, since);
		log_warn("a certificate of '%s' has expired at %s, serving it all the same", path,
			 since);
	} else if (validity.not_before_s > now_s) {
		text_time(validity.not_before_s * SECOND_NS, since);
		log_warn("a certificate of '%s' is not valid before %s, serving it all the same",
			 path, since);
	}
}

static int make_gate(const char *path, struct web_settings *out, struct gate **out_gate)
{
	char error[WEB_ERROR_SIZE];
	int err = web_config_read(path, out, error);

	if (!err)
		err = gate_new(out, error, out_gate);
	if (err)
		return complain(err, error);
	warn_of_validity(path, *out_gate);
	return 0;
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
	if (err)
		return complain(err, error);
	warn_of_validity(access->path, access->gate);
	return 0;
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
	const struct tls *tls = access->gate ? gate_tls(access->gate) : NULL;
	struct tls_validity validity;

	if (access->reload)
		out->web.reloads = reload_measure(access->reload);
	if (!tls)
		return;
	validity = tls_validity(tls);
	out->web.has_certificate = true;
	out->web.not_before_s = (double)validity.not_before_s;
	out->web.not_after_s = (double)validity.not_after_s;
}

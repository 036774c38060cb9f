// SPDX-License-Identifier: Apache-2.0
#include "source/cloud/ipamd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "source/cloud/ipamd_parse.h"
#include "source/supplier/poll.h"

#define UNIX_SCHEME "unix:"

enum {
	URL_SIZE = 512,
	BODY_MAX = 2 << 20,
	STATUS_OK = 200,
};

static const uint64_t second_ns = 1000000000;

struct ipamd {
	char setting[URL_SIZE], url[URL_SIZE];
	const char *socket_path; /* in setting; NULL: TCP */
	int64_t (*wall_ns)(void);
};

static int ask(void *ctx, struct fetch_request *out)
{
	const struct ipamd *ipamd = ctx;

	*out = (struct fetch_request){
		.url = ipamd->url,
		.socket_path = ipamd->socket_path,
		.max_bytes = BODY_MAX,
		.timeout_ns = 5 * second_ns,
	};
	return 0;
}

static const char *describe(int err)
{
	switch (err) {
	case -EBADMSG:
		return "the answer is not JSON";
	case -E2BIG:
		return "the answer has too many values";
	case -ENODATA:
		return "the answer names no ENI";
	default:
		return strerror(-err);
	}
}

static int hear(void *ctx, const struct fetch_answer *answer, struct poll_result *out)
{
	const struct ipamd *ipamd = ctx;
	struct ipamd_report report;
	int err;

	if (answer->status != STATUS_OK)
		return poll_fail(out, -EPROTO, "status %ld", answer->status);
	err = ipamd_parse(answer->body, answer->size, ipamd->wall_ns(), &report);
	if (err)
		return poll_fail(out, err, "%s", describe(err));

	out->capacity.enis = report.enis;
	/* There are some, which are better known from before. */
	if (report.bad_blocks && !report.enis.block_count)
		return poll_fail(out, -EBADMSG, "%s", report.error);
	if (report.errors) {
		poll_complain(out, "%s", report.error);
		out->errors += report.errors - 1;
	}
	return 0;
}

/* "unix:/PATH" or "http://ADDRESS:PORT". -ENAMETOOLONG */
static int set_url(struct ipamd *ipamd, const char *setting)
{
	const char *base = ipamd->setting;
	int size;

	if (snprintf(ipamd->setting, URL_SIZE, "%s", setting) >= URL_SIZE)
		return -ENAMETOOLONG;
	if (strncmp(base, UNIX_SCHEME, strlen(UNIX_SCHEME)) == 0) {
		ipamd->socket_path = base + strlen(UNIX_SCHEME);
		base = "http://localhost";
	}
	size = snprintf(ipamd->url, URL_SIZE, "%s%sv1/enis", base,
			base[strlen(base) - 1] == '/' ? "" : "/");
	return size < URL_SIZE ? 0 : -ENAMETOOLONG;
}

static int ipamd_open(const struct supplier_config *config, void **out)
{
	cleanup_free struct ipamd *ipamd = calloc(1, sizeof(*ipamd));
	const char *setting = config->settings->ipamd_url;
	struct poll_config poll_config = {
		.name = "ipamd",
		.period_ns = config->settings->period_ns,
		.most_ns = 60 * second_ns,
		.round_ns = 10 * second_ns,
		.ask = ask,
		.hear = hear,
		.free_ctx = free,
	};
	struct poll *poll = NULL;
	int err;

	if (!setting || !setting[0])
		return 1;
	err = ipamd ? set_url(ipamd, setting) : -ENOMEM;
	if (err)
		return log_err(err, "cannot ask ipamd at '%s'", setting);

	ipamd->wall_ns = config->wall_ns;
	poll_config.url = ipamd->setting;
	poll_config.ctx = take_ptr(ipamd);
	err = poll_open(&poll_config, config->fetcher, &poll);
	if (err)
		return log_err(err, "cannot ask ipamd at '%s'", setting);

	*out = poll;
	return 0;
}

const struct supplier_kind ipamd_supplier = {
	.name = "ipamd",
	.needs_network = true,
	.open = ipamd_open,
	.close = poll_close,
	.turn = poll_turn,
	.capacity = poll_capacity,
	.version = poll_version,
	.status = poll_status,
};

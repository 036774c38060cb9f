// SPDX-License-Identifier: Apache-2.0
/*
 * A round: the token where there is none, the instance's type and zone, the list of
 * MAC addresses, then each key of each ENI, one request after the other: 168 for 15
 * ENIs. An ENI that goes meanwhile is left out.
 */
#include "source/cloud/imds.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "source/cloud/imds_parse.h"
#include "source/supplier/poll.h"

enum {
	BASE_SIZE = 256,
	KEY_SIZE = 128,
	URL_SIZE = BASE_SIZE + KEY_SIZE + 32,
	BODY_MAX = 16384, /* a list of 50 addresses has 800 */
	LEAST_S = 60, /* a round takes no longer, and begins no sooner after the last, */
	PERIODS = 6, /* or after so many periods, where these are shorter */
	TOKENS_MAX = 2, /* a round */
	TOKEN_TTL_S = 21600,
	TOKEN_SPARE_S = 600, /* a new one so long before its end */
	STATUS_OK = 200,
	STATUS_UNAUTHORIZED = 401,
	STATUS_FORBIDDEN = 403,
	STATUS_NOT_FOUND = 404,
};

static const uint64_t second_ns = 1000000000;

enum step { STEP_TYPE, STEP_ZONE, STEP_MACS, STEP_ENI };

struct imds {
	char base[BASE_SIZE]; /* of every URL */
	char token[IMDS_TOKEN_SIZE]; /* "" none */
	uint64_t token_ns; /* when the round began that got it */
	/* The round. */
	uint64_t begin_ns;
	unsigned int tokens; /* asked for */
	enum step step;
	char macs[ENIS_MAX][IMDS_MAC_SIZE];
	size_t mac_count, mac;
	enum imds_key key;
	char *values[IMDS_KEY_COUNT]; /* owned, of the ENI */
	/* Of the request. */
	char url[URL_SIZE];
	char header[IMDS_TOKEN_SIZE + 32];
};

static void clear_values(struct imds *imds)
{
	for (size_t i = 0; i < IMDS_KEY_COUNT; i++) {
		free(imds->values[i]);
		imds->values[i] = NULL;
	}
}

static void begin(void *ctx, uint64_t now_ns)
{
	struct imds *imds = ctx;

	clear_values(imds);
	imds->begin_ns = now_ns;
	imds->tokens = 0;
	imds->step = STEP_TYPE;
	imds->mac_count = imds->mac = 0;
	if (now_ns - imds->token_ns >= (TOKEN_TTL_S - TOKEN_SPARE_S) * second_ns)
		imds->token[0] = '\0';
}

/* What is asked for, behind /latest/meta-data/. */
static void name_key(const struct imds *imds, char out[static KEY_SIZE])
{
	static const char *const names[] = {
		[STEP_TYPE] = "instance-type",
		[STEP_ZONE] = "placement/availability-zone",
		[STEP_MACS] = "network/interfaces/macs/",
	};

	if (imds->step == STEP_ENI)
		snprintf(out, KEY_SIZE, "%s%s/%s", names[STEP_MACS], imds->macs[imds->mac],
			 imds_key_name(imds->key));
	else
		snprintf(out, KEY_SIZE, "%s", names[imds->step]);
}

static int ask(void *ctx, struct fetch_request *out)
{
	struct imds *imds = ctx;
	char key[KEY_SIZE];

	if (imds->token[0]) {
		name_key(imds, key);
		snprintf(imds->url, URL_SIZE, "%s/latest/meta-data/%s", imds->base, key);
		snprintf(imds->header, sizeof(imds->header), "X-aws-ec2-metadata-token: %s",
			 imds->token);
	} else {
		imds->tokens++;
		snprintf(imds->url, URL_SIZE, "%s/latest/api/token", imds->base);
		snprintf(imds->header, sizeof(imds->header),
			 "X-aws-ec2-metadata-token-ttl-seconds: %d", TOKEN_TTL_S);
	}
	*out = (struct fetch_request){
		.url = imds->url,
		.method = imds->token[0] ? "GET" : "PUT",
		.headers = { imds->header },
		.max_bytes = BODY_MAX,
		.timeout_ns = 5 * second_ns,
	};
	return 0;
}

static int hear_token(struct imds *imds, const struct fetch_answer *answer, struct poll_result *out)
{
	if (answer->status == STATUS_FORBIDDEN)
		return poll_fail(out, -EACCES, "status %ld to a token: the service is disabled",
				 answer->status);
	if (answer->status != STATUS_OK)
		return poll_fail(out, -EACCES, "status %ld to a token: no IMDSv2", answer->status);
	if (strlen(answer->body) != answer->size || imds_parse_token(answer->body, imds->token))
		return poll_fail(out, -EBADMSG, "a token that is none");
	imds->token_ns = imds->begin_ns;
	return POLL_MORE;
}

/* The next ENI, or the round's end. */
static int next_eni(struct imds *imds, struct poll_result *out)
{
	clear_values(imds);
	imds->key = 0;
	imds->mac++;
	if (imds->mac < imds->mac_count)
		return POLL_MORE;
	if (!out->capacity.enis.eni_count)
		return poll_fail(out, -ENODATA, "it names no ENI");
	/* It has some, which are better known from before. */
	if (out->errors && !out->capacity.range_count)
		return poll_fail(out, -EBADMSG, "%s", out->error);
	return 0;
}

/* text NULL: there is no such key. */
static int hear_eni(struct imds *imds, const char *text, struct poll_result *out)
{
	bool is_gone = !text && (imds->key == 0 || imds->key == IMDS_KEY_COUNT - 1);
	int err;

	if (is_gone)
		return next_eni(imds, out);
	if (text) {
		imds->values[imds->key] = strdup(text);
		if (!imds->values[imds->key])
			return poll_fail(out, -ENOMEM, "%s", strerror(ENOMEM));
	}
	imds->key++;
	if (imds->key < IMDS_KEY_COUNT)
		return POLL_MORE;
	err = imds_add_eni((const char *const *)imds->values, out);
	return err ? poll_fail(out, err, "%s", strerror(-err)) : next_eni(imds, out);
}

static int hear_macs(struct imds *imds, const char *text, struct poll_result *out)
{
	const uint64_t errors = out->errors;

	imds->mac_count = imds_parse_macs(text, imds->macs, out);
	imds->mac = 0;
	imds->key = 0;
	/* What is left out of this list is a whole ENI. */
	if (out->errors > errors)
		return poll_fail(out, -EBADMSG, "%s", out->error);
	if (!imds->mac_count)
		return poll_fail(out, -ENODATA, "it names no ENI");
	imds->step = STEP_ENI;
	return POLL_MORE;
}

static int hear_label(struct imds *imds, const char *text, struct poll_result *out)
{
	struct capacity *capacity = &out->capacity;
	char *label = imds->step == STEP_TYPE ? capacity->instance_type : capacity->zone;

	if (text && imds_parse_label(text, label))
		poll_complain(out, "'%.64s' as %s", text,
			      imds->step == STEP_TYPE ? "instance-type" : "availability-zone");
	imds->step++;
	return POLL_MORE;
}

static int hear(void *ctx, const struct fetch_answer *answer, struct poll_result *out)
{
	const char *text = answer->status == STATUS_OK ? answer->body : NULL;
	struct imds *imds = ctx;
	char key[KEY_SIZE];

	if (!imds->token[0])
		return hear_token(imds, answer, out);
	name_key(imds, key);
	if (answer->status == STATUS_UNAUTHORIZED && imds->tokens < TOKENS_MAX) {
		imds->token[0] = '\0';
		return POLL_MORE;
	}
	if (answer->status != STATUS_OK && answer->status != STATUS_NOT_FOUND)
		return poll_fail(out, -EPROTO, "status %ld of '%s'", answer->status, key);
	if (text && strlen(text) != answer->size)
		return poll_fail(out, -EBADMSG, "a NUL byte in '%s'", key);

	switch (imds->step) {
	case STEP_ENI:
		return hear_eni(imds, text, out);
	case STEP_MACS:
		return hear_macs(imds, text, out);
	default:
		return hear_label(imds, text, out);
	}
}

static void free_imds(void *ctx)
{
	clear_values(ctx);
	free(ctx);
}

static int set_base(struct imds *imds, const char *url)
{
	size_t size = strlen(url);

	if (size >= BASE_SIZE)
		return -ENAMETOOLONG;
	size -= url[size - 1] == '/';
	memcpy(imds->base, url, size);
	return 0;
}

/* A round is many requests: it is not for each period. */
static uint64_t rest_of(uint64_t period_ns)
{
	const uint64_t least_ns = LEAST_S * second_ns;

	if (period_ns && period_ns < least_ns / PERIODS)
		return period_ns * PERIODS;
	return period_ns > least_ns ? period_ns : least_ns;
}

static int imds_open(const struct supplier_config *config, void **out)
{
	const uint64_t least_ns = LEAST_S * second_ns;
	const char *url = config->settings->imds_url;
	struct poll_config poll_config = {
		.name = "imds",
		.period_ns = rest_of(config->settings->period_ns),
		.most_ns = least_ns,
		.round_ns = least_ns,
		.begin = begin,
		.ask = ask,
		.hear = hear,
		.free_ctx = free_imds,
	};
	struct poll *poll = NULL;
	cleanup_free struct imds *imds = NULL;
	int err;

	if (!url || !url[0])
		return 1;
	imds = calloc(1, sizeof(*imds));
	err = imds ? set_base(imds, url) : -ENOMEM;
	if (err)
		return log_err(err, "cannot ask imds at '%s'", url);

	poll_config.url = imds->base;
	poll_config.ctx = take_ptr(imds);
	err = poll_open(&poll_config, config->fetcher, &poll);
	if (err)
		return log_err(err, "cannot ask imds at '%s'", url);

	*out = poll;
	return 0;
}

const struct supplier_kind imds_supplier = {
	.name = "imds",
	.needs_network = true,
	.open = imds_open,
	.close = poll_close,
	.turn = poll_turn,
	.capacity = poll_capacity,
	.version = poll_version,
	.status = poll_status,
};

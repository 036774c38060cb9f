// SPDX-License-Identifier: Apache-2.0
#include "source/cloud/gce.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "net/fetch.h"
#include "source/base/json.h"
#include "source/supplier/poll.h"

#define NS_PER_S UINT64_C(1000000000)

enum {
	URL_SIZE = 1024,
	WAIT_S = 60, /* for a change, says the server */
	WAITED_S = 75, /* for its answer */
	ANSWER_S = 5, /* for one that needs no change */
	ROUND_S = 100,
	MOST_S = 60, /* between two tries */
	QUICK_S = 1,
};

#define WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
#define POOL_LABEL "cloud.google.com/gke-nodepool="

/* What never changes. */
static const struct fact {
	const char *path;
	bool (*parse)(const char *text, char out[static CAPACITY_LABEL_SIZE]);
	size_t offset; /* of its text in struct capacity */
} facts[] = {
	{ "zone", gce_parse_zone, offsetof(struct capacity, zone) },
	{ "attributes/kube-labels", gce_parse_labels, offsetof(struct capacity, node_pool) },
};

enum { FACTS = array_size(facts), INTERFACES = FACTS }; /* steps of a round */

struct gce {
	struct poll *poll;
	const char *base; /* URL; borrowed */
	uint64_t period_ns;
	size_t step; /* what is asked now */
	bool is_answered[FACTS]; /* one way or the other */
	char texts[FACTS][CAPACITY_LABEL_SIZE];
	char etag[FETCH_ETAG_SIZE]; /* of the last answer, when it was good */
	char asked_etag[FETCH_ETAG_SIZE]; /* that the server waits with; "" none */
	bool is_same; /* the last answer was what we had */
	uint64_t began_ns; /* the last round */
	uint64_t rest_ns; /* no other round before */
	char url[URL_SIZE];
};

/* ---- answers ---- */

/* text[0..length] as the value of a label. */
static bool read_label(const char *text, size_t length, char out[static CAPACITY_LABEL_SIZE])
{
	if (!length || length >= CAPACITY_LABEL_SIZE || strspn(text, WORD) < length)
		return false;
	memcpy(out, text, length);
	out[length] = '\0';
	return true;
}

bool gce_parse_zone(const char *text, char out[static CAPACITY_LABEL_SIZE])
{
	const char *slash = strrchr(text, '/');
	const char *zone = slash ? slash + 1 : text;

	return read_label(zone, strcspn(zone, "\r\n"), out);
}

bool gce_parse_labels(const char *text, char out[static CAPACITY_LABEL_SIZE])
{
	for (const char *at = text; *at; at += strcspn(at, ",")) {
		at += *at == ',';
		if (!strncmp(at, POOL_LABEL, strlen(POOL_LABEL))) {
			at += strlen(POOL_LABEL);
			return read_label(at, strcspn(at, ",\r\n"), out);
		}
	}
	out[0] = '\0';
	return true;
}

/* "10.24.3.0/24", or an address alone. -EINVAL neither. */
static int add_alias(const char *text, struct capacity *capacity)
{
	static const struct capacity_naming naming = { "ip-alias", RANGE_SCOPE_NODE, -1, "gce" };
	char cidr[PREFIX_TEXT_SIZE];
	struct prefix single = { .len = 128 };

	if (!text)
		return -EINVAL;
	if (!ip_parse(text, &single.base)) {
		prefix_format(&single, cidr);
		text = cidr;
	}
	return capacity_add_cidr(capacity, text, &naming);
}

static int add_interface(const json_t *interface, struct poll_result *out)
{
	const json_t *aliases = json_object_get(interface, "ipAliases");
	const json_t *alias;
	size_t i;
	int err;

	if (!json_is_object(interface) ||
	    (aliases && !json_is_array(aliases) && !json_is_null(aliases)))
		return poll_fail(out, -EBADMSG, "not as expected");
	json_array_foreach(aliases, i, alias)
	{
		err = add_alias(json_string_value(alias), &out->capacity);
		if (err == -ENOMEM)
			return poll_fail(out, err, "%s", strerror(-err));
		if (err == -EINVAL)
			poll_complain(out, "'%s' is no alias range",
				      json_is_string(alias) ? json_string_value(alias) : "");
	}
	return 0;
}

int gce_parse_interfaces(const char *text, size_t size, struct poll_result *out)
{
	cleanup_json json_t *root = NULL;
	const json_t *interface;
	int err = json_read(text, size, &root);
	size_t i;

	if (err)
		return poll_fail(out, err, "%s",
				 err == -EBADMSG ? "not JSON"
				 : err == -E2BIG ? "too many values in it"
						 : strerror(-err));
	if (!json_is_array(root))
		return poll_fail(out, -EBADMSG, "not as expected");
	if (!json_array_size(root))
		return poll_fail(out, -ENODATA, "no network interfaces");
	json_array_foreach(root, i, interface)
	{
		err = add_interface(interface, out);
		if (err)
			return err;
	}
	if (out->errors && !out->capacity.range_count)
		return poll_fail(out, -EBADMSG, "%s", out->error);
	return 0;
}

/* ---- questions ---- */

static void begin(void *ctx, uint64_t now_ns)
{
	struct gce *gce = ctx;

	gce->began_ns = now_ns;
	gce->step = 0;
	while (gce->step < FACTS && gce->is_answered[gce->step])
		gce->step++;
}

/* What RFC 3986 does not reserve stays as it is. */
static void encode(const char *text, char *out)
{
	for (; *text; text++) {
		if (strchr(WORD "~", *text))
			*out++ = *text;
		else
			out += sprintf(out, "%%%02X", (unsigned char)*text);
	}
	*out = '\0';
}

static int ask(void *ctx, struct fetch_request *out)
{
	struct gce *gce = ctx;
	bool is_fact = gce->step < FACTS;
	char etag[3 * FETCH_ETAG_SIZE], query[sizeof(etag) + 128] = "?recursive=true";
	int base = (int)strlen(gce->base);

	while (base && gce->base[base - 1] == '/')
		base--;
	if (!is_fact) {
		/* Good for one question: after a failure the server is not to wait. */
		memcpy(gce->asked_etag, gce->etag, sizeof(gce->asked_etag));
		gce->etag[0] = '\0';
		encode(gce->asked_etag, etag);
	}
	if (!is_fact && etag[0])
		snprintf(query, sizeof(query),
			 "?recursive=true&wait_for_change=true&last_etag=%s&timeout_sec=%d", etag,
			 WAIT_S);
	if (snprintf(gce->url, sizeof(gce->url), "%.*s/computeMetadata/v1/instance/%s%s", base,
		     gce->base, is_fact ? facts[gce->step].path : "network-interfaces/",
		     is_fact ? "" : query) >= (int)sizeof(gce->url))
		return -ENAMETOOLONG;
	*out = (struct fetch_request){ .url = gce->url,
				       .headers = { "Metadata-Flavor: Google" },
				       .max_bytes = GCE_BODY_MAX,
				       .timeout_ns = (is_fact || !etag[0] ? ANSWER_S : WAITED_S) *
						     NS_PER_S };
	return 0;
}

static int hear_fact(struct gce *gce, const struct fetch_answer *answer, struct poll_result *out)
{
	const struct fact *fact = &facts[gce->step];
	bool is_text = strlen(answer->body) == answer->size;

	if (answer->status != 200 && answer->status != 404)
		poll_complain(out, "status %ld of '%s'", answer->status, fact->path);
	else if (answer->status == 200 &&
		 !(is_text && fact->parse(answer->body, gce->texts[gce->step])))
		poll_complain(out, "'%.64s' as '%s'", answer->body, fact->path);
	gce->is_answered[gce->step++] = answer->status < 500; /* else it may be up again soon */
	while (gce->step < FACTS && gce->is_answered[gce->step])
		gce->step++;
	return POLL_MORE;
}

static int hear(void *ctx, const struct fetch_answer *answer, struct poll_result *out)
{
	struct gce *gce = ctx;
	int err;

	if (gce->step < FACTS)
		return hear_fact(gce, answer, out);
	if (answer->status != 200)
		return poll_fail(out, -EPROTO, "status %ld", answer->status);
	err = gce_parse_interfaces(answer->body, answer->size, out);
	if (err)
		return err;
	for (size_t i = 0; i < FACTS; i++)
		memcpy((char *)&out->capacity + facts[i].offset, gce->texts[i],
		       sizeof(gce->texts[i]));
	memcpy(gce->etag, answer->etag, sizeof(gce->etag));
	gce->is_same = !strcmp(gce->etag, gce->asked_etag);
	return 0;
}

static uint64_t turn(void *supplier, uint64_t now_ns)
{
	struct gce *gce = supplier;
	uint64_t due_ns;

	if (now_ns < gce->rest_ns)
		return gce->rest_ns;
	due_ns = poll_turn(gce->poll, now_ns);
	/* It did not wait, or cannot. */
	if (gce->is_same && (!gce->etag[0] || now_ns - gce->began_ns < QUICK_S * NS_PER_S))
		gce->rest_ns = now_ns + gce->period_ns;
	gce->is_same = false;
	return due_ns > gce->rest_ns ? due_ns : gce->rest_ns;
}

static void close_gce(void *supplier)
{
	struct gce *gce = supplier;

	if (!gce)
		return;
	poll_close(gce->poll);
	free(gce);
}

static int open_gce(const struct supplier_config *config, void **out)
{
	const struct supplier_settings *settings = config->settings;
	struct poll_config poll = {
		.name = "gce",
		.url = settings->gce_url,
		.period_ns = NS_PER_S, /* the server waits, or we do */
		.most_ns = MOST_S * NS_PER_S,
		.round_ns = ROUND_S * NS_PER_S,
		.begin = begin,
		.ask = ask,
		.hear = hear,
	};
	struct gce *gce;
	int err;

	if (!settings->gce_url || !settings->gce_url[0] || !config->fetcher)
		return 1;
	gce = calloc(1, sizeof(*gce));
	poll.ctx = gce;
	err = gce ? poll_open(&poll, config->fetcher, &gce->poll) : -ENOMEM;
	if (err) {
		free(gce);
		return log_err(err, "cannot ask gce at '%s'", settings->gce_url);
	}
	gce->base = settings->gce_url;
	gce->period_ns = settings->period_ns > NS_PER_S ? settings->period_ns : NS_PER_S;
	*out = gce;
	return 0;
}

static const struct capacity *capacity(const void *supplier)
{
	const struct gce *gce = supplier;

	return poll_capacity(gce->poll);
}

static uint64_t version(const void *supplier)
{
	const struct gce *gce = supplier;

	return poll_version(gce->poll);
}

static struct supplier_status status(const void *supplier)
{
	const struct gce *gce = supplier;

	return poll_status(gce->poll);
}

const struct supplier_kind gce_supplier = {
	.name = "gce",
	.needs_network = true,
	.open = open_gce,
	.close = close_gce,
	.turn = turn,
	.capacity = capacity,
	.version = version,
	.status = status,
};

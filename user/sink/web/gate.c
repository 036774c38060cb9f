// SPDX-License-Identifier: Apache-2.0
#include "sink/web/gate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/token_bucket.h"
#include "sink/web/tls.h"

#define SECOND_NS 1000000000ULL

/* The last one has no name. */
struct headers {
	struct web_header items[WEB_HEADERS_MAX + 1];
	size_t count;
};

struct gate {
	struct tls *tls; /* NULL: none */
	struct passwords *passwords;
	struct token_bucket rate; /* its size is 0: any */
	struct headers *headers;
};

static void headers_free(struct headers *headers)
{
	if (!headers)
		return;
	for (size_t i = 0; i < headers->count; i++)
		free(headers->items[i].value);
	free(headers);
}
DEFINE_CLEANUP(headers, struct headers *, headers_free)

static int headers_new(const struct web_settings *settings, struct headers **out)
{
	cleanup(cleanup_headers_fn) struct headers *headers = calloc(1, sizeof(*headers));

	if (!headers)
		return -ENOMEM;
	for (size_t i = 0; i < settings->header_count; i++) {
		headers->items[i].name = settings->headers[i].name;
		headers->items[i].value = strdup(settings->headers[i].value);
		if (!headers->items[i].value)
			return -ENOMEM;
		headers->count++;
	}
	*out = take_ptr(headers);
	return 0;
}

static int fill(struct gate *gate, const struct web_settings *settings, char *error)
{
	cleanup(cleanup_headers_fn) struct headers *headers = NULL;
	cleanup_tls struct tls *tls = NULL;
	int err = 0;

	if (settings->tls.is_on)
		err = tls_new(&settings->tls, error, &tls);
	if (err)
		return err;
	snprintf(error, WEB_ERROR_SIZE, "out of memory");
	err = headers_new(settings, &headers);
	if (!err)
		err = passwords_set(gate->passwords, settings->users, settings->user_count);
	if (err)
		return err;

	tls_drop(gate->tls);
	gate->tls = take_ptr(tls);
	headers_free(gate->headers);
	gate->headers = take_ptr(headers);
	gate->rate = (struct token_bucket){
		.size = settings->rate_period_ns ? settings->rate_burst : 0,
		.period_ns = settings->rate_period_ns,
	};
	return 0;
}

int gate_new(const struct web_settings *settings, char error[static WEB_ERROR_SIZE],
	     struct gate **out)
{
	cleanup_gate struct gate *gate = calloc(1, sizeof(*gate));
	int err = gate ? passwords_new(&gate->passwords) : -ENOMEM;

	snprintf(error, WEB_ERROR_SIZE, "out of memory, or of random bytes");
	if (!err)
		err = fill(gate, settings, error);
	if (err)
		return err;
	*out = take_ptr(gate);
	return 0;
}

void gate_free(struct gate *gate)
{
	if (!gate)
		return;
	tls_drop(gate->tls);
	passwords_free(gate->passwords);
	headers_free(gate->headers);
	free(gate);
}

int gate_set(struct gate *gate, const struct web_settings *settings,
	     char error[static WEB_ERROR_SIZE])
{
	if (settings->tls.is_on == !gate->tls) {
		snprintf(error, WEB_ERROR_SIZE, "tls_server_config: %s takes another start",
			 gate->tls ? "to do without TLS" : "TLS");
		return -EINVAL;
	}
	return fill(gate, settings, error);
}

struct tls *gate_tls(const struct gate *gate)
{
	return gate->tls;
}

enum gate_verdict gate_admit(struct gate *gate, const struct password_asker *asker, uint64_t now_ns)
{
	if (gate->rate.size && !token_bucket_take(&gate->rate, now_ns))
		return GATE_RATE;
	switch (passwords_judge(gate->passwords, asker, now_ns)) {
	case PASSWORD_GOOD:
		return GATE_OPEN;
	case PASSWORD_LATER:
		return GATE_PASSWORD_LATER;
	default:
		return GATE_PASSWORD;
	}
}

unsigned int gate_wait_s(const struct gate *gate, enum gate_verdict verdict,
			 const struct peer *peer, uint64_t now_ns)
{
	uint64_t wait_ns;

	if (verdict == GATE_RATE) {
		uint64_t due_ns = token_bucket_due(&gate->rate);

		wait_ns = due_ns > now_ns ? due_ns - now_ns : 0;
	} else {
		wait_ns = passwords_wait_ns(gate->passwords, peer, now_ns);
	}
	return wait_ns ? (unsigned int)((wait_ns + SECOND_NS - 1) / SECOND_NS) : 1;
}

const struct web_header *gate_headers(const struct gate *gate)
{
	return gate->headers->items;
}

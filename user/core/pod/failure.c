// SPDX-License-Identifier: Apache-2.0
#include "core/pod/failure.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/text.h"

DEFINE_CLEANUP(json, json_t *, json_decref)
#define cleanup_json cleanup(cleanup_json_fn)

static const char *const reason_names[] = {
	[REASON_EXHAUSTED] = "exhausted",
	[REASON_COOLDOWN] = "cooldown",
	[REASON_LIMIT] = "limit",
	[REASON_FRAGMENTED] = "fragmented",
	[REASON_DAEMON_UNREACHABLE] = "daemon_unreachable",
	[REASON_DUPLICATE] = "duplicate",
	[REASON_TIMEOUT] = "timeout",
	[REASON_OTHER] = "other",
};

_Static_assert(array_size(reason_names) == REASON_COUNT, "a reason lacks its name");

/* The sharper ones first: ipamd's sentence of a full subnet stands behind that of a lost block. */
static const struct reason_rule known[] = {
	{ REASON_FRAGMENTED, "InsufficientCidrBlocks" },
	{ REASON_LIMIT, "PrivateIpAddressLimitExceeded" },
	{ REASON_LIMIT, "NetworkInterfaceLimitExceeded" },
	{ REASON_COOLDOWN, "cooldown" },
	{ REASON_COOLDOWN, "cooling down" },
	{ REASON_EXHAUSTED, "no IP addresses available in range set" }, /* host-local */
	{ REASON_EXHAUSTED, "no available IP/Prefix addresses" }, /* ipamd */
	{ REASON_EXHAUSTED, "InsufficientFreeAddressesInSubnet" }, /* EC2 */
	{ REASON_DAEMON_UNREACHABLE, "failed to connect to backend server" }, /* aws-cni */
	{ REASON_DAEMON_UNREACHABLE, "connection refused" },
	{ REASON_DAEMON_UNREACHABLE, "connect: no such file or directory" },
	{ REASON_DAEMON_UNREACHABLE, "code = Unavailable" }, /* gRPC */
	{ REASON_EXHAUSTED, "failed to assign an IP address to container" }, /* aws-cni */
	{ REASON_EXHAUSTED, "range is full" }, /* Cilium */
	{ REASON_EXHAUSTED, "No more IPs available" }, /* Cilium */
	{ REASON_EXHAUSTED, "No IPs available in pools" }, /* Calico */
	{ REASON_EXHAUSTED, "Could not allocate IP in range" }, /* whereabouts */
	{ REASON_EXHAUSTED, "NoAvailableAddress" }, /* Kube-OVN */
	{ REASON_EXHAUSTED, "IP_SPACE_EXHAUSTED" },
	{ REASON_EXHAUSTED, "no available ip addresses on network" },
	{ REASON_DUPLICATE, "duplicate allocation is not allowed" }, /* host-local */
	{ REASON_TIMEOUT, "context deadline exceeded" },
	{ REASON_TIMEOUT, "DeadlineExceeded" },
	{ REASON_TIMEOUT, "timed out" },
	{ REASON_TIMEOUT, "i/o timeout" },
	{ REASON_TIMEOUT, "timeout" },
};

const char *reason_name(enum reason reason)
{
	return reason < REASON_COUNT ? reason_names[reason] : NULL;
}

int reason_parse(const char *text, enum reason *out)
{
	for (size_t i = 0; i < REASON_COUNT; i++)
		if (!strcmp(text, reason_names[i])) {
			*out = i;
			return 0;
		}
	return -EINVAL;
}

int reason_rule_parse(const char *text, struct reason_rule *out)
{
	const char *equals = strchr(text, '=');
	struct reason_rule rule = { 0 };
	char name[32];
	int err;

	if (!equals || !equals[1] || (size_t)(equals - text) >= sizeof(name) ||
	    strlen(equals + 1) >= sizeof(rule.text))
		return -EINVAL;
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	err = reason_parse(name, &rule.reason);
	if (err)
		return err;

	text_copy(rule.text, sizeof(rule.text), equals + 1);
	*out = rule;
	return 0;
}

static bool match(const struct reason_rule *rules, size_t count, const char *message,
		  enum reason *out)
{
	for (size_t i = 0; i < count; i++)
		if (strcasestr(message, rules[i].text)) {
			*out = rules[i].reason;
			return true;
		}
	return false;
}

enum reason reason_of(const struct reason_rules *own, const char *message)
{
	enum reason reason = REASON_OTHER;

	if (!match(own->rules, own->count, message, &reason))
		match(known, array_size(known), message, &reason);
	return reason;
}

/* A NUL would end the text, an escape reach a terminal; in JSON each would take six bytes. */
static bool is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

static void put_bytes(struct failure *out, const char *text, size_t size)
{
	size_t used = strlen(out->message);
	size_t room = sizeof(out->message) - used - 1;

	out->is_cut |= size > room;
	if (size > room)
		size = room;
	for (size_t i = 0; i < size; i++)
		out->message[used + i] = (char)(is_blank(text[i]) ? ' ' : text[i]);
	out->message[used + size] = '\0';
}

static void put_message(struct failure *out, const char *text, size_t size)
{
	while (size && is_blank(text[size - 1]))
		size--;
	if (size && *out->message)
		put_bytes(out, "; ", 2);
	put_bytes(out, text, size);
}

void failure_read(const char *text, size_t size, bool is_cut, struct failure *out)
{
	cleanup_json json_t *json = json_loadb(text, size, JSON_ALLOW_NUL, NULL);
	const json_t *code = json_object_get(json, "code");
	const json_t *message = json_object_get(json, "msg");
	const json_t *details = json_object_get(json, "details");

	*out = (struct failure){ .is_cut = is_cut };
	if (!json_is_string(message)) {
		put_message(out, text, size);
		return;
	}

	out->has_code = json_is_integer(code);
	out->code = json_integer_value(code);
	put_message(out, json_string_value(message), json_string_length(message));
	put_message(out, json_string_value(details), json_string_length(details));
}

/* Part of a word such as "std::bad_alloc" or "v10.0.9.5" is no address. */
static bool is_of_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static bool read_address(const char *at, size_t size, struct ip *out)
{
	char text[IP_TEXT_SIZE + 1];

	if (size >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)size, at);
	if (!ip_parse(text, out))
		return true;
	/* The end of a sentence or of its first half. */
	if (strchr(".:", text[size - 1]))
		text[size - 1] = '\0';
	return !ip_parse(text, out);
}

bool failure_address(const char *message, struct ip *out)
{
	static const char letters[] = "0123456789abcdefABCDEF:.";

	for (const char *at = message + strcspn(message, letters); *at;
	     at += strcspn(at, letters)) {
		size_t size = strspn(at, letters);
		bool is_part = (at > message && is_of_word(at[-1])) || is_of_word(at[size]);

		if (!is_part && read_address(at, size, out))
			return true;
		at += size;
	}
	return false;
}

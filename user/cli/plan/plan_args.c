// SPDX-License-Identifier: Apache-2.0
#include "cli/plan/plan_args.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int plan_complain(const char *flag, const char *value, const char *expected)
{
	fprintf(stderr, "podip: %s: '%s' is not %s\n", flag, value, expected);
	return -EINVAL;
}

static int parse_digits(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t number = 0;

	for (const char *at = text; *at; at++) {
		uint64_t digit = (unsigned char)*at - (uint64_t)'0';

		if (*at < '0' || *at > '9' || digit > max || number > (max - digit) / 10)
			return -EINVAL;
		number = number * 10 + digit;
	}
	if (!*text)
		return -EINVAL;
	*out = number;
	return 0;
}

int plan_read_number(const char *flag, const char *text, uint64_t max, uint64_t *out)
{
	char expected[64];

	if (!parse_digits(text, max, out))
		return 0;
	snprintf(expected, sizeof(expected), "a number from 0 to %" PRIu64, max);
	return plan_complain(flag, text, expected);
}

int plan_read_count(const char *flag, const char *text, unsigned int max, unsigned int *out)
{
	uint64_t number = 0;
	char expected[64];

	if (!parse_digits(text, max, &number) && number) {
		*out = (unsigned int)number;
		return 0;
	}
	snprintf(expected, sizeof(expected), "a number from 1 to %u", max);
	return plan_complain(flag, text, expected);
}

static bool is_of_name(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("._-", c));
}

int plan_read_name(const char *flag, const char *text, size_t size,
		   char out[static RANGE_NAME_SIZE])
{
	bool is_good = size && size < RANGE_NAME_SIZE;

	for (size_t i = 0; i < size && is_good; i++)
		is_good = is_of_name(text[i]);
	if (!is_good) {
		fprintf(stderr,
			"podip: %s: '%.*s' is not a name of letters, digits, '.', '_' and '-'\n",
			flag, (int)size, text);
		return -EINVAL;
	}
	memcpy(out, text, size);
	out[size] = '\0';
	return 0;
}

int plan_read_cidr(const char *flag, const char *text, struct prefix *out)
{
	char meant[PREFIX_TEXT_SIZE];
	struct prefix masked;

	switch (prefix_parse(text, out)) {
	case 0:
		return 0;
	case -EDOM:
		prefix_parse_masked(text, &masked);
		prefix_format(&masked, meant);
		fprintf(stderr, "podip: %s: '%s' has host bits set; is '%s' meant?\n", flag, text,
			meant);
		return -EINVAL;
	default:
		return plan_complain(flag, text, "a CIDR such as 10.0.0.0/26");
	}
}

int plan_next_pair(const char *flag, const char **at, struct plan_pair *out)
{
	size_t size = strcspn(*at, ","), key = strcspn(*at, "=,");
	size_t value = size > key ? size - key - 1 : 0;
	struct plan_pair pair = { 0 };

	if (!**at)
		return 1;
	if (!key || !value || key >= sizeof(pair.key) || value >= sizeof(pair.value)) {
		fprintf(stderr, "podip: %s: '%.*s' is not KEY=VALUE\n", flag, (int)size, *at);
		return -EINVAL;
	}
	memcpy(pair.key, *at, key);
	memcpy(pair.value, *at + key + 1, value);
	*at += size + ((*at)[size] == ',');
	*out = pair;
	return 0;
}

/* "used=10" and what may come to it. */
static int read_tail(const char *flag, const char *at, uint64_t *out_used)
{
	struct plan_pair pair;
	int err;

	while (!(err = plan_next_pair(flag, &at, &pair))) {
		if (strcmp(pair.key, "used") != 0) {
			fprintf(stderr, "podip: %s: '%s' is not a key, expected used\n", flag,
				pair.key);
			return -EINVAL;
		}
		err = plan_read_number(flag, pair.value, UINT32_MAX, out_used);
		if (err)
			return err;
	}
	return err > 0 ? 0 : err;
}

int plan_read_item(const char *flag, const char *text, struct plan_item *out)
{
	size_t size = strcspn(text, ","), name = strcspn(text, "=,");
	bool has_name = text[name] == '=';
	const char *cidr = has_name ? text + name + 1 : text;
	struct plan_item item = { 0 };
	char head[PREFIX_TEXT_SIZE * 2];
	int err = has_name ? plan_read_name(flag, text, name, item.name) : 0;

	if (err)
		return err;
	snprintf(head, sizeof(head), "%.*s", (int)(size - (size_t)(cidr - text)), cidr);
	err = plan_read_cidr(flag, head, &item.cidr);
	if (err)
		return err;
	if (!ip_is_v4(&item.cidr.base))
		return plan_complain(flag, head, "IPv4");
	err = read_tail(flag, text + size + (text[size] == ','), &item.used);
	if (err)
		return err;
	*out = item;
	return 0;
}

int plan_read_config(const char *path, struct config *out)
{
	char error[CONFIG_ERROR_SIZE];

	if (!path || !config_read(path, out, error))
		return 0;
	fprintf(stderr, "podip: %s\n", error);
	return -EINVAL;
}

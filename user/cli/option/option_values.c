// SPDX-License-Identifier: Apache-2.0
#include "cli/option/option_values.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

#include "cleanup.h"
#include "core/base/addr.h"
#include "core/base/byte_size.h"
#include "core/base/duration.h"
#include "core/base/when.h"
#include "log.h"
#include "loop.h"
#include "sink/log/log_live.h"
#include "suppliers.h"

#define NS_PER_MS 1000000ULL
#define NS_PER_S (1000 * NS_PER_MS)
#define PERIOD_MIN_NS (100 * NS_PER_MS)
#define PERIOD_MAX_NS (24 * 3600ULL * NS_PER_S)

enum { DISTANCE_MAX = 64 };

static int put_text(const char *text, size_t size, char **out)
{
	char *copy = strndup(text, size);

	if (!copy)
		return -ENOMEM;

	*out = copy;
	return 0;
}

int option_borrow(const char *text, void *field)
{
	if (!*text)
		return -EINVAL;
	*(const char **)field = text;
	return 0;
}

int option_text(const char *text, void *field)
{
	return *text ? put_text(text, strlen(text), field) : -EINVAL;
}

int option_dir(const char *text, void *field)
{
	size_t size = strlen(text);

	while (size > 0 && text[size - 1] == '/')
		size--;
	return put_text(text, size, field);
}

int option_text_item(const char *text, void *field)
{
	struct option_list *list = field;
	char *item;
	int err;

	if (list->count == OPTION_LIST_MAX)
		return -EINVAL;
	err = option_text(text, &item);
	if (err)
		return err;

	list->items[list->count++] = item;
	return 0;
}

int option_rule_item(const char *text, void *field)
{
	struct option_rules *rules = field;
	struct reason_rule rule;

	if (rules->count == REASON_RULES_MAX || reason_rule_parse(text, &rule))
		return -EINVAL;
	rules->items[rules->count++] = rule;
	return 0;
}

static bool is_port(const char *text)
{
	size_t size = strspn(text, "0123456789");

	return size > 0 && size <= 5 && !text[size] && strtoul(text, NULL, 10) <= UINT16_MAX;
}

/* "", "10.0.0.1" or "[fd00::1]". */
static bool is_host(const char *text, size_t size)
{
	bool has_brackets = size >= 2 && text[0] == '[' && text[size - 1] == ']';
	char host[IP_TEXT_SIZE] = "";
	struct ip ip;

	if (size == 0)
		return true;
	if (has_brackets) {
		text++;
		size -= 2;
	}
	if (size >= sizeof(host))
		return false;
	memcpy(host, text, size);
	return ip_parse(host, &ip) == 0 && has_brackets == !!strchr(host, ':');
}

int option_listen_item(const char *text, void *field)
{
	const char *colon = strrchr(text, ':');

	if (!colon || !is_port(colon + 1) || !is_host(text, (size_t)(colon - text)))
		return -EINVAL;
	return option_text_item(text, field);
}

int option_source_item(const char *text, void *field)
{
	for (size_t i = 0; suppliers_name(i); i++)
		if (!strcmp(text, suppliers_name(i)))
			return option_text_item(text, field);
	return -EINVAL;
}

static bool is_url(const char *text)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < array_size(schemes); i++) {
		size_t size = strlen(schemes[i]);

		if (!strncasecmp(text, schemes[i], size))
			return text[size] && !strpbrk(text, " ?#\\\"<>") && text[size] != '/';
	}
	return false;
}

/* Paths are put behind it. */
int option_place(const char *text, void *field)
{
	if (strcmp(text, "auto") != 0 && strcmp(text, "off") != 0 && !is_url(text))
		return -EINVAL;
	return option_dir(text, field);
}

int option_url(const char *text, void *field)
{
	return !*text || is_url(text) ? option_dir(text, field) : -EINVAL;
}

int option_switch(const char *text, void *field)
{
	bool is_on = !strcmp(text, "on");

	if (!is_on && strcmp(text, "off") != 0)
		return -EINVAL;
	*(bool *)field = is_on;
	return 0;
}

int option_names(const char *text, void *field)
{
	static const char *const words[] = {
		[OPTION_NAMES_LOOPBACK] = "loopback",
		[OPTION_NAMES_ON] = "on",
		[OPTION_NAMES_OFF] = "off",
	};

	for (size_t i = 0; i < array_size(words); i++) {
		if (!strcmp(words[i], text)) {
			*(enum option_names *)field = (enum option_names)i;
			return 0;
		}
	}
	return -EINVAL;
}

int option_place_or_socket(const char *text, void *field)
{
	if (!strncmp(text, "unix:/", 6))
		return option_text(text, field);
	return option_place(text, field);
}

int option_socket(const char *text, void *field)
{
	size_t size = strlen(text);

	if (strcmp(text, "off") != 0 && (*text != '/' || text[size - 1] == '/' ||
					 size >= sizeof(((struct sockaddr_un *)0)->sun_path)))
		return -EINVAL;
	return option_text(text, field);
}

int option_backend(const char *text, void *field)
{
	static const char *const names[OPTION_BACKEND_COUNT] = {
		[OPTION_BACKEND_AUTO] = "auto",
		[OPTION_BACKEND_FENTRY] = "fentry",
		[OPTION_BACKEND_KPROBE] = "kprobe",
		[OPTION_BACKEND_TRACEPOINT] = "tracepoint",
	};

	for (enum option_backend i = 0; i < OPTION_BACKEND_COUNT; i++) {
		if (strcmp(text, names[i]) == 0) {
			*(enum option_backend *)field = i;
			return 0;
		}
	}
	return -EINVAL;
}

/* A text as its parser reads it, within bounds. */
static int put_bounded(const char *text, int (*parse)(const char *text, uint64_t *out),
		       uint64_t least, uint64_t most, void *field)
{
	uint64_t value;

	if (parse(text, &value) || value < least || value > most)
		return -EINVAL;
	*(uint64_t *)field = value;
	return 0;
}

int option_period(const char *text, void *field)
{
	return put_bounded(text, duration_parse, PERIOD_MIN_NS, PERIOD_MAX_NS, field);
}

int option_age(const char *text, void *field)
{
	return put_bounded(text, duration_parse, NS_PER_S, 365 * 24ULL * 3600 * NS_PER_S, field);
}

int option_sync(const char *text, void *field)
{
	uint64_t *out = field;

	if (!strcmp(text, "always"))
		*out = LOG_SYNC_ALWAYS;
	else if (!strcmp(text, "never"))
		*out = LOG_SYNC_NEVER;
	else
		return put_bounded(text, duration_parse, 10 * NS_PER_MS, 3600 * NS_PER_S, out);
	return 0;
}

int option_file_size(const char *text, void *field)
{
	return put_bounded(text, byte_size_parse, 256ULL << 10, 1ULL << 40, field);
}

int option_total_size(const char *text, void *field)
{
	return put_bounded(text, byte_size_parse, 1ULL << 20, 16ULL << 40, field);
}

int option_when(const char *text, void *field)
{
	return when_parse(text, loop_wall_ns(), field);
}

int option_log_level(const char *text, void *field)
{
	return log_level_parse(text, field);
}

int option_log_format(const char *text, void *field)
{
	if (strcmp(text, "text") == 0)
		*(enum log_format *)field = LOG_FORMAT_TEXT;
	else if (strcmp(text, "json") == 0)
		*(enum log_format *)field = LOG_FORMAT_JSON;
	else
		return -EINVAL;
	return 0;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein, one row at a time. */
size_t option_distance(const char *a, const char *b)
{
	size_t row[DISTANCE_MAX + 1], size = strlen(b);

	if (size > DISTANCE_MAX || strlen(a) > DISTANCE_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= size; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < size; j++) {
			size_t changed = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			row[j + 1] = least(changed, row[j] + 1, row[j + 1] + 1);
		}
	}
	return row[size];
}

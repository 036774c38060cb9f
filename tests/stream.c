// SPDX-License-Identifier: Apache-2.0
#include "stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/addr.h"

static const char *const kind_names[] = {
	[EVENT_NONE] = "none",
	[EVENT_NETNS_ADD] = "netns_add",
	[EVENT_NETNS_DEL] = "netns_del",
	[EVENT_NETNS_OWN] = "netns_own",
	[EVENT_LINK_ADD] = "link_add",
	[EVENT_LINK_DEL] = "link_del",
	[EVENT_LINK_LEAVE] = "link_leave",
	[EVENT_LINK_NAME] = "link_name",
	[EVENT_ADDR_ADD] = "addr_add",
	[EVENT_ADDR_DEL] = "addr_del",
};

_Static_assert(array_size(kind_names) == EVENT_KIND_COUNT, "an event kind lacks its name");

enum field_kind { FIELD_NUMBER, FIELD_TEXT, FIELD_ADDRESS };

#define FIELD(member, kind)                                    \
	{                                                      \
#member, kind, offsetof(struct event, member), \
			sizeof(((struct event *)NULL)->member) \
	}

/* In the order of the line. */
static const struct field {
	const char *name;
	enum field_kind kind;
	size_t offset, size;
} fields[] = {
	FIELD(time_ns, FIELD_NUMBER),	   FIELD(netns_inum, FIELD_NUMBER),
	FIELD(netns_cookie, FIELD_NUMBER), FIELD(ifindex, FIELD_NUMBER),
	FIELD(addr, FIELD_ADDRESS),	   FIELD(addr_flags, FIELD_NUMBER),
	FIELD(scope, FIELD_NUMBER),	   FIELD(ifname, FIELD_TEXT),
	FIELD(link_kind, FIELD_TEXT),	   FIELD(dev, FIELD_NUMBER),
	FIELD(peer_inum, FIELD_NUMBER),	   FIELD(peer_cookie, FIELD_NUMBER),
	FIELD(from_inum, FIELD_NUMBER),	   FIELD(from_cookie, FIELD_NUMBER),
	FIELD(source, FIELD_NUMBER),	   FIELD(cpu, FIELD_NUMBER),
	FIELD(seq, FIELD_NUMBER),
};

/* ---- write ---- */

/* Low bytes first, as on every machine that podip runs on. */
static uint64_t read_number(const struct event *event, const struct field *field)
{
	uint64_t number = 0;

	memcpy(&number, (const char *)event + field->offset, field->size);
	return number;
}

static void write_number(FILE *out, const struct event *event, const struct field *field)
{
	uint64_t number = read_number(event, field);

	if (number)
		fprintf(out, " %s=%" PRIu64, field->name, number);
}

static void write_text(FILE *out, const struct event *event, const struct field *field)
{
	const char *text = (const char *)event + field->offset;

	if (*text)
		fprintf(out, " %s=%.*s", field->name, (int)field->size, text);
}

static void write_address(FILE *out, const struct event *event)
{
	char text[IP_TEXT_SIZE];
	struct ip ip;

	if (!event->family)
		return;
	memcpy(ip.bytes, event->addr, sizeof(ip.bytes));
	ip_format(&ip, text);
	fprintf(out, " addr=%s/%u", text, event->prefix_len);
}

void stream_write_event(FILE *out, const struct event *event)
{
	fputs(kind_names[event->kind], out);
	for (size_t i = 0; i < array_size(fields); i++) {
		if (fields[i].kind == FIELD_NUMBER)
			write_number(out, event, &fields[i]);
		else if (fields[i].kind == FIELD_TEXT)
			write_text(out, event, &fields[i]);
		else
			write_address(out, event);
	}
	fputc('\n', out);
}

void stream_write_head(FILE *out, const struct stream_head *head)
{
	fprintf(out, "stream backend=%s host_inum=%" PRIu32, head->backend, head->host_inum);
	if (head->lacks[0])
		fprintf(out, " lacks=%s", head->lacks);
	fputc('\n', out);
}

/* ---- read ---- */

static int parse_number(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t number;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno || *end || number > max)
		return -EINVAL;
	*out = number;
	return 0;
}

static int store_number(const char *text, const struct field *field, struct event *event)
{
	uint64_t number;
	int err = parse_number(text, UINT64_MAX >> (64 - 8 * field->size), &number);

	if (!err)
		memcpy((char *)event + field->offset, &number, field->size);
	return err;
}

static int store_text(const char *text, const struct field *field, struct event *event)
{
	size_t size = strlen(text);

	if (size > field->size)
		return -EINVAL;
	memcpy((char *)event + field->offset, text, size);
	return 0;
}

static int store_address(char *text, struct event *event)
{
	char *slash = strchr(text, '/');
	uint64_t len;
	struct ip ip;

	if (!slash)
		return -EINVAL;
	*slash = '\0';
	if (ip_parse(text, &ip) || parse_number(slash + 1, ip_is_v4(&ip) ? 32 : 128, &len))
		return -EINVAL;
	memcpy(event->addr, ip.bytes, sizeof(event->addr));
	event->family = (uint8_t)ip_family(&ip);
	event->prefix_len = (uint8_t)len;
	return 0;
}

static int store(char *word, struct event *event)
{
	char *value = strchr(word, '=');

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	for (size_t i = 0; i < array_size(fields); i++) {
		if (strcmp(word, fields[i].name) != 0)
			continue;
		if (fields[i].kind == FIELD_NUMBER)
			return store_number(value, &fields[i], event);
		if (fields[i].kind == FIELD_TEXT)
			return store_text(value, &fields[i], event);
		return store_address(value, event);
	}
	return -EINVAL;
}

int stream_parse_event(const char *line, struct event *out)
{
	char copy[STREAM_LINE_MAX], *rest = copy, *word;
	struct event event = { 0 };
	int err = 0;

	if (strlen(line) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, line);
	word = strsep(&rest, " ");
	while (event.kind < EVENT_KIND_COUNT && strcmp(word, kind_names[event.kind]) != 0)
		event.kind++;
	if (event.kind == EVENT_KIND_COUNT)
		return -EINVAL;
	while (!err && (word = strsep(&rest, " ")))
		err = store(word, &event);
	if (!err)
		*out = event;
	return err;
}

int stream_parse_head(const char *line, struct stream_head *out)
{
	struct stream_head head = { 0 };

	if (sscanf(line, "stream backend=%63s host_inum=%" SCNu32 " lacks=%63s", head.backend,
		   &head.host_inum, head.lacks) < 2)
		return -EINVAL;
	*out = head;
	return 0;
}

int stream_next_line(FILE *in, char out[static STREAM_LINE_MAX])
{
	while (fgets(out, STREAM_LINE_MAX, in)) {
		out[strcspn(out, "\n")] = '\0';
		if (*out && *out != '#')
			return 1;
	}
	return 0;
}

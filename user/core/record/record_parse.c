// SPDX-License-Identifier: Apache-2.0
/*
 * One pass over a flat object, in place. The keys of a line come in the order of record_fields, so
 * the next one is nearly always found soon behind the last one.
 */
#include "core/record/record_parse.h"

#include <errno.h>
#include <string.h>

#include "core/base/json_scan.h"
#include "core/base/text.h"

/* Looked at first: no record leaves out more in a row than a few of these. */
enum { FIELDS_AHEAD = 16 };

struct parser {
	struct json_scan scan;
	size_t next_field; /* where to look first */
	bool has_version, has_seq, has_time, has_type;
	uint64_t version;
};

/* It may have other values under names of ours. */
static bool is_other_version(const struct parser *parser)
{
	return parser->has_version && parser->version != RECORD_VERSION;
}

static const struct record_field *field_from(const struct parser *parser, size_t i)
{
	size_t at = parser->next_field + i;

	return &record_fields[at < RECORD_FIELD_COUNT ? at : at - RECORD_FIELD_COUNT];
}

static const struct record_field *find_field(struct parser *parser, const char *name, size_t size)
{
	for (size_t i = 0; i < RECORD_FIELD_COUNT; i++) {
		const struct record_field *field = field_from(parser, i);

		if (field->name_size == size && !memcmp(field->name, name, size)) {
			parser->next_field = (size_t)(field - record_fields) + 1;
			return field;
		}
	}
	return NULL;
}

/* Without a call: no name is longer than the first four bytes and the last eight. */
static bool is_name(const char *at, const struct record_field *field)
{
	const char *name = field->name;
	size_t size = field->name_size;

	if (size < 4 || size > 12)
		return !memcmp(at, name, size);
	if (memcmp(at, name, 4) != 0)
		return false;
	return size < 8 ? !memcmp(at + size - 4, name + size - 4, 4)
			: !memcmp(at + size - 8, name + size - 8, 8);
}

/* Behind its first quote, if it is the key of a field that comes soon, and written as we do. */
static const struct record_field *take_field(struct parser *parser)
{
	const struct record_field *field = &record_fields[parser->next_field];
	const struct record_field *end = &record_fields[RECORD_FIELD_COUNT];
	const char *at = parser->scan.at;
	size_t left = (size_t)(parser->scan.end - at);

	if (end - field > FIELDS_AHEAD)
		end = field + FIELDS_AHEAD;
	for (; field < end; field++) {
		size_t size = field->name_size;

		if (size < left && at[size] == '"' && is_name(at, field)) {
			parser->scan.at += size + 1;
			parser->next_field = (size_t)(field - record_fields) + 1;
			return field;
		}
	}
	return NULL;
}

static int read_type(struct parser *parser, struct record *record)
{
	char *text;
	int err = json_scan_string(&parser->scan, &text);

	if (err)
		return err;
	parser->has_type = true;
	record->type_name = text;
	record->type = record_type_find(text);
	return 0;
}

static int read_time(struct parser *parser, int64_t *out)
{
	char *text;

	if (json_scan_string(&parser->scan, &text) || text_time_parse(text, out))
		return -EINVAL;
	parser->has_time = true;
	return 0;
}

static int read_field(struct parser *parser, const struct record_field *field,
		      struct record *record)
{
	void *at = (char *)record + field->offset;

	switch (field->kind) {
	case RECORD_FIELD_NUMBER:
		parser->has_seq |= at == (void *)&record->seq;
		return json_scan_number(&parser->scan, at);
	case RECORD_FIELD_TEXT:
		return json_scan_string(&parser->scan, at);
	case RECORD_FIELD_TIME:
		return read_time(parser, at);
	case RECORD_FIELD_TYPE:
		return read_type(parser, record);
	default:
		return json_scan_flag(&parser->scan, at);
	}
}

static int read_other(struct parser *parser, struct record *record)
{
	const struct record_field *field;
	size_t size;
	char *key;

	if (json_scan_rest_of_string(&parser->scan, &key, &size) ||
	    json_scan_char(&parser->scan, ':'))
		return -EINVAL;
	if (size == 1 && *key == 'v') {
		parser->has_version = true;
		return json_scan_number(&parser->scan, &parser->version);
	}
	field = is_other_version(parser) ? NULL : find_field(parser, key, size);
	return field ? read_field(parser, field, record) : json_scan_skip(&parser->scan);
}

static int read_member(struct parser *parser, struct record *record)
{
	const struct record_field *field;

	if (json_scan_char(&parser->scan, '"'))
		return -EINVAL;
	field = is_other_version(parser) ? NULL : take_field(parser);
	if (!field)
		return read_other(parser, record);
	return json_scan_char(&parser->scan, ':') ? -EINVAL : read_field(parser, field, record);
}

static int read_members(struct parser *parser, struct record *record)
{
	if (json_scan_char(&parser->scan, '{'))
		return -EINVAL;
	do {
		if (read_member(parser, record))
			return -EINVAL;
	} while (!json_scan_char(&parser->scan, ','));
	return json_scan_char(&parser->scan, '}');
}

static int check_end(struct parser *parser)
{
	json_scan_blanks(&parser->scan);
	if (json_scan_peek(&parser->scan) == '\n')
		parser->scan.at++;
	return parser->scan.at == parser->scan.end ? 0 : -EINVAL;
}

int record_parse(char *line, size_t size, struct record *out)
{
	struct parser parser = { .scan = { .at = line, .end = line + size } };
	struct record record = record_init(RECORD_TYPE_COUNT);

	if (read_members(&parser, &record) || check_end(&parser) || !parser.has_version)
		return -EINVAL;
	if (parser.version != RECORD_VERSION)
		return -EPROTO;
	if (!parser.has_seq || !parser.has_time || !parser.has_type)
		return -EINVAL;
	*out = record;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
/*
 * One pass over a flat object, in place. The keys of a line come in the order of record_fields, so
 * the next one is nearly always found soon behind the last one: its first eight bytes, in a
 * register, are compared with those of a few fields there. Anything else that JSON allows (another
 * order, blanks, escapes, keys that are not known) takes the longer way of read_other().
 */
#include "core/record/record_parse.h"

#include <errno.h>
#include <string.h>

#include "core/base/json_scan.h"
#include "core/base/text.h"

enum { WORD = sizeof(uint64_t) };

struct parser {
	const char *end;
	const struct record_field *next; /* where to look first: behind all before a version */
	bool has_version, has_time;
	uint64_t version;
};

_Static_assert(RECORD_KEY_MAX == 2 * WORD, "has_end_of_key() looks at two words");

static const struct record_field *const fields_end = &record_fields[RECORD_FIELD_COUNT];

/* It may have other values under names of ours. */
static bool is_other_version(const struct parser *parser)
{
	return parser->has_version && parser->version != RECORD_VERSION;
}

/* ---- keys ---- */

static const struct record_field *find_between(const struct record_field *field,
					       const struct record_field *end, const char *name,
					       size_t size)
{
	while (field < end && (field->name_size != size || memcmp(field->name, name, size) != 0))
		field++;
	return field < end ? field : NULL;
}

static const struct record_field *find_field(const struct parser *parser, const char *name,
					     size_t size)
{
	const struct record_field *field = find_between(parser->next, fields_end, name, size);

	return field ? field : find_between(record_fields, parser->next, name, size);
}

static size_t key_size(const struct record_field *field)
{
	return field->name_size + sizeof("\":") - 1;
}

/* Of a key whose first word is the same: no key is longer than two, and a longer one ends in the
 * second. */
static bool has_end_of_key(const char *at, const char *end, const struct record_field *field)
{
	size_t size = key_size(field);

	if (size <= WORD)
		return true;
	return (size_t)(end - at) >= size &&
	       json_scan_word(at + size - WORD) == json_scan_word(field->key + size - WORD);
}

/* Behind its first quote, if it is the key of a field that comes later, and written as we do. */
static const struct record_field *guess_field(const struct parser *parser, const char *at)
{
	const struct record_field *field = parser->next;
	uint64_t word;

	if (parser->end - at < WORD)
		return NULL;
	word = json_scan_word(at);
	for (; field < fields_end; field++) {
		if (!((word ^ json_scan_word(field->key)) & field->key_mask) &&
		    has_end_of_key(at, parser->end, field))
			return field;
	}
	return NULL;
}

static char *read_version(struct parser *parser, char *at)
{
	at = json_scan_number(at, parser->end, &parser->version);
	parser->has_version = true;
	parser->next = is_other_version(parser) ? fields_end : record_fields;
	return at;
}

/* Behind its first quote: any key. Without a field of ours its value is read, too. */
static char *read_other(struct parser *parser, char *at, const struct record_field **out_field)
{
	size_t size;
	char *key;

	*out_field = NULL;
	at = json_scan_rest_of_string(at, parser->end, &key, &size);
	if (at)
		at = json_scan_char(at, parser->end, ':');
	if (!at)
		return NULL;
	if (size == 1 && *key == 'v')
		return read_version(parser, at);
	if (!is_other_version(parser))
		*out_field = find_field(parser, key, size);
	return *out_field ? at : json_scan_skip(at, parser->end);
}

/* ---- values ---- */

static bool read_time(struct parser *parser, const char *text, struct record *record)
{
	parser->has_time = !text_time_parse(text, &record->wall_ns);
	return parser->has_time;
}

static char *read_field(struct parser *parser, const struct record_field *field, char *at,
			struct record *record)
{
	void *to = (char *)record + field->offset;
	char *text;

	parser->next = field + 1;
	if (field->kind == RECORD_FIELD_NUMBER)
		return json_scan_number(at, parser->end, to);
	if (field->kind == RECORD_FIELD_FLAG)
		return json_scan_flag(at, parser->end, to);
	at = json_scan_string(at, parser->end, &text);
	if (!at)
		return NULL;
	if (field->kind == RECORD_FIELD_TEXT) {
		*(const char **)to = text;
	} else if (field->kind == RECORD_FIELD_TYPE) {
		record->type_name = text;
		record->type = record_type_find(text);
	} else if (!read_time(parser, text, record)) {
		return NULL;
	}
	return at;
}

/* ---- members ---- */

static char *read_member(struct parser *parser, char *at, struct record *record)
{
	const struct record_field *field;

	at = json_scan_char(at, parser->end, '"');
	if (!at)
		return NULL;
	field = guess_field(parser, at);
	if (field)
		at += key_size(field);
	else
		at = read_other(parser, at, &field);
	return at && field ? read_field(parser, field, at, record) : at;
}

static char *read_members(struct parser *parser, char *at, struct record *record)
{
	char *next = json_scan_char(at, parser->end, '{');

	while (next) {
		at = read_member(parser, next, record);
		if (!at)
			return NULL;
		next = json_scan_char(at, parser->end, ',');
	}
	return json_scan_char(at, parser->end, '}');
}

static bool is_end(char *at, const char *end)
{
	at = json_scan_blanks(at, end);
	return at == end || (*at == '\n' && at + 1 == end);
}

int record_parse(char *line, size_t size, struct record *out)
{
	struct parser parser = { .end = line + size, .next = fields_end };
	struct record record = record_absent;
	char *at = read_members(&parser, line, &record);

	if (!at || !is_end(at, parser.end) || !parser.has_version)
		return -EINVAL;
	if (parser.version != RECORD_VERSION)
		return -EPROTO;
	if (record.seq == RECORD_ABSENT || !parser.has_time || !record.type_name)
		return -EINVAL;
	*out = record;
	return 0;
}

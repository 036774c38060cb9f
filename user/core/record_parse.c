// SPDX-License-Identifier: Apache-2.0
/*
 * One pass over a flat object, in place: what is escaped is never longer than its
 * escape. The keys of a line come in the order of record_fields, so the next one is
 * nearly always found where the last one was.
 */
#include "core/record_parse.h"

#include <errno.h>
#include <string.h>

#include "core/text.h"

enum { DEPTH_MAX = 32 }; /* of values that are left out */

struct parser {
	char *at, *end;
	size_t next_field; /* where to look first */
	bool has_version, has_seq, has_time, has_type;
	uint64_t version;
};

static char peek(const struct parser *parser)
{
	return parser->at < parser->end ? *parser->at : '\0';
}

static void skip_blanks(struct parser *parser)
{
	while (peek(parser) == ' ' || peek(parser) == '\t' || peek(parser) == '\r')
		parser->at++;
}

static int expect(struct parser *parser, char c)
{
	skip_blanks(parser);
	if (peek(parser) != c)
		return -EINVAL;
	parser->at++;
	return 0;
}

/* ---- strings ---- */

static int read_hex(struct parser *parser, unsigned int *out)
{
	unsigned int value = 0;

	if (parser->end - parser->at < 4)
		return -EINVAL;
	for (size_t i = 0; i < 4; i++) {
		char c = *parser->at++;

		value <<= 4;
		if (c >= '0' && c <= '9')
			value |= (unsigned int)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value |= (unsigned int)((c | 0x20) - 'a' + 10);
		else
			return -EINVAL;
	}
	*out = value;
	return 0;
}

static char *put_utf8(char *to, unsigned int c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*to++ = (char)(0xe0 | c >> 12);
		} else {
			*to++ = (char)(0xf0 | c >> 18);
			*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (c & 0x3f));
	return to;
}

/* Behind "\u". A text ends at NUL, and half a pair is no character: neither is one of ours. */
static int read_unicode(struct parser *parser, char **to)
{
	unsigned int c, low;

	if (read_hex(parser, &c) || !c || (c >= 0xdc00 && c <= 0xdfff))
		return -EINVAL;
	if (c >= 0xd800 && c <= 0xdbff) {
		if (parser->end - parser->at < 6 || parser->at[0] != '\\' || parser->at[1] != 'u')
			return -EINVAL;
		parser->at += 2;
		if (read_hex(parser, &low) || low < 0xdc00 || low > 0xdfff)
			return -EINVAL;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	*to = put_utf8(*to, c);
	return 0;
}

static int read_escape(struct parser *parser, char **to)
{
	static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	char c = peek(parser);
	const char *letter = c ? strchr(letters, c) : NULL;

	parser->at++;
	if (c == 'u')
		return read_unicode(parser, to);
	if (!letter)
		return -EINVAL;
	*(*to)++ = means[letter - letters];
	return 0;
}

/* Behind its first quote. Ended by NUL, where its last quote was or before. */
static int read_string(struct parser *parser, char **out, size_t *out_size)
{
	char *begin = parser->at, *to = begin;

	while (parser->at < parser->end && *parser->at != '"') {
		char c = *parser->at;

		if ((unsigned char)c < ' ')
			return -EINVAL;
		if (c != '\\') {
			*to++ = c;
			parser->at++;
			continue;
		}
		parser->at++;
		if (parser->at == parser->end || read_escape(parser, &to))
			return -EINVAL;
	}
	if (parser->at == parser->end)
		return -EINVAL;
	parser->at++;
	*to = '\0';
	*out = begin;
	*out_size = (size_t)(to - begin);
	return 0;
}

static int read_text(struct parser *parser, char **out)
{
	size_t size;

	return expect(parser, '"') ? -EINVAL : read_string(parser, out, &size);
}

/* ---- other values ---- */

static int read_number(struct parser *parser, uint64_t *out)
{
	uint64_t number = 0;
	const char *begin;

	skip_blanks(parser);
	begin = parser->at;
	while (peek(parser) >= '0' && peek(parser) <= '9') {
		uint64_t digit = (uint64_t)(*parser->at++ - '0');

		if (number > (INT64_MAX - digit) / 10)
			return -EINVAL;
		number = number * 10 + digit;
	}
	if (parser->at == begin || (*begin == '0' && parser->at > begin + 1))
		return -EINVAL;
	*out = number;
	return 0;
}

static int read_word(struct parser *parser, const char *word)
{
	size_t size = strlen(word);

	skip_blanks(parser);
	if ((size_t)(parser->end - parser->at) < size || memcmp(parser->at, word, size) != 0)
		return -EINVAL;
	parser->at += size;
	return 0;
}

static int read_flag(struct parser *parser, bool *out)
{
	bool is_true = !read_word(parser, "true");

	if (!is_true && read_word(parser, "false"))
		return -EINVAL;
	*out = is_true;
	return 0;
}

/* Of a later version: any value. Only its end matters. */
static int skip_value(struct parser *parser)
{
	size_t depth = 0, size;
	char *text;

	do {
		char c;

		skip_blanks(parser);
		c = peek(parser);
		if (depth && (c == '}' || c == ']'))
			depth--;
		else if (c == '{' || c == '[')
			depth++;
		else if (!c || (!depth && (c == ',' || c == '}')) || depth > DEPTH_MAX)
			return -EINVAL;
		parser->at++;
		if (c == '"' && read_string(parser, &text, &size))
			return -EINVAL;
		while (!depth && c != '"' && peek(parser) && !strchr(",} \t\r", peek(parser)))
			parser->at++;
	} while (depth);
	return 0;
}

/* ---- fields ---- */

static const struct record_field *find_field(struct parser *parser, const char *name, size_t size)
{
	for (size_t i = 0; i < RECORD_FIELD_COUNT; i++) {
		size_t at = parser->next_field + i;
		const struct record_field *field =
			&record_fields[at < RECORD_FIELD_COUNT ? at : at - RECORD_FIELD_COUNT];

		if (field->name_size == size && !memcmp(field->name, name, size)) {
			parser->next_field = (size_t)(field - record_fields) + 1;
			return field;
		}
	}
	return NULL;
}

static int read_type(struct parser *parser, struct record *record)
{
	char *text;
	int err = read_text(parser, &text);

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

	if (read_text(parser, &text) || text_time_parse(text, out))
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
		return read_number(parser, at);
	case RECORD_FIELD_TEXT:
		return read_text(parser, at);
	case RECORD_FIELD_TIME:
		return read_time(parser, at);
	case RECORD_FIELD_TYPE:
		return read_type(parser, record);
	default:
		return read_flag(parser, at);
	}
}

static int read_member(struct parser *parser, struct record *record)
{
	const struct record_field *field;
	size_t size;
	char *key;

	if (expect(parser, '"') || read_string(parser, &key, &size) || expect(parser, ':'))
		return -EINVAL;
	if (size == 1 && *key == 'v') {
		parser->has_version = true;
		return read_number(parser, &parser->version);
	}
	field = find_field(parser, key, size);
	return field ? read_field(parser, field, record) : skip_value(parser);
}

static int read_members(struct parser *parser, struct record *record)
{
	if (expect(parser, '{'))
		return -EINVAL;
	do {
		if (read_member(parser, record))
			return -EINVAL;
		skip_blanks(parser);
	} while (peek(parser) == ',' && parser->at++);
	return expect(parser, '}');
}

static int check_end(struct parser *parser)
{
	skip_blanks(parser);
	if (peek(parser) == '\n')
		parser->at++;
	return parser->at == parser->end ? 0 : -EINVAL;
}

int record_parse(char *line, size_t size, struct record *out)
{
	struct parser parser = { .at = line, .end = line + size };
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

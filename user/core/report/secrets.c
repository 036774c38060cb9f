// SPDX-License-Identifier: Apache-2.0
/*
 * One pass. A rule that knows what stands at a place writes what is shown of it and
 * moves on; where none does, the byte is shown. Where it is not clear how far a value
 * goes, more is hidden, not less.
 */
#include "core/report/secrets.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"

struct pass {
	const char *begin, *at, *end;
	FILE *out;
};

static const char *const key_ends[] = {
	"token",       "password",   "passwd",	   "passphrase", "secret",
	"apikey",      "api-key",    "api_key",	   "privatekey", "private-key",
	"private_key", "access_key", "access-key", "accesskey",	 "authorization",
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static bool ends_in_secret(const char *word, size_t size)
{
	for (size_t i = 0; i < array_size(key_ends); i++) {
		size_t length = strlen(key_ends[i]);

		if (size >= length && !strncasecmp(word + size - length, key_ends[i], length))
			return true;
	}
	return false;
}

static bool starts(const struct pass *pass, const char *text)
{
	size_t size = strlen(text);

	return (size_t)(pass->end - pass->at) >= size && !strncasecmp(pass->at, text, size);
}

static void show_to(struct pass *pass, const char *to)
{
	fwrite(pass->at, 1, (size_t)(to - pass->at), pass->out);
	pass->at = to;
}

static void hide_to(struct pass *pass, const char *to)
{
	if (to == pass->at)
		return;
	fputs(SECRETS_HIDDEN, pass->out);
	pass->at = to;
}

static const char *skip(const char *at, const char *end, const char *of)
{
	while (at < end && *at && strchr(of, *at))
		at++;
	return at;
}

static const char *find(const char *at, const char *end, const char *of)
{
	while (at < end && !(*at && strchr(of, *at)))
		at++;
	return at;
}

/* ---- URLs ---- */

/* "://user:password@". */
static bool pass_userinfo(struct pass *pass)
{
	const char *begin = pass->at + 3, *end, *last = NULL;

	if (!starts(pass, "://"))
		return false;
	end = find(begin, pass->end, "/ \t\r\n\"'<>?#,");
	for (const char *at = begin; at < end; at++)
		if (*at == '@')
			last = at;
	show_to(pass, begin);
	if (last)
		hide_to(pass, last);
	return true;
}

/* ---- "Bearer ..." ---- */

static bool pass_scheme(struct pass *pass)
{
	static const char *const schemes[] = { "bearer ", "basic " };

	for (size_t i = 0; i < array_size(schemes); i++) {
		if (!starts(pass, schemes[i]))
			continue;
		show_to(pass, pass->at + strlen(schemes[i]));
		hide_to(pass, find(pass->at, pass->end, " \t\r\n\"',"));
		return true;
	}
	return false;
}

/* ---- PEM ---- */

static bool pass_pem(struct pass *pass)
{
	const char *line, *over;

	if (!starts(pass, "-----BEGIN "))
		return false;
	line = find(pass->at, pass->end, "\r\n\\");
	if (!memmem(pass->at, (size_t)(line - pass->at), "PRIVATE KEY", 11))
		return false;
	over = memmem(line, (size_t)(pass->end - line), "-----END ", 9);
	show_to(pass, line);
	hide_to(pass, over ? over : pass->end);
	return true;
}

/* ---- keys ---- */

/* The quote that ends it, or the text's end. YAML doubles a single quote that does not. */
static const char *end_of_quoted(const char *at, const char *end, char quote)
{
	for (; at < end; at++) {
		bool is_doubled = *at == '\'' && at + 1 < end && at[1] == *at;

		if (*at == quote && !is_doubled)
			break;
		if (is_doubled || (*at == '\\' && at + 1 < end))
			at++;
	}
	return at;
}

/* Of { or [: behind what closes it. */
static const char *end_of_nested(const char *at, const char *end)
{
	size_t depth = 0;

	for (; at < end; at++) {
		if (*at == '"')
			at = end_of_quoted(at + 1, end, '"');
		else if (*at == '{' || *at == '[')
			depth++;
		else if ((*at == '}' || *at == ']') && !--depth)
			return at + 1;
		if (at == end)
			break;
	}
	return end;
}

static size_t indent_of(const char *line, const char *end)
{
	return (size_t)(skip(line, end, " \t-") - line);
}

/* YAML: a block, or a list, goes on for as long as lines are indented deeper than its key. A list
 * may stand right below it. */
static const char *end_of_block(const struct pass *pass, const char *key, const char *eol)
{
	const char *line = key;
	size_t indent;

	while (line > pass->begin && line[-1] != '\n')
		line--;
	indent = indent_of(line, pass->end);
	while (eol < pass->end) {
		const char *next = eol + 1, *begun = skip(next, pass->end, " \t");
		bool is_blank = begun == pass->end || *begun == '\n' || *begun == '\r';
		bool is_item = begun < pass->end && *begun == '-' &&
			       (size_t)(begun - next) >= indent;

		if (!is_blank && !is_item && (size_t)(begun - next) <= indent)
			break;
		eol = find(next, pass->end, "\n");
	}
	return eol;
}

static void hide_value(struct pass *pass, const char *key, bool is_quoted_key)
{
	const char *eol = find(pass->at, pass->end, "\n");
	char first = '\n';

	if (pass->at < pass->end)
		first = *pass->at;
	if (first == '"' || first == '\'') {
		show_to(pass, pass->at + 1);
		hide_to(pass, end_of_quoted(pass->at, pass->end, first));
	} else if (first == '{' || first == '[') {
		hide_to(pass, end_of_nested(pass->at, pass->end));
	} else if (is_quoted_key) {
		hide_to(pass, find(pass->at, pass->end, ",}]\r\n"));
	} else {
		hide_to(pass, end_of_block(pass, key, eol));
	}
}

/* A word, and what is said of it. "--password x" has a blank between them. */
static bool pass_key(struct pass *pass)
{
	const char *key = pass->at, *word = key, *at;
	bool is_flag, is_quoted, is_first = key == pass->begin || !is_word(key[-1]);

	if (!is_first || !is_word(*key))
		return false;
	while (word < pass->end && is_word(*word))
		word++;
	if (!ends_in_secret(key, (size_t)(word - key)))
		return false;
	is_quoted = word < pass->end && (*word == '"' || *word == '\'') && key > pass->begin &&
		    key[-1] == *word;
	is_flag = key[0] == '-';
	at = skip(word + is_quoted, pass->end, " \t");
	if (at < pass->end && (*at == ':' || *at == '='))
		at = skip(at + 1, pass->end, " \t");
	else if (!is_flag || at == pass->end || at == word || *at == '-')
		return false;
	show_to(pass, at);
	hide_value(pass, key, is_quoted);
	return true;
}

/* ---- all ---- */

static bool (*const rules[])(struct pass *pass) = { pass_userinfo, pass_pem, pass_scheme,
						    pass_key };

static void pass_one(struct pass *pass)
{
	for (size_t i = 0; i < array_size(rules); i++)
		if (rules[i](pass))
			return;
	show_to(pass, pass->at + 1);
}

int secrets_hide(const char *text, size_t size, char **out, size_t *out_size)
{
	struct pass pass = { .begin = text, .at = text, .end = text + size };
	char *shown = NULL;
	size_t shown_size;

	pass.out = open_memstream(&shown, &shown_size);
	if (!pass.out)
		return -ENOMEM;
	while (pass.at < pass.end)
		pass_one(&pass);
	if (fclose(pass.out)) {
		free(shown);
		return -ENOMEM;
	}
	*out = shown;
	*out_size = shown_size;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/capacity/eni_table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct eni_type known[] = {
	{ "t2.nano", 2, 2, 1 },		 { "t2.micro", 2, 2, 1 },
	{ "t2.small", 3, 4, 1 },	 { "t2.medium", 3, 6, 2 },
	{ "t2.large", 3, 12, 2 },	 { "t2.xlarge", 3, 15, 4 },
	{ "t2.2xlarge", 3, 15, 8 },	 { "t3.nano", 2, 2, 2 },
	{ "t3.micro", 2, 2, 2 },	 { "t3.small", 3, 4, 2 },
	{ "t3.medium", 3, 6, 2 },	 { "t3.large", 3, 12, 2 },
	{ "t3.xlarge", 4, 15, 4 },	 { "t3.2xlarge", 4, 15, 8 },
	{ "t3a.nano", 2, 2, 2 },	 { "t3a.micro", 2, 2, 2 },
	{ "t3a.small", 2, 4, 2 },	 { "t3a.medium", 3, 6, 2 },
	{ "t3a.large", 3, 12, 2 },	 { "t3a.xlarge", 4, 15, 4 },
	{ "t3a.2xlarge", 4, 15, 8 },	 { "t4g.nano", 2, 2, 2 },
	{ "t4g.micro", 2, 2, 2 },	 { "t4g.small", 3, 4, 2 },
	{ "t4g.medium", 3, 6, 2 },	 { "t4g.large", 3, 12, 2 },
	{ "t4g.xlarge", 4, 15, 4 },	 { "t4g.2xlarge", 4, 15, 8 },
	{ "m4.large", 2, 10, 2 },	 { "m4.xlarge", 4, 15, 4 },
	{ "m4.2xlarge", 4, 15, 8 },	 { "m4.4xlarge", 8, 30, 16 },
	{ "m4.10xlarge", 8, 30, 40 },	 { "m4.16xlarge", 8, 30, 64 },
	{ "m5.large", 3, 10, 2 },	 { "m5.xlarge", 4, 15, 4 },
	{ "m5.2xlarge", 4, 15, 8 },	 { "m5.4xlarge", 8, 30, 16 },
	{ "m5.8xlarge", 8, 30, 32 },	 { "m5.12xlarge", 8, 30, 48 },
	{ "m5.16xlarge", 15, 50, 64 },	 { "m5.24xlarge", 15, 50, 96 },
	{ "m5a.large", 3, 10, 2 },	 { "m5a.xlarge", 4, 15, 4 },
	{ "m5a.2xlarge", 4, 15, 8 },	 { "m5a.4xlarge", 8, 30, 16 },
	{ "m5a.8xlarge", 8, 30, 32 },	 { "m5a.12xlarge", 8, 30, 48 },
	{ "m5a.16xlarge", 15, 50, 64 },	 { "m5a.24xlarge", 15, 50, 96 },
	{ "m5d.large", 3, 10, 2 },	 { "m5d.xlarge", 4, 15, 4 },
	{ "m5d.2xlarge", 4, 15, 8 },	 { "m5d.4xlarge", 8, 30, 16 },
	{ "m5d.8xlarge", 8, 30, 32 },	 { "m5d.12xlarge", 8, 30, 48 },
	{ "m5d.16xlarge", 15, 50, 64 },	 { "m5d.24xlarge", 15, 50, 96 },
	{ "m5n.large", 3, 10, 2 },	 { "m5n.xlarge", 4, 15, 4 },
	{ "m5n.2xlarge", 4, 15, 8 },	 { "m5n.4xlarge", 8, 30, 16 },
	{ "m5n.8xlarge", 8, 30, 32 },	 { "m5n.12xlarge", 8, 30, 48 },
	{ "m5n.16xlarge", 15, 50, 64 },	 { "m5n.24xlarge", 15, 50, 96 },
	{ "m6i.large", 3, 10, 2 },	 { "m6i.xlarge", 4, 15, 4 },
	{ "m6i.2xlarge", 4, 15, 8 },	 { "m6i.4xlarge", 8, 30, 16 },
	{ "m6i.8xlarge", 8, 30, 32 },	 { "m6i.12xlarge", 8, 30, 48 },
	{ "m6i.16xlarge", 15, 50, 64 },	 { "m6i.24xlarge", 15, 50, 96 },
	{ "m6i.32xlarge", 15, 50, 128 }, { "m6a.large", 3, 10, 2 },
	{ "m6a.xlarge", 4, 15, 4 },	 { "m6a.2xlarge", 4, 15, 8 },
	{ "m6a.4xlarge", 8, 30, 16 },	 { "m6a.8xlarge", 8, 30, 32 },
	{ "m6a.12xlarge", 8, 30, 48 },	 { "m6a.16xlarge", 15, 50, 64 },
	{ "m6a.24xlarge", 15, 50, 96 },	 { "m6a.32xlarge", 15, 50, 128 },
	{ "m6a.48xlarge", 15, 50, 192 }, { "m6g.medium", 2, 4, 1 },
	{ "m6g.large", 3, 10, 2 },	 { "m6g.xlarge", 4, 15, 4 },
	{ "m6g.2xlarge", 4, 15, 8 },	 { "m6g.4xlarge", 8, 30, 16 },
	{ "m6g.8xlarge", 8, 30, 32 },	 { "m6g.12xlarge", 8, 30, 48 },
	{ "m6g.16xlarge", 15, 50, 64 },	 { "m7i.large", 3, 10, 2 },
	{ "m7i.xlarge", 4, 15, 4 },	 { "m7i.2xlarge", 4, 15, 8 },
	{ "m7i.4xlarge", 8, 30, 16 },	 { "m7i.8xlarge", 8, 30, 32 },
	{ "m7i.12xlarge", 8, 30, 48 },	 { "m7i.16xlarge", 15, 50, 64 },
	{ "m7i.24xlarge", 15, 50, 96 },	 { "m7i.48xlarge", 15, 50, 192 },
	{ "m7a.medium", 2, 4, 1 },	 { "m7a.large", 3, 10, 2 },
	{ "m7a.xlarge", 4, 15, 4 },	 { "m7a.2xlarge", 4, 15, 8 },
	{ "m7a.4xlarge", 8, 30, 16 },	 { "m7a.8xlarge", 8, 30, 32 },
	{ "m7a.12xlarge", 8, 30, 48 },	 { "m7a.16xlarge", 15, 50, 64 },
	{ "m7a.24xlarge", 15, 50, 96 },	 { "m7a.32xlarge", 15, 50, 128 },
	{ "m7a.48xlarge", 15, 50, 192 }, { "m7g.medium", 2, 4, 1 },
	{ "m7g.large", 3, 10, 2 },	 { "m7g.xlarge", 4, 15, 4 },
	{ "m7g.2xlarge", 4, 15, 8 },	 { "m7g.4xlarge", 8, 30, 16 },
	{ "m7g.8xlarge", 8, 30, 32 },	 { "m7g.12xlarge", 8, 30, 48 },
	{ "m7g.16xlarge", 15, 50, 64 },	 { "c4.large", 3, 10, 2 },
	{ "c4.xlarge", 4, 15, 4 },	 { "c4.2xlarge", 4, 15, 8 },
	{ "c4.4xlarge", 8, 30, 16 },	 { "c4.8xlarge", 8, 30, 36 },
	{ "c5.large", 3, 10, 2 },	 { "c5.xlarge", 4, 15, 4 },
	{ "c5.2xlarge", 4, 15, 8 },	 { "c5.4xlarge", 8, 30, 16 },
	{ "c5.9xlarge", 8, 30, 36 },	 { "c5.12xlarge", 8, 30, 48 },
	{ "c5.18xlarge", 15, 50, 72 },	 { "c5.24xlarge", 15, 50, 96 },
	{ "c5n.large", 3, 10, 2 },	 { "c5n.xlarge", 4, 15, 4 },
	{ "c5n.2xlarge", 4, 15, 8 },	 { "c5n.4xlarge", 8, 30, 16 },
	{ "c5n.9xlarge", 8, 30, 36 },	 { "c5n.18xlarge", 15, 50, 72 },
	{ "c6i.large", 3, 10, 2 },	 { "c6i.xlarge", 4, 15, 4 },
	{ "c6i.2xlarge", 4, 15, 8 },	 { "c6i.4xlarge", 8, 30, 16 },
	{ "c6i.8xlarge", 8, 30, 32 },	 { "c6i.12xlarge", 8, 30, 48 },
	{ "c6i.16xlarge", 15, 50, 64 },	 { "c6i.24xlarge", 15, 50, 96 },
	{ "c6i.32xlarge", 15, 50, 128 }, { "c6a.large", 3, 10, 2 },
	{ "c6a.xlarge", 4, 15, 4 },	 { "c6a.2xlarge", 4, 15, 8 },
	{ "c6a.4xlarge", 8, 30, 16 },	 { "c6a.8xlarge", 8, 30, 32 },
	{ "c6a.12xlarge", 8, 30, 48 },	 { "c6a.16xlarge", 15, 50, 64 },
	{ "c6a.24xlarge", 15, 50, 96 },	 { "c6a.32xlarge", 15, 50, 128 },
	{ "c6a.48xlarge", 15, 50, 192 }, { "c6g.medium", 2, 4, 1 },
	{ "c6g.large", 3, 10, 2 },	 { "c6g.xlarge", 4, 15, 4 },
	{ "c6g.2xlarge", 4, 15, 8 },	 { "c6g.4xlarge", 8, 30, 16 },
	{ "c6g.8xlarge", 8, 30, 32 },	 { "c6g.12xlarge", 8, 30, 48 },
	{ "c6g.16xlarge", 15, 50, 64 },	 { "c7i.large", 3, 10, 2 },
	{ "c7i.xlarge", 4, 15, 4 },	 { "c7i.2xlarge", 4, 15, 8 },
	{ "c7i.4xlarge", 8, 30, 16 },	 { "c7i.8xlarge", 8, 30, 32 },
	{ "c7i.12xlarge", 8, 30, 48 },	 { "c7i.16xlarge", 15, 50, 64 },
	{ "c7i.24xlarge", 15, 50, 96 },	 { "c7i.32xlarge", 15, 50, 128 },
	{ "c7i.48xlarge", 15, 50, 192 }, { "c7g.medium", 2, 4, 1 },
	{ "c7g.large", 3, 10, 2 },	 { "c7g.xlarge", 4, 15, 4 },
	{ "c7g.2xlarge", 4, 15, 8 },	 { "c7g.4xlarge", 8, 30, 16 },
	{ "c7g.8xlarge", 8, 30, 32 },	 { "c7g.12xlarge", 8, 30, 48 },
	{ "c7g.16xlarge", 15, 50, 64 },	 { "r4.large", 3, 10, 2 },
	{ "r4.xlarge", 4, 15, 4 },	 { "r4.2xlarge", 4, 15, 8 },
	{ "r4.4xlarge", 8, 30, 16 },	 { "r4.8xlarge", 8, 30, 32 },
	{ "r4.16xlarge", 15, 50, 64 },	 { "r5.large", 3, 10, 2 },
	{ "r5.xlarge", 4, 15, 4 },	 { "r5.2xlarge", 4, 15, 8 },
	{ "r5.4xlarge", 8, 30, 16 },	 { "r5.8xlarge", 8, 30, 32 },
	{ "r5.12xlarge", 8, 30, 48 },	 { "r5.16xlarge", 15, 50, 64 },
	{ "r5.24xlarge", 15, 50, 96 },	 { "r6i.large", 3, 10, 2 },
	{ "r6i.xlarge", 4, 15, 4 },	 { "r6i.2xlarge", 4, 15, 8 },
	{ "r6i.4xlarge", 8, 30, 16 },	 { "r6i.8xlarge", 8, 30, 32 },
	{ "r6i.12xlarge", 8, 30, 48 },	 { "r6i.16xlarge", 15, 50, 64 },
	{ "r6i.24xlarge", 15, 50, 96 },	 { "r6i.32xlarge", 15, 50, 128 },
	{ "r6g.medium", 2, 4, 1 },	 { "r6g.large", 3, 10, 2 },
	{ "r6g.xlarge", 4, 15, 4 },	 { "r6g.2xlarge", 4, 15, 8 },
	{ "r6g.4xlarge", 8, 30, 16 },	 { "r6g.8xlarge", 8, 30, 32 },
	{ "r6g.12xlarge", 8, 30, 48 },	 { "r6g.16xlarge", 15, 50, 64 },
	{ "r7i.large", 3, 10, 2 },	 { "r7i.xlarge", 4, 15, 4 },
	{ "r7i.2xlarge", 4, 15, 8 },	 { "r7i.4xlarge", 8, 30, 16 },
	{ "r7i.8xlarge", 8, 30, 32 },	 { "r7i.12xlarge", 8, 30, 48 },
	{ "r7i.16xlarge", 15, 50, 64 },	 { "r7i.24xlarge", 15, 50, 96 },
	{ "r7i.48xlarge", 15, 50, 192 }, { "r7g.medium", 2, 4, 1 },
	{ "r7g.large", 3, 10, 2 },	 { "r7g.xlarge", 4, 15, 4 },
	{ "r7g.2xlarge", 4, 15, 8 },	 { "r7g.4xlarge", 8, 30, 16 },
	{ "r7g.8xlarge", 8, 30, 32 },	 { "r7g.12xlarge", 8, 30, 48 },
	{ "r7g.16xlarge", 15, 50, 64 },	 { "i3.large", 3, 10, 2 },
	{ "i3.xlarge", 4, 15, 4 },	 { "i3.2xlarge", 4, 15, 8 },
	{ "i3.4xlarge", 8, 30, 16 },	 { "i3.8xlarge", 8, 30, 32 },
	{ "i3.16xlarge", 15, 50, 64 },	 { "i3en.large", 3, 10, 2 },
	{ "i3en.xlarge", 4, 15, 4 },	 { "i3en.2xlarge", 4, 15, 8 },
	{ "i3en.3xlarge", 4, 15, 12 },	 { "i3en.6xlarge", 8, 30, 24 },
	{ "i3en.12xlarge", 8, 30, 48 },	 { "i3en.24xlarge", 15, 50, 96 },
	{ "p3.2xlarge", 4, 15, 8 },	 { "p3.8xlarge", 8, 30, 32 },
	{ "p3.16xlarge", 8, 30, 64 },	 { "p3dn.24xlarge", 15, 50, 96 },
	{ "g4dn.xlarge", 3, 10, 4 },	 { "g4dn.2xlarge", 3, 10, 8 },
	{ "g4dn.4xlarge", 3, 10, 16 },	 { "g4dn.8xlarge", 4, 15, 32 },
	{ "g4dn.12xlarge", 8, 30, 48 },	 { "g4dn.16xlarge", 4, 15, 64 },
	{ "g5.xlarge", 4, 15, 4 },	 { "g5.2xlarge", 4, 15, 8 },
	{ "g5.4xlarge", 8, 30, 16 },	 { "g5.8xlarge", 8, 30, 32 },
	{ "g5.12xlarge", 15, 50, 48 },	 { "g5.16xlarge", 8, 30, 64 },
	{ "g5.24xlarge", 15, 50, 96 },
};

static const struct eni_type *find(const struct eni_type *types, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(types[i].name, name))
			return &types[i];
	return NULL;
}

const struct eni_type *eni_type_find(const char *name)
{
	return find(known, array_size(known), name);
}

size_t eni_type_count(void)
{
	return array_size(known);
}

const struct eni_type *eni_type_at(size_t index)
{
	return &known[index];
}

const struct eni_type *eni_table_find(const struct eni_table *table, const char *name)
{
	return find(table->types, table->count, name);
}

/* ---- text ---- */

enum { WORDS = 4, WORD_SIZE = ENI_TYPE_SIZE };

static const struct number {
	const char *what;
	unsigned int min, max;
} numbers[] = {
	{ "ENIS", 1, ENI_LIMIT_MAX },
	{ "IPV4_PER_ENI", ENI_IPV4_MIN, ENI_IPV4_MAX },
	{ "VCPUS", 1, ENI_VCPUS_MAX },
};

_Static_assert(array_size(numbers) == WORDS - 1, "a word lacks its bounds");

static bool is_of_type(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-';
}

/* The number of words of a line, WORDS + 1 when there are more; -EINVAL for one that is too long.
 */
static int split(const char *line, size_t size, char out[static WORDS][WORD_SIZE])
{
	int count = 0;

	for (size_t at = 0; at < size;) {
		size_t start = at;

		if (line[at] == ' ' || line[at] == '\t' || line[at] == '\r') {
			at++;
			continue;
		}
		while (at < size && line[at] != ' ' && line[at] != '\t' && line[at] != '\r')
			at++;
		if (count == WORDS)
			return WORDS + 1;
		if (at - start >= WORD_SIZE || memchr(line + start, '\0', at - start))
			return -EINVAL;
		memcpy(out[count], line + start, at - start);
		out[count++][at - start] = '\0';
	}
	return count;
}

static int parse_number(const char *word, const struct number *number, unsigned int *out)
{
	unsigned int value = 0;

	for (const char *at = word; *at; at++) {
		if (*at < '0' || *at > '9' || value > number->max)
			return -EINVAL;
		value = value * 10 + (unsigned int)(*at - '0');
	}
	if (value < number->min || value > number->max)
		return -EINVAL;
	*out = value;
	return 0;
}

/* 0, or -EINVAL with what is wrong. */
static int parse_row(char words[static WORDS][WORD_SIZE], struct eni_type *out,
		     char error[static ENI_ERROR_SIZE])
{
	struct eni_type type = { 0 };
	unsigned int *const fields[] = { &type.enis, &type.ipv4, &type.vcpus };

	for (const char *at = words[0]; *at; at++)
		if (!is_of_type(*at)) {
			snprintf(error, ENI_ERROR_SIZE,
				 "TYPE is not small letters, digits, '.' and '-'");
			return -EINVAL;
		}
	memcpy(type.name, words[0], strlen(words[0]));
	for (size_t i = 0; i < array_size(numbers); i++)
		if (parse_number(words[i + 1], &numbers[i], fields[i])) {
			snprintf(error, ENI_ERROR_SIZE, "%s is not a number from %u to %u",
				 numbers[i].what, numbers[i].min, numbers[i].max);
			return -EINVAL;
		}
	*out = type;
	return 0;
}

static int take_line(const char *line, size_t size, struct eni_table *table,
		     char error[static ENI_ERROR_SIZE])
{
	const char *comment = memchr(line, '#', size);
	char words[WORDS][WORD_SIZE] = { 0 };
	int count = split(line, comment ? (size_t)(comment - line) : size, words);
	struct eni_type type;
	int err;

	if (!count)
		return 0;
	if (count != WORDS) {
		snprintf(error, ENI_ERROR_SIZE, "expected TYPE ENIS IPV4_PER_ENI VCPUS");
		return -EINVAL;
	}
	err = parse_row(words, &type, error);
	if (err)
		return err;
	if (eni_table_find(table, type.name)) {
		snprintf(error, ENI_ERROR_SIZE, "'%s' is there twice", type.name);
		return -EINVAL;
	}
	if (table->count == ENI_TABLE_MAX) {
		snprintf(error, ENI_ERROR_SIZE, "more than %d types", ENI_TABLE_MAX);
		return -E2BIG;
	}
	table->types[table->count++] = type;
	return 0;
}

int eni_table_parse(const char *text, size_t size, struct eni_table **out,
		    char error[static ENI_ERROR_SIZE])
{
	cleanup_eni_table struct eni_table *table =
		calloc(1, sizeof(*table) + ENI_TABLE_MAX * sizeof(table->types[0]));
	char what[ENI_ERROR_SIZE];
	size_t line = 1;
	int err;

	if (!table)
		return -ENOMEM;
	for (const char *at = text, *end = text + size; at < end; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		err = take_line(at, (size_t)(stop - at), table, what);
		if (err) {
			snprintf(error, ENI_ERROR_SIZE, "%zu: %.128s", line, what);
			return err;
		}
		at = stop + 1;
	}
	*out = take_ptr(table);
	return 0;
}

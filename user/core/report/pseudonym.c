// SPDX-License-Identifier: Apache-2.0
#include "core/report/pseudonym.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"

enum { NAMES_MAX = 4, DEPTH_MAX = 32 };

/* What one object's message is searched for. */
struct names {
	const char *names[NAMES_MAX];
	char pseudonyms[NAMES_MAX][PSEUDONYM_SIZE];
	size_t count;
};

/* FNV-1a, and a final mix of what its last bytes do not reach. */
static uint64_t hash(const char *kind, const char *name)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (const char *at = kind; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 0x100000001b3;
	hash *= 0x100000001b3;
	for (const char *at = name; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 0x100000001b3;
	hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
	return hash ^ hash >> 33;
}

void pseudonym_of(const char *kind, const char *name, char out[static PSEUDONYM_SIZE])
{
	snprintf(out, PSEUDONYM_SIZE, "%.8s-%012" PRIx64, kind, hash(kind, name) >> 16);
}

static int replace(json_t *object, const char *key, const char *kind, struct names *names)
{
	json_t *value = json_object_get(object, key);
	const char *name = json_string_value(value);
	char *pseudonym = names->pseudonyms[names->count];

	if (!name || !*name)
		return 0;
	pseudonym_of(kind, name, pseudonym);
	names->names[names->count++] = name;
	json_incref(value); /* the name is looked for in the message, too */
	return json_object_set_new(object, key, json_string(pseudonym)) ? -ENOMEM : 0;
}

/* "namespace/name": each by its own. */
static int replace_full(json_t *object, const char *key)
{
	const char *full = json_string_value(json_object_get(object, key));
	const char *slash = full ? strrchr(full, '/') : NULL;
	char namespace[PSEUDONYM_SIZE] = "", pod[PSEUDONYM_SIZE];
	cleanup_free char *first = slash ? strndup(full, (size_t)(slash - full)) : NULL;

	if (!full)
		return 0;
	pseudonym_of("pod", slash ? slash + 1 : full, pod);
	if (first && *first)
		pseudonym_of("ns", first, namespace);
	return json_object_set_new(object, key,
				   json_sprintf("%s%s%s", namespace, slash ? "/" : "", pod))
		       ? -ENOMEM
		       : 0;
}

static bool is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.';
}

/* The longest name that stands at this place as a whole word; count: none. */
static size_t find_name(const struct names *names, const char *begin, const char *at)
{
	size_t best = names->count, longest = 0;

	if (at > begin && is_name_byte(at[-1]))
		return best;
	for (size_t i = 0; i < names->count; i++) {
		size_t size = strlen(names->names[i]);

		if (size > longest && !strncmp(at, names->names[i], size) &&
		    !isalnum((unsigned char)at[size]) && at[size] != '-') {
			best = i;
			longest = size;
		}
	}
	return best;
}

static int replace_in_message(json_t *object, const struct names *names)
{
	const char *message = json_string_value(json_object_get(object, "message"));
	cleanup_free char *text = NULL;
	size_t size;
	FILE *out;

	if (!message || !names->count)
		return 0;
	out = open_memstream(&text, &size);
	if (!out)
		return -ENOMEM;
	for (const char *at = message; *at;) {
		size_t i = find_name(names, message, at);

		if (i == names->count) {
			putc(*at++, out);
			continue;
		}
		fputs(names->pseudonyms[i], out);
		at += strlen(names->names[i]);
	}
	if (fclose(out))
		return -ENOMEM;
	return json_object_set_new(object, "message", json_string(text)) ? -ENOMEM : 0;
}

static int replace_all(json_t *json, unsigned int depth);

static int replace_object(json_t *object, unsigned int depth)
{
	json_t *namespace = json_object_get(object, "namespace");
	json_t *pod = json_object_get(object, "pod");
	struct names names = { 0 };
	const char *key;
	json_t *value;
	int err = replace(object, "namespace", "ns", &names);

	if (!err)
		err = replace(object, "pod", "pod", &names);
	if (!err)
		err = replace_full(object, "previous_pod");
	if (!err)
		err = replace_in_message(object, &names);
	for (size_t i = 0; i < names.count; i++)
		json_decref(names.names[i] == json_string_value(pod) ? pod : namespace);
	json_object_foreach(object, key, value)
	{
		if (!err)
			err = replace_all(value, depth);
	}
	return err;
}

static int replace_all(json_t *json, unsigned int depth)
{
	json_t *value;
	size_t i;
	int err = 0;

	if (depth > DEPTH_MAX)
		return -ELOOP;
	if (json_is_object(json))
		return replace_object(json, depth + 1);
	json_array_foreach(json, i, value)
	{
		if (!err)
			err = replace_all(value, depth + 1);
	}
	return err;
}

int pseudonym_json(json_t *json)
{
	return replace_all(json, 0);
}

// SPDX-License-Identifier: Apache-2.0
#include "source/base/json.h"

#include <errno.h>
#include <stdbool.h>

/* Each value but the first has a comma, a colon or an opening bracket before it: as many of these
 * outside of strings as there are values at most. */
static bool has_too_many_values(const char *text, size_t size)
{
	size_t count = 1;
	bool in_string = false;

	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == ',' || c == ':' || c == '[' || c == '{'))
			count++;
		if (count > JSON_VALUES_MAX)
			return true;
	}
	return false;
}

static int load(const char *text, size_t size, size_t flags, json_t **out)
{
	json_error_t error;
	json_t *root;

	if (has_too_many_values(text, size))
		return -E2BIG;
	root = json_loadb(text, size, flags, &error);
	if (!root)
		return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
	*out = root;
	return 0;
}

int json_read(const char *text, size_t size, json_t **out)
{
	return load(text, size, JSON_REJECT_DUPLICATES, out);
}

int json_read_last(const char *text, size_t size, json_t **out)
{
	return load(text, size, 0, out);
}

const char *json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

const json_t *json_child(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_object(value) ? value : NULL;
}

const json_t *json_list(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_array(value) ? value : NULL;
}

// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "source/base/json.h"

static void reads_json_and_nothing_else(void **state)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "{}", 0 },
		{ "[1, \"a,b:c[{\", {\"x\": null}]", 0 },
		{ "{\"a\": \"\\\\\", \"b\": [\"\\\",,,\"]}", 0 },
		{ "", -EBADMSG },
		{ "{\"a\": 1", -EBADMSG },
		{ "{\"a\": 1, \"a\": 2}", -EBADMSG },
		{ "{} {}", -EBADMSG },
		{ "\"text\"", -EBADMSG },
		{ "{\"a\": \"\xff\"}", -EBADMSG },
		{ "{\"a\": 1e999}", -EBADMSG },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_json json_t *root = NULL;

		print_message("  '%s'\n", c->text);
		assert_int_equal(json_read(c->text, strlen(c->text), &root), c->want);
		assert_int_equal(root == NULL, c->want != 0);
	}
}

/* "[0,0,...,0]" of as many values, the array counted. */
static char *make_array(size_t values, size_t *out_size)
{
	size_t numbers = values - 1, size = 1 + numbers * 2;
	char *text = malloc(size + 1);

	assert_non_null(text);
	for (size_t i = 0; i < numbers; i++)
		memcpy(text + 1 + i * 2, "0,", 2);
	text[0] = '[';
	text[size - 1] = ']';
	*out_size = size;
	return text;
}

static void refuses_more_values_than_memory_is_meant_for(void **state)
{
	cleanup_free char *most = NULL, *more = NULL;
	cleanup_json json_t *root = NULL;
	json_t *none = NULL;
	size_t size;

	(void)state;
	most = make_array(JSON_VALUES_MAX, &size);
	assert_int_equal(json_read(most, size, &root), 0);
	assert_int_equal(json_array_size(root), JSON_VALUES_MAX - 1);
	more = make_array(JSON_VALUES_MAX + 2, &size);
	assert_int_equal(json_read(more, size, &none), -E2BIG);
	assert_null(none);
	/* The same within a string is one value. */
	more[0] = '[';
	more[1] = '"';
	more[size - 2] = '"';
	assert_int_equal(json_read(more, size, &none), 0);
	json_decref(none);
}

static void survives_deep_nesting(void **state)
{
	static char text[200000];
	json_t *root = NULL;

	(void)state;
	memset(text, '[', sizeof(text));
	assert_int_equal(json_read(text, sizeof(text), &root), -E2BIG);
	assert_int_equal(json_read(text, 5000, &root), -EBADMSG);
	assert_null(root);
}

static void takes_the_last_of_equal_keys_where_others_do(void **state)
{
	static const char text[] = "{\"t\": \"x\", \"t\": \"y\"}";
	cleanup_json json_t *root = NULL;

	(void)state;
	assert_int_equal(json_read(text, strlen(text), &root), -EBADMSG);
	assert_int_equal(json_read_last(text, strlen(text), &root), 0);
	assert_string_equal(json_text(root, "t"), "y");
}

static void finds_members_of_their_type_alone(void **state)
{
	static const char text[] = "{\"t\": \"x\", \"o\": {}, \"l\": [], \"n\": 1}";
	cleanup_json json_t *root = NULL;

	(void)state;
	assert_int_equal(json_read(text, strlen(text), &root), 0);
	assert_string_equal(json_text(root, "t"), "x");
	assert_null(json_text(root, "n"));
	assert_null(json_text(root, "none"));
	assert_non_null(json_child(root, "o"));
	assert_null(json_child(root, "l"));
	assert_non_null(json_list(root, "l"));
	assert_null(json_list(root, "o"));
	assert_null(json_list(NULL, "l"));
	assert_null(json_child(NULL, "o"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_json_and_nothing_else),
		cmocka_unit_test(refuses_more_values_than_memory_is_meant_for),
		cmocka_unit_test(survives_deep_nesting),
		cmocka_unit_test(takes_the_last_of_equal_keys_where_others_do),
		cmocka_unit_test(finds_members_of_their_type_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/pseudonym.h"

/* What becomes of it; the caller frees it. */
static char *replace(const char *text)
{
	json_t *json = json_loads(text, 0, NULL);
	char *out;

	assert_non_null(json);
	assert_int_equal(pseudonym_json(json), 0);
	out = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	assert_non_null(out);
	return out;
}

static void gives_the_same_name_for_the_same_alone(void **state)
{
	char a[PSEUDONYM_SIZE], b[PSEUDONYM_SIZE], c[PSEUDONYM_SIZE], d[PSEUDONYM_SIZE];

	(void)state;
	pseudonym_of("pod", "web-0", a);
	pseudonym_of("pod", "web-0", b);
	pseudonym_of("pod", "web-1", c);
	pseudonym_of("ns", "web-0", d);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	assert_string_not_equal(a + 4, d + 3);
	assert_int_equal(strncmp(a, "pod-", 4), 0);
	assert_int_equal(strlen(a), strlen("pod-0123456789ab"));
	assert_null(strstr(a, "web"));
}

static void replaces_names_wherever_they_stand(void **state)
{
	static const char text[] =
		"{\"namespace\":\"shop\",\"pod\":\"web-0\",\"previous_pod\":\"shop/web-0\","
		"\"message\":\"shop/web-0: web-01 of web-0, workshop web-0.\",\"ifname\":\"eth0\","
		"\"claims\":[{\"pod\":\"web-0\",\"namespace\":\"\"}]}";
	char ns[PSEUDONYM_SIZE], pod[PSEUDONYM_SIZE], want[1024], *got;

	(void)state;
	pseudonym_of("ns", "shop", ns);
	pseudonym_of("pod", "web-0", pod);
	snprintf(want, sizeof(want),
		 "{\"namespace\":\"%s\",\"pod\":\"%s\",\"previous_pod\":\"%s/%s\","
		 "\"message\":\"%s/%s: web-01 of %s, workshop %s.\",\"ifname\":\"eth0\","
		 "\"claims\":[{\"pod\":\"%s\",\"namespace\":\"\"}]}",
		 ns, pod, ns, pod, ns, pod, pod, pod, pod);
	got = replace(text);
	assert_string_equal(got, want);
	free(got);
}

static void leaves_alone_what_names_nobody(void **state)
{
	static const char *const cases[] = {
		"{\"message\":\"web-0\"}",
		"{\"pod\":null,\"namespace\":5}",
		"[1,\"pod\"]",
		"{\"previous_pod\":5}",
	};

	(void)state;
	for_each_case(c, cases) {
		char *got = replace(*c);

		assert_string_equal(got, *c);
		free(got);
	}
}

static void refuses_what_is_too_deep(void **state)
{
	char text[256] = "";
	json_t *json;

	(void)state;
	memset(text, '[', 60);
	memset(text + 60, ']', 60);
	json = json_loads(text, 0, NULL);
	assert_non_null(json);
	assert_int_equal(pseudonym_json(json), -ELOOP);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_same_name_for_the_same_alone),
		cmocka_unit_test(replaces_names_wherever_they_stand),
		cmocka_unit_test(leaves_alone_what_names_nobody),
		cmocka_unit_test(refuses_what_is_too_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

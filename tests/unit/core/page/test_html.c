// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/page/html.h"

static void keeps_text_text(void **state)
{
	static const struct {
		const char *text, *html;
	} cases[] = {
		{ "", "" },
		{ "web-5.shop", "web-5.shop" },
		{ "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;" },
		{ "\" onload=\"x", "&quot; onload=&quot;x" },
		{ "' onload='x", "&#39; onload=&#39;x" },
		{ "a & b &amp; &lt;", "a &amp; b &amp;amp; &amp;lt;" },
		{ "]]><!--", "]]&gt;&lt;!--" },
		{ "a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd" },
		{ "\x1b[31m\x7f", "\\x1b[31m\\x7f" },
		{ "\xc2\x9b", "\\xc2\\x9b" },
		{ "\xff<\xc3", "\xef\xbf\xbd&lt;\xef\xbf\xbd" },
		{ "\xc0\xbcscript", "\xef\xbf\xbd\xef\xbf\xbdscript" }, /* an overlong '<' */
		{ "zo\u00eb \u6771\u4eac \U0001f600", "zo\u00eb \u6771\u4eac \U0001f600" },
		{ "web\u202egpj", "web\\xe2\\x80\\xaegpj" },
		{ "\u2066\u200f\u061c", "\\xe2\\x81\\xa6\\xe2\\x80\\x8f\\xd8\\x9c" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free char *got = NULL;
		size_t size;
		FILE *out = open_memstream(&got, &size);

		assert_non_null(out);
		html_text(out, c->text);
		assert_int_equal(fclose(out), 0);
		assert_string_equal(got, c->html);
	}
}

static void writes_numbers_as_people_read_them(void **state)
{
	static const struct {
		void (*write)(FILE *out, double value);
		double value;
		const char *html;
	} cases[] = {
		{ html_count, 0, "0" },
		{ html_count, 12, "12" },
		{ html_count, 999, "999" },
		{ html_count, 1000, "1,000" },
		{ html_count, 65536, "65,536" },
		{ html_count, 1234567, "1,234,567" },
		{ html_count, -1000, "-1,000" },
		{ html_count, -999, "-999" },
		{ html_count, 0x1p64, "2^64" },
		{ html_count, 0x1p128, "2^128" },
		{ html_count, 1.5e20, "1.5e+20" },
		{ html_count, INFINITY, "inf" },
		{ html_count, NAN, "?" },
		{ html_seconds, 0, "0s" },
		{ html_seconds, 0.25, "250ms" },
		{ html_seconds, 59.9, "59s" },
		{ html_seconds, 3600 * 3 + 1200, "3h20m" },
		{ html_seconds, NAN, "?" },
		{ html_seconds, -1, "?" },
		{ html_seconds, 1e300, "?" },
		{ html_seconds, INFINITY, "?" },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free char *got = NULL;
		size_t size;
		FILE *out = open_memstream(&got, &size);

		assert_non_null(out);
		c->write(out, c->value);
		assert_int_equal(fclose(out), 0);
		assert_string_equal(got, c->html);
	}
}

static void writes_the_time_of_day(void **state)
{
	cleanup_free char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	(void)state;
	assert_non_null(out);
	html_time(out, 1709210096500000000);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(got, "<time datetime=\"2024-02-29T12:34:56Z\">12:34:56</time>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_text_text),
		cmocka_unit_test(writes_numbers_as_people_read_them),
		cmocka_unit_test(writes_the_time_of_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

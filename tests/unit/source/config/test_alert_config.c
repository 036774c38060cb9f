// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <math.h>

#include "scratch.h"
#include "source/config/config.h"

#define S 1000000000ULL
#define ALERT(rest) "alerts:\n  PodipRangeFilling:\n" rest

static void reads_every_key_of_an_alert(void **state)
{
	static const char text[] =
		"alerts:\n"
		"  runbook-url: https://podip.example/runbooks\n"
		"  PodipRangeFilling:\n"
		"    clear: 60%\n"
		"    threshold: 0.7\n"
		"    keep_firing_for: 0s\n"
		"    for: 1m30s\n"
		"    severity: info\n"
		"    enabled: true\n"
		"  PodipAgentBlind: {enabled: false}\n"
		"alerts.PodipRangeExhausted: {threshold: 2, clear: '4', for: 24h}\n"
		"web: {listen-address: ':9465'}\n";
	const struct alert_rules defaults = alert_rules_default();
	cleanup_config struct config config = { 0 };
	char error[CONFIG_ERROR_SIZE] = "";
	const struct alert_rule *rule;

	(void)state;
	scratch_put(text, strlen(text));
	assert_int_equal(config_read(scratch_path, &config, error), 0);

	rule = &config.alerts.rules.of[ALERT_RANGE_FILLING];
	assert_true(rule->is_enabled);
	assert_int_equal(rule->severity, ALERT_SEVERITY_INFO);
	assert_int_equal(rule->for_ns, 90 * S);
	assert_int_equal(rule->keep_ns, 0);
	assert_true(rule->threshold == 0.7);
	assert_true(rule->clear == 0.6);
	assert_int_equal(config.alerts.lines[ALERT_RANGE_FILLING], 4);

	rule = &config.alerts.rules.of[ALERT_AGENT_BLIND];
	assert_false(rule->is_enabled);
	assert_int_equal(rule->for_ns, defaults.of[ALERT_AGENT_BLIND].for_ns);

	rule = &config.alerts.rules.of[ALERT_RANGE_EXHAUSTED];
	assert_true(rule->threshold == 2);
	assert_true(rule->clear == 4);
	assert_int_equal(rule->for_ns, 86400 * S);

	/* The rest is as it was, and settings stay settings. */
	assert_memory_equal(&config.alerts.rules.of[ALERT_SANDBOX_WAITING],
			    &defaults.of[ALERT_SANDBOX_WAITING], sizeof(*rule));
	assert_int_equal(config.setting_count, 2);
	assert_string_equal(config.settings[0].key, "alerts.runbook-url");
	assert_string_equal(config.settings[1].key, "web.listen-address");
}

static void has_the_default_rules_where_the_file_is_silent(void **state)
{
	static const char *const cases[] = { "", "node: a\n", "alerts.runbook-url: x\n" };
	const struct alert_rules defaults = alert_rules_default();

	(void)state;
	for_each_case(text, cases) {
		cleanup_config struct config config = { 0 };
		char error[CONFIG_ERROR_SIZE] = "";

		scratch_put(*text, strlen(*text));
		assert_int_equal(config_read(scratch_path, &config, error), 0);
		assert_memory_equal(&config.alerts.rules, &defaults, sizeof(defaults));
	}
}

static void keeps_clear_in_proportion_to_the_threshold(void **state)
{
	static const struct {
		const char *text;
		enum alert_kind kind;
		double threshold, clear;
	} cases[] = {
		{ "PodipRangeWillBeFull: {threshold: 4h}", ALERT_RANGE_WILL_BE_FULL, 4 * 3600,
		  5 * 3600 },
		{ "PodipSandboxWaiting: {threshold: 5m}", ALERT_SANDBOX_WAITING, 300, 150 },
		{ "PodipRangeExhausted: {threshold: 3}", ALERT_RANGE_EXHAUSTED, 3, 3 },
		{ "PodipRangeExhausted: {threshold: 0}", ALERT_RANGE_EXHAUSTED, 0, 0 },
		{ "PodipLeakGrowing: {threshold: 6}", ALERT_LEAK_GROWING, 6, 2 },
		{ "PodipRangeFilling: {threshold: 100%}", ALERT_RANGE_FILLING, 1, 0.9375 },
		{ "PodipRangeFilling: {clear: 0.8}", ALERT_RANGE_FILLING, 0.8, 0.8 },
		{ "PodipRangeWillBeFull: {threshold: 0s, clear: 1s}", ALERT_RANGE_WILL_BE_FULL, 0,
		  1 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_config struct config config = { 0 };
		char error[CONFIG_ERROR_SIZE] = "", text[256];
		const struct alert_rule *rule = &config.alerts.rules.of[c->kind];

		print_message("  %s\n", c->text);
		snprintf(text, sizeof(text), "alerts:\n  %s\n", c->text);
		scratch_put(text, strlen(text));
		assert_int_equal(config_read(scratch_path, &config, error), 0);
		assert_true(rule->threshold == c->threshold);
		assert_true(fabs(rule->clear - c->clear) < 1e-9);
	}
}

static void names_file_line_and_key_of_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "alerts:\n  PodipRangeFillin: {}\n",
		  "2: alerts.PodipRangeFillin: no such alert, there are PodipRangeFilling "
		  "PodipRangeFillingCritical PodipRangeWillBeFull PodipRangeExhausted "
		  "PodipLeakGrowing PodipAllocationFailing PodipSandboxWaiting PodipAgentBlind" },
		{ ALERT("    colour: red\n"),
		  "3: alerts.PodipRangeFilling.colour: unknown key, expected enabled, severity, "
		  "for, keep_firing_for, threshold or clear" },
		{ ALERT("    for: 1m\n    for: 2m\n"), "4: for: there already on line 3" },
		{ ALERT("    for: 1m\n") "alerts.PodipRangeFilling: {for: 2m}\n",
		  "4: alerts.PodipRangeFilling: there already on line 3" },
		{ ALERT("    - for\n"), "3: alerts.PodipRangeFilling: expected a mapping" },
		{ "alerts:\n  PodipRangeFilling: true\n",
		  "2: alerts.PodipRangeFilling: expected a mapping" },
		{ "alerts:\n  PodipRangeFilling:\n",
		  "2: alerts.PodipRangeFilling: expected a mapping" },
		{ ALERT("    enabled: yes\n"),
		  "3: alerts.PodipRangeFilling.enabled: 'yes' is not one of true, false" },
		{ ALERT("    enabled: [true]\n"),
		  "3: alerts.PodipRangeFilling.enabled: expected a single value, not a list" },
		{ ALERT("    enabled: \"true\\0\"\n"),
		  "3: alerts.PodipRangeFilling.enabled: contains a NUL byte" },
		{ ALERT("    severity: page\n"),
		  "3: alerts.PodipRangeFilling.severity: 'page' is not one of info, warning, "
		  "critical" },
		{ ALERT("    for: 10\n"),
		  "3: alerts.PodipRangeFilling.for: '10' is not a duration such as 10m, of at "
		  "most 24h" },
		{ ALERT("    keep_firing_for: 24h1ns\n"),
		  "3: alerts.PodipRangeFilling.keep_firing_for: '24h1ns' is not a duration such "
		  "as 10m, of at most 24h" },
		{ ALERT("    threshold: 80\n"),
		  "3: alerts.PodipRangeFilling.threshold: '80' is not a ratio such as 0.8 or "
		  "80%, above 0" },
		{ ALERT("    threshold: 0\n"),
		  "3: alerts.PodipRangeFilling.threshold: '0' is not a ratio such as 0.8 or "
		  "80%, above 0" },
		{ ALERT("    threshold: 1.2.3\n"),
		  "3: alerts.PodipRangeFilling.threshold: '1.2.3' is not a ratio such as 0.8 or "
		  "80%, above 0" },
		{ ALERT("    threshold: 80%%\n"),
		  "3: alerts.PodipRangeFilling.threshold: '80%%' is not a ratio such as 0.8 or "
		  "80%, above 0" },
		{ ALERT("    threshold: nan\n"),
		  "3: alerts.PodipRangeFilling.threshold: 'nan' is not a ratio such as 0.8 or "
		  "80%, above 0" },
		{ ALERT("    threshold:\n"),
		  "3: alerts.PodipRangeFilling.threshold: '' is not a ratio such as 0.8 or 80%, "
		  "above 0" },
		{ ALERT("    clear: 81%\n"),
		  "3: alerts.PodipRangeFilling.clear: 81% is above the threshold" },
		{ ALERT("    clear: 0.6\n    threshold: 0.5\n"),
		  "3: alerts.PodipRangeFilling.clear: 0.6 is above the threshold" },
		{ "alerts: {PodipRangeExhausted: {threshold: 4, clear: 3}}\n",
		  "1: alerts.PodipRangeExhausted.clear: 3 is below the threshold" },
		{ "alerts: {PodipRangeExhausted: {threshold: -1}}\n",
		  "1: alerts.PodipRangeExhausted.threshold: '-1' is not a number" },
		{ "alerts: {PodipRangeExhausted: {threshold: 1234567890123456}}\n",
		  "1: alerts.PodipRangeExhausted.threshold: '1234567890123456' is not a number" },
		{ "alerts: {PodipAllocationFailing: {threshold: 0}}\n",
		  "1: alerts.PodipAllocationFailing.threshold: '0' is not a number above 0" },
		{ "alerts: {PodipAllocationFailing: {threshold: 1.5}}\n",
		  "1: alerts.PodipAllocationFailing.threshold: '1.5' is not a number above 0" },
		{ "alerts: {PodipSandboxWaiting: {threshold: 60}}\n",
		  "1: alerts.PodipSandboxWaiting.threshold: '60' is not a duration such as 24h, "
		  "above 0" },
		{ "alerts: {PodipRangeWillBeFull: {threshold: 24}}\n",
		  "1: alerts.PodipRangeWillBeFull.threshold: '24' is not a duration such as 24h" },
	};

	(void)state;
	for_each_case(c, cases) {
		char error[CONFIG_ERROR_SIZE] = "", want[PATH_MAX + CONFIG_ERROR_SIZE];
		struct config config = { 0 };

		scratch_put(c->text, strlen(c->text));
		snprintf(want, sizeof(want), "%s:%s", scratch_path, c->want);
		assert_int_equal(config_read(scratch_path, &config, error), -EINVAL);
		assert_string_equal(error, want);
		assert_null(config.settings);
	}
}

static void owns_what_begins_with_a_capital(void **state)
{
	(void)state;
	assert_true(alert_config_owns("alerts.PodipRangeFilling"));
	assert_true(alert_config_owns("alerts.X"));
	assert_false(alert_config_owns("alerts.runbook-url"));
	assert_false(alert_config_owns("alerts."));
	assert_false(alert_config_owns("alerts"));
	assert_false(alert_config_owns("web.alerts.PodipRangeFilling"));
	assert_false(alert_config_owns("alertsXPodipRangeFilling"));
}

static void survives_a_file_cut_anywhere(void **state)
{
	static const char text[] = ALERT(
		"    threshold: 80%\n    clear: \"75%\"\n    for: 10m\n") "  PodipAgentBlind: {for: 1s}\n";
	char error[CONFIG_ERROR_SIZE];

	(void)state;
	for (size_t size = 0; size < sizeof(text) - 1; size++) {
		struct config config = { 0 };
		int err;

		error[0] = '\0';
		scratch_put(text, size);
		err = config_read(scratch_path, &config, error);
		assert_int_equal(err != 0, error[0] != '\0');
		config_clear(&config);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(reads_every_key_of_an_alert),
		scratch_test(has_the_default_rules_where_the_file_is_silent),
		scratch_test(keeps_clear_in_proportion_to_the_threshold),
		scratch_test(names_file_line_and_key_of_what_is_wrong),
		cmocka_unit_test(owns_what_begins_with_a_capital),
		scratch_test(survives_a_file_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sink/push/alert_json.h"

#define S 1000000000ULL
#define WALL_NS 1700000000000000000LL

enum { INTERVAL_S = 60 };

static struct outbox_clocks at(uint64_t s)
{
	return (struct outbox_clocks){ .mono_ns = s * S, .wall_ns = WALL_NS + (int64_t)(s * S) };
}

static struct alert alert_of(const char *range, enum alert_level level)
{
	return (struct alert){ .kind = ALERT_RANGE_EXHAUSTED,
			       .severity = ALERT_SEVERITY_CRITICAL,
			       .range = range,
			       .cidr = *range ? "10.0.0.0/27" : "",
			       .level = level,
			       .since_ns = 5 * S,
			       .message = "16 of 16" };
}

static int put(struct outbox *outbox, const char *range, enum alert_level level, uint64_t s)
{
	struct alert alert = alert_of(range, level);
	struct outbox_clocks now = at(s);

	return outbox_put(outbox, &alert, &now);
}

/* Picks and takes at once; how many that were. */
static size_t send(struct outbox *outbox, uint64_t s)
{
	struct outbox_batch batch;

	outbox_pick(outbox, s * S, &batch);
	outbox_taken(outbox, &batch, s * S, INTERVAL_S * S);
	return batch.count;
}

static void sends_what_fires_every_interval_and_what_is_over_once(void **state)
{
	struct outbox outbox = { 0 };

	(void)state;
	assert_int_equal(outbox_due(&outbox), OUTBOX_NEVER);
	assert_int_equal(put(&outbox, "a", ALERT_FIRING, 10), 0);
	assert_int_equal(outbox_due(&outbox), 10 * S);
	assert_int_equal(send(&outbox, 10), 1);
	assert_int_equal(outbox_due(&outbox), 70 * S);
	assert_int_equal(send(&outbox, 69), 0);
	assert_int_equal(send(&outbox, 70), 1);

	assert_int_equal(put(&outbox, "a", ALERT_OK, 80), 0);
	assert_int_equal(outbox.count, 1);
	assert_int_equal(outbox.entries[0].starts_ns, WALL_NS + (int64_t)(5 * S));
	assert_int_equal(outbox.entries[0].ends_ns, WALL_NS + (int64_t)(80 * S));
	assert_int_equal(send(&outbox, 80), 1);
	assert_int_equal(outbox.count, 0);
	assert_int_equal(outbox_due(&outbox), OUTBOX_NEVER);
	outbox_clear(&outbox);
}

static void keeps_what_was_not_taken(void **state)
{
	struct outbox outbox = { 0 };
	struct outbox_batch batch;

	(void)state;
	put(&outbox, "a", ALERT_FIRING, 10);
	put(&outbox, "b", ALERT_FIRING, 10);
	put(&outbox, "b", ALERT_OK, 20);
	outbox_pick(&outbox, 20 * S, &batch);
	assert_int_equal(batch.count, 2);
	outbox_pick(&outbox, 1000 * S, &batch);
	assert_int_equal(batch.count, 2);
	assert_int_equal(outbox_due(&outbox), 10 * S);
	outbox_clear(&outbox);
}

static void has_the_latest_state_alone(void **state)
{
	struct outbox outbox = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		put(&outbox, "a", i % 2 ? ALERT_OK : ALERT_FIRING, 10 + i);
	assert_int_equal(outbox.count, 1);
	assert_true(outbox.entries[0].ends_ns != 0);
	put(&outbox, "", ALERT_FIRING, 200);
	put(&outbox, "b", ALERT_FIRING, 200);
	assert_int_equal(outbox.count, 3);
	outbox_clear(&outbox);
}

static void does_not_take_what_changed_on_its_way(void **state)
{
	struct outbox outbox = { 0 };
	struct outbox_batch batch;

	(void)state;
	put(&outbox, "a", ALERT_FIRING, 10);
	put(&outbox, "b", ALERT_FIRING, 10);
	outbox_pick(&outbox, 10 * S, &batch);
	put(&outbox, "a", ALERT_OK, 11);
	put(&outbox, "c", ALERT_FIRING, 11);
	outbox_taken(&outbox, &batch, 12 * S, INTERVAL_S * S);
	assert_int_equal(outbox.count, 3);
	assert_int_equal(send(&outbox, 12), 2); /* a's end, c */
	assert_int_equal(outbox.count, 2);
	outbox_clear(&outbox);
}

static void leaves_out_the_end_of_what_it_never_had(void **state)
{
	struct outbox outbox = { 0 };

	(void)state;
	assert_int_equal(put(&outbox, "a", ALERT_OK, 10), 0);
	assert_int_equal(outbox.count, 0);
	outbox_clear(&outbox);
}

static void is_bounded_and_prefers_what_fires(void **state)
{
	struct outbox outbox = { 0 };
	char name[16];

	(void)state;
	for (int i = 0; i < OUTBOX_MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(put(&outbox, name, ALERT_FIRING, 10), 0);
	}
	assert_int_equal(put(&outbox, "one", ALERT_FIRING, 10), -ENOSPC);
	assert_int_equal(outbox.refused, 1);
	assert_int_equal(outbox.count, OUTBOX_MAX);

	put(&outbox, "7", ALERT_OK, 20);
	put(&outbox, "5", ALERT_OK, 21);
	assert_int_equal(put(&outbox, "two", ALERT_FIRING, 22), 0); /* in the place of 7 */
	assert_string_equal(outbox.entries[7].range, "two");
	assert_string_equal(outbox.entries[5].range, "5");
	assert_int_equal(outbox.refused, 2);

	for (int i = 0; i < OUTBOX_MAX / OUTBOX_BATCH_MAX; i++)
		assert_int_equal(send(&outbox, 30), OUTBOX_BATCH_MAX);
	assert_int_equal(send(&outbox, 30), 0);
	assert_int_equal(outbox.count, OUTBOX_MAX - 1);
	outbox_clear(&outbox);
}

static char *json_of(const struct alert_json_config *config, const struct outbox *outbox,
		     uint64_t s)
{
	struct outbox_batch batch;
	char *text;

	outbox_pick(outbox, s * S, &batch);
	text = alert_json(config, outbox, &batch, WALL_NS + (int64_t)((s + 240) * S));
	assert_non_null(text);
	return text;
}

static void writes_alerts_as_alertmanager_takes_them(void **state)
{
	static const struct alert_json_config config = {
		.node = "gke-a-1",
		.runbook_url = "https://podip.example/runbooks",
		.generator_url = "http://10.0.0.1:9465/metrics",
	};
	struct outbox outbox = { 0 };
	cleanup_free char *text = NULL;

	(void)state;
	put(&outbox, "pods", ALERT_FIRING, 10);
	put(&outbox, "", ALERT_FIRING, 10);
	put(&outbox, "", ALERT_OK, 20);
	text = json_of(&config, &outbox, 30);
	assert_string_equal(
		text,
		"[{\"labels\":{\"alertname\":\"PodipRangeExhausted\",\"severity\":\"critical\","
		"\"node\":\"gke-a-1\",\"range\":\"pods\",\"cidr\":\"10.0.0.0/27\"},"
		"\"annotations\":{\"summary\":\"A range has no pod address left.\","
		"\"description\":\"16 of 16\",\"runbook_url\":"
		"\"https://podip.example/runbooks/PodipRangeExhausted.md\"},"
		"\"startsAt\":\"2023-11-14T22:13:25.000000000Z\","
		"\"endsAt\":\"2023-11-14T22:17:50.000000000Z\","
		"\"generatorURL\":\"http://10.0.0.1:9465/metrics\"},"
		"{\"labels\":{\"alertname\":\"PodipRangeExhausted\",\"severity\":\"critical\","
		"\"node\":\"gke-a-1\"},"
		"\"annotations\":{\"summary\":\"A range has no pod address left.\","
		"\"description\":\"16 of 16\",\"runbook_url\":"
		"\"https://podip.example/runbooks/PodipRangeExhausted.md\"},"
		"\"startsAt\":\"2023-11-14T22:13:25.000000000Z\","
		"\"endsAt\":\"2023-11-14T22:13:40.000000000Z\","
		"\"generatorURL\":\"http://10.0.0.1:9465/metrics\"}]");
	outbox_clear(&outbox);
}

static void leaves_out_empty_texts_and_mends_others(void **state)
{
	static const struct alert_json_config config = { .generator_url = "" };
	struct outbox outbox = { 0 };
	cleanup_free char *text = NULL;

	(void)state;
	put(&outbox, "a\xff\"\n", ALERT_FIRING, 10);
	text = json_of(&config, &outbox, 30);
	assert_string_equal(
		text, "[{\"labels\":{\"alertname\":\"PodipRangeExhausted\",\"severity\":"
		      "\"critical\",\"range\":\"a\xef\xbf\xbd\\\"\\n\",\"cidr\":\"10.0.0.0/27\"},"
		      "\"annotations\":{\"summary\":\"A range has no pod address left.\","
		      "\"description\":\"16 of 16\"},"
		      "\"startsAt\":\"2023-11-14T22:13:25.000000000Z\","
		      "\"endsAt\":\"2023-11-14T22:17:50.000000000Z\"}]");
	outbox_clear(&outbox);
}

static void does_not_end_before_it_starts(void **state)
{
	static const struct alert_json_config config = { 0 };
	struct outbox outbox = { 0 };
	struct outbox_batch batch;
	cleanup_free char *text = NULL;

	(void)state;
	put(&outbox, "a", ALERT_FIRING, 10);
	outbox_pick(&outbox, 10 * S, &batch);
	text = alert_json(&config, &outbox, &batch, WALL_NS); /* the clock was put back */
	assert_non_null(strstr(text, "\"startsAt\":\"2023-11-14T22:13:20.000000000Z\""));
	outbox_clear(&outbox);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sends_what_fires_every_interval_and_what_is_over_once),
		cmocka_unit_test(keeps_what_was_not_taken),
		cmocka_unit_test(has_the_latest_state_alone),
		cmocka_unit_test(does_not_take_what_changed_on_its_way),
		cmocka_unit_test(leaves_out_the_end_of_what_it_never_had),
		cmocka_unit_test(is_bounded_and_prefers_what_fires),
		cmocka_unit_test(writes_alerts_as_alertmanager_takes_them),
		cmocka_unit_test(leaves_out_empty_texts_and_mends_others),
		cmocka_unit_test(does_not_end_before_it_starts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

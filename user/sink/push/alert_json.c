// SPDX-License-Identifier: Apache-2.0
#include "sink/push/alert_json.h"

#include <errno.h>
#include <jansson.h>

#include "cleanup.h"
#include "core/base/text.h"

DEFINE_CLEANUP(json, json_t *, json_decref)
#define cleanup_json cleanup(cleanup_json_fn)

struct pair {
	const char *key, *text;
};

/* Alertmanager would drop empty labels, and refuse an empty URL. */
static int put_texts(json_t *object, const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!pairs[i].text || !*pairs[i].text)
			continue;
		if (json_object_set_new(object, pairs[i].key, text_to_json(pairs[i].text)))
			return -ENOMEM;
	}
	return 0;
}

/* Gives `in` an object of the pairs. */
static int put_object(json_t *in, const char *key, const struct pair *pairs, size_t count)
{
	json_t *object = json_object();

	if (!object || json_object_set_new(in, key, object))
		return -ENOMEM;
	return put_texts(object, pairs, count);
}

static int put_alert(json_t *out, const struct alert_json_config *config,
		     const struct outbox_entry *entry, int64_t firing_ends_ns)
{
	char starts[TEXT_TIME_SIZE], ends[TEXT_TIME_SIZE], runbook[ALERT_RUNBOOK_SIZE];
	const struct pair labels[] = {
		{ "alertname", alert_name(entry->kind) },
		{ "severity", alert_severity_name(entry->severity) },
		{ "node", config->node },
		{ "range", entry->range },
		{ "cidr", entry->cidr },
	};
	const struct pair annotations[] = {
		{ "summary", alert_text_summary(entry->kind) },
		{ "description", entry->message },
		{ "runbook_url", runbook },
	};
	const struct pair rest[] = {
		{ "startsAt", starts },
		{ "endsAt", ends },
		{ "generatorURL", config->generator_url },
	};
	int64_t ends_ns = entry->ends_ns ? entry->ends_ns : firing_ends_ns;
	int err;

	/* A clock that was put back must not make an alert end before it starts: it is refused. */
	text_time(entry->starts_ns < ends_ns ? entry->starts_ns : ends_ns, starts);
	text_time(ends_ns, ends);
	alert_text_runbook(config->runbook_url, entry->kind, runbook);
	err = put_object(out, "labels", labels, array_size(labels));
	err = err ? err : put_object(out, "annotations", annotations, array_size(annotations));
	return err ? err : put_texts(out, rest, array_size(rest));
}

char *alert_json(const struct alert_json_config *config, const struct outbox *outbox,
		 const struct outbox_batch *batch, int64_t firing_ends_ns)
{
	cleanup_json json_t *array = json_array();

	if (!array)
		return NULL;
	for (size_t i = 0; i < batch->count; i++) {
		json_t *alert = json_object();

		if (!alert || json_array_append_new(array, alert) ||
		    put_alert(alert, config, &outbox->entries[batch->entries[i]], firing_ends_ns))
			return NULL;
	}
	return json_dumps(array, JSON_COMPACT);
}

// SPDX-License-Identifier: Apache-2.0
#include "cli/tenancy/tenancy_json.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "core/base/text.h"

static json_t *time_json(int64_t wall_ns)
{
	char text[TEXT_TIME_SIZE];

	text_time(wall_ns, text);
	return json_string(text);
}

static json_t *pair(int64_t from_ns, int64_t to_ns)
{
	return json_pack("[o, o]", time_json(from_ns), time_json(to_ns));
}

static void add(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static void add_text(json_t *object, const char *key, const char *text)
{
	if (*text)
		add(object, key, text_to_json(text));
}

static void add_number(json_t *object, const char *key, uint64_t number)
{
	if (number != RECORD_ABSENT)
		add(object, key, json_integer((json_int_t)number));
}

static void add_flag(json_t *object, const char *key, bool flag)
{
	if (flag)
		add(object, key, json_true());
}

/* Takes the reference. */
static int put_line(json_t *json, FILE *out)
{
	cleanup_json json_t *owned = json;

	if (!json)
		return -ENOMEM;
	json_dumpf(json, out, JSON_COMPACT | JSON_ENSURE_ASCII);
	putc('\n', out);
	return 0;
}

/* ---- rows ---- */

static void add_ip(json_t *json, const struct ip *ip)
{
	char text[IP_TEXT_SIZE];

	ip_format(ip, text);
	add(json, "ip", json_string(text));
	add(json, "family", json_string(ip_family_name(ip)));
}

static void add_pod(json_t *json, const struct pod *pod)
{
	add_text(json, "namespace", pod->namespace);
	add_text(json, "pod", pod->name);
	add_text(json, "pod_uid", pod->uid);
	add_text(json, "container_id", pod->container_id);
}

static void add_ends(json_t *json, const struct tenancy *tenancy)
{
	uint64_t length_ns;

	add(json, "from", time_json(tenancy->from_ns));
	add(json, "from_is",
	    json_string(tenancy->from == TENANCY_FROM_ASSIGNED ? "exact" : "before"));
	if (tenancy->from == TENANCY_FROM_BEFORE && tenancy->has_from_after)
		add(json, "from_between", pair(tenancy->from_after_ns, tenancy->from_ns));
	switch (tenancy->to) {
	case TENANCY_TO_RELEASED:
		add(json, "to", time_json(tenancy->to_ns));
		add(json, "to_is", json_string("exact"));
		break;
	case TENANCY_TO_BETWEEN:
		add(json, "to_is", json_string("between"));
		add(json, "to_between", pair(tenancy->to_ns, tenancy->to_before_ns));
		break;
	default:
		add(json, "to_is", json_string("open"));
		add(json, "as_of", time_json(tenancy->to_ns));
	}
	if (tenancy_length(tenancy, &length_ns))
		add(json, "held_ns", json_integer((json_int_t)length_ns));
}

static void add_spans(json_t *json, const struct tenancy *tenancy, const char *key,
		      enum tenancy_span_kind kind)
{
	json_t *spans = json_array();

	for (size_t i = 0; i < tenancy->span_count; i++)
		if (tenancy->spans[i].kind == kind)
			json_array_append_new(
				spans, pair(tenancy->spans[i].from_ns, tenancy->spans[i].to_ns));
	if (json_array_size(spans))
		json_object_set(json, key, spans);
	json_decref(spans);
}

static json_t *tenancy_to_json(const struct tenancy *tenancy, const char *role)
{
	json_t *json = json_pack("{s:i, s:s, s:s}", "v", 1, "type", "tenancy", "role", role);

	add_ip(json, &tenancy->ip);
	add_pod(json, &tenancy->pod);
	add_text(json, "identity", tenancy->identity);
	add_number(json, "netns", tenancy->netns);
	add_number(json, "netns_cookie", tenancy->netns_cookie);
	add_text(json, "ifname", tenancy->ifname);
	add_text(json, "range", tenancy->range);
	if (!strcmp(role, "kernel"))
		return json;
	add_ends(json, tenancy);
	add_spans(json, tenancy, "unwatched", TENANCY_UNWATCHED);
	add_spans(json, tenancy, "lost", TENANCY_LOST);
	if (tenancy->spans_left_out)
		add_number(json, "spans_left_out", tenancy->spans_left_out);
	add_flag(json, "clock_set_back", tenancy->steps.is_set_back);
	return json;
}

static json_t *failure_to_json(const struct tenancy_failure *failure)
{
	json_t *json = json_pack("{s:i, s:s}", "v", 1, "type", "failure");

	add(json, "ts", time_json(failure->moment.wall_ns));
	add_pod(json, &failure->pod);
	add_text(json, "plugin", failure->plugin);
	add_text(json, "reason", failure->reason);
	add_text(json, "message", failure->message);
	add_number(json, "count", failure->count);
	return json;
}

static int print_row(const struct tenancy_row *row, void *ctx)
{
	return put_line(row->failure ? failure_to_json(row->failure)
				     : tenancy_to_json(row->tenancy, row->role),
			ctx);
}

/* ---- the answer ---- */

static void add_answer(json_t *json, const struct tenancy_answer *answer)
{
	const char *because = answer->is_lost ? "lost" : "unwatched";

	add(json, "state", json_string(tenancy_state_name(answer->state)));
	if (answer->state != TENANCY_UNKNOWN)
		return;
	add(json, "unknown",
	    json_pack("[o, o]", answer->has_from ? time_json(answer->from_ns) : json_null(),
		      answer->has_to ? time_json(answer->to_ns) : json_null()));
	add(json, "unknown_because", json_string(answer->has_from ? because : "log_begins"));
}

static void add_log(json_t *json, const struct tenancy_report *report)
{
	const struct tenancies_log *log = tenancies_log(report->tenancies);
	json_t *object = json_object();

	add_text(object, "path", report->path);
	if (log->records) {
		add(object, "from", time_json(log->first.wall_ns));
		add(object, "to", time_json(log->last.wall_ns));
	}
	if (log->is_unwatched)
		add(object, "unwatched_since", time_json(log->unwatched_ns));
	add_flag(object, "clock_set_back", log->is_set_back);
	if (log->left_out)
		add_number(object, "left_out", log->left_out);
	add(json, "log", object);
}

static json_t *answer_to_json(const struct tenancy_report *report)
{
	const struct tenancy_query *query = report->query;
	const char *kernel = tenancy_report_kernel(report);
	json_t *json = json_pack("{s:i, s:s}", "v", 1, "type", "answer");

	if (query->has_ip) {
		add_ip(json, &query->ip);
	} else {
		if (query->namespace)
			add_text(json, "namespace", query->namespace);
		add_text(json, "pod", query->pod);
	}
	if (report->has_time)
		add(json, "at", time_json(query->at_ns));
	if (report->tenancies && query->has_ip)
		add_answer(json, &report->answer);
	if (!report->tenancies && query->has_ip)
		add(json, "state", json_string(report->kernel->count ? "held" : "free"));
	if (report->tenancies)
		add_log(json, report);
	if (kernel)
		add(json, "kernel", json_string(kernel));
	add_text(json, "kernel_refused", report->kernel->why);
	return json;
}

int tenancy_print_json(const struct tenancy_report *report, FILE *out)
{
	int err = put_line(answer_to_json(report), out);

	return err ? err : tenancy_report_rows(report, print_row, out);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/log/log_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/duration.h"
#include "core/base/text.h"

#define NS_PER_US 1000ULL
#define NS_PER_MS (1000 * NS_PER_US)
#define NS_PER_S (1000 * NS_PER_MS)
#define COUNTABLE_MAX 1000000000ULL /* nobody counts down from there on */

enum { IP_WIDTH = 15, SANDBOX_WIDTH = 12 };

static bool has(uint64_t number)
{
	return number != RECORD_ABSENT;
}

/* core/base/duration.h cuts to seconds; what a pod waits for is a few of them. */
static const char *span(uint64_t ns, char out[static DURATION_TEXT_SIZE])
{
	if (ns < NS_PER_MS)
		snprintf(out, DURATION_TEXT_SIZE, "%uus", (unsigned int)(ns / NS_PER_US));
	else if (ns < NS_PER_S)
		snprintf(out, DURATION_TEXT_SIZE, "%ums", (unsigned int)(ns / NS_PER_MS));
	else if (ns < 10 * NS_PER_S)
		snprintf(out, DURATION_TEXT_SIZE, "%u.%us", (unsigned int)(ns / NS_PER_S),
			 (unsigned int)(ns % NS_PER_S / (100 * NS_PER_MS)));
	else
		duration_format(ns, out);
	return out;
}

static void add_span(struct log_words *words, const char *before, uint64_t ns)
{
	char text[DURATION_TEXT_SIZE];

	if (has(ns))
		words_add(words, "%s %s", before, span(ns, text));
}

static void add_text(struct log_words *words, const char *text)
{
	if (text && *text)
		words_add_text(words, text);
}

static void add_labelled(struct log_words *words, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	words_add(words, "%s", label);
	words_add_text(words, text);
}

static void add_enclosed(struct log_words *words, const char *before, const char *text)
{
	if (!text || !*text)
		return;
	words_add(words, "%s", before);
	words_join_text(words, text);
	words_join(words, ")");
}

void part_time(struct log_words *words, const struct record *record)
{
	char time[TEXT_TIME_SIZE];

	text_time(record->wall_ns, time);
	words_add(words, "%.23sZ", time);
}

void part_type(struct log_words *words, const struct record *record)
{
	const char *name = record->type_name ? record->type_name : record_type_name(record->type);

	add_text(words, name ? name : "?");
}

void part_ip(struct log_words *words, const struct record *record)
{
	size_t begin = words_begin_word(words);

	if (!record->ip || !*record->ip)
		return;
	words_add_text(words, record->ip);
	words_pad(words, begin + IP_WIDTH);
}

/* "namespace/name", or what of it there is. */
static bool add_pod(struct log_words *words, const struct record *record)
{
	if (!record->pod || !*record->pod)
		return false;
	if (record->namespace) {
		words_add_text(words, record->namespace);
		words_join(words, "/");
		words_join_text(words, record->pod);
	} else {
		words_add_text(words, record->pod);
	}
	return true;
}

static bool add_pod_or_id(struct log_words *words, const struct record *record)
{
	char sandbox[SANDBOX_WIDTH + 1];

	if (add_pod(words, record))
		return true;
	if (record->pod_uid && *record->pod_uid) {
		add_labelled(words, "uid", record->pod_uid);
		return true;
	}
	if (!record->container_id || !*record->container_id)
		return false;
	text_copy(sandbox, sizeof(sandbox), record->container_id);
	add_labelled(words, "sandbox", sandbox);
	return true;
}

void part_pod(struct log_words *words, const struct record *record)
{
	if (!add_pod_or_id(words, record) && has(record->netns))
		words_add(words, "netns %" PRIu64, record->netns);
}

void part_pod_if_known(struct log_words *words, const struct record *record)
{
	add_pod_or_id(words, record);
}

void part_netns(struct log_words *words, const struct record *record)
{
	if (has(record->netns))
		words_add(words, "netns %" PRIu64, record->netns);
}

void part_range(struct log_words *words, const struct record *record)
{
	add_text(words, record->range);
}

void part_used(struct log_words *words, const struct record *record)
{
	if (!has(record->used))
		return;
	words_add(words, "%" PRIu64, record->used);
	if (!has(record->usable) || record->usable > COUNTABLE_MAX) {
		words_add(words, "used");
		return;
	}
	words_join(words, "/%" PRIu64, record->usable);
	if (record->used >= record->usable)
		words_add_toned(words, LOG_TONE_BAD, "FULL");
}

void part_latency(struct log_words *words, const struct record *record)
{
	add_span(words, "after", record->latency_ns);
}

void part_reuse(struct log_words *words, const struct record *record)
{
	add_span(words, "reused after", record->reuse_ns);
	add_enclosed(words, "(was ", record->previous_pod);
}

void part_link(struct log_words *words, const struct record *record)
{
	add_text(words, record->ifname);
	add_enclosed(words, "(", record->link_kind);
}

void part_from_netns(struct log_words *words, const struct record *record)
{
	if (has(record->from_netns))
		words_add(words, "from %" PRIu64, record->from_netns);
}

void part_from_name(struct log_words *words, const struct record *record)
{
	add_labelled(words, "was", record->from_ifname);
}

void part_plugin(struct log_words *words, const struct record *record)
{
	add_text(words, record->plugin);
}

void part_ifname(struct log_words *words, const struct record *record)
{
	add_text(words, record->ifname);
}

void part_duration(struct log_words *words, const struct record *record)
{
	add_span(words, "in", record->duration_ns);
}

void part_failures(struct log_words *words, const struct record *record)
{
	if (has(record->count) && record->count > 1)
		words_add(words, "%" PRIu64 " times", record->count);
}

void part_failures_before(struct log_words *words, const struct record *record)
{
	if (has(record->count) && record->count)
		words_add(words, "after %" PRIu64 " failure%s", record->count,
			  record->count == 1 ? "" : "s");
}

/* ADD is what fails; other commands are worth a word. */
void part_call(struct log_words *words, const struct record *record)
{
	add_text(words, record->plugin);
	if (record->command && strcmp(record->command, "ADD") != 0)
		add_text(words, record->command);
}

void part_code(struct log_words *words, const struct record *record)
{
	if (has(record->code))
		words_add(words, "(code %" PRIu64 ")", record->code);
	else if (has(record->status))
		words_add(words, "(status %" PRIu64 ")", record->status);
}

void part_reason(struct log_words *words, const struct record *record)
{
	add_text(words, record->reason);
}

void part_message(struct log_words *words, const struct record *record)
{
	add_text(words, record->message);
}

/* Behind what it is the explanation of; alone in a cell of the table. */
void part_said(struct log_words *words, const struct record *record)
{
	if (record->message && *record->message && words->column && !words->gap)
		words_join(words, ":");
	add_text(words, record->message);
}

void part_age(struct log_words *words, const struct record *record)
{
	add_span(words, "for", record->age_ns);
}

void part_after(struct log_words *words, const struct record *record)
{
	add_span(words, "after", record->age_ns);
}

void part_books(struct log_words *words, const struct record *record)
{
	add_labelled(words, "network", record->network);
}

void part_holders(struct log_words *words, const struct record *record)
{
	if (has(record->netns))
		words_add(words, "netns %" PRIu64, record->netns);
	if (has(record->other_netns))
		words_add(words, "and %" PRIu64, record->other_netns);
}

void part_cidr(struct log_words *words, const struct record *record)
{
	add_text(words, record->cidr);
}

void part_usable(struct log_words *words, const struct record *record)
{
	if (has(record->usable) && record->usable <= COUNTABLE_MAX)
		words_add(words, "usable %" PRIu64, record->usable);
	if (has(record->max_pods))
		words_add(words, "max_pods %" PRIu64, record->max_pods);
}

void part_source(struct log_words *words, const struct record *record)
{
	add_labelled(words, "from", record->reason);
}

void part_severity(struct log_words *words, const struct record *record)
{
	add_text(words, record->severity);
}

void part_alert(struct log_words *words, const struct record *record)
{
	add_text(words, record->alert);
}

/* Most messages name it. */
void part_alert_range(struct log_words *words, const struct record *record)
{
	if (record->range && (!record->message || !strstr(record->message, record->range)))
		add_text(words, record->range);
}

void part_backend(struct log_words *words, const struct record *record)
{
	add_labelled(words, "backend", record->backend);
}

void part_left_out(struct log_words *words, const struct record *record)
{
	if (has(record->count))
		words_add(words, "%" PRIu64 " more, left out", record->count);
}

void part_count(struct log_words *words, const struct record *record)
{
	if (has(record->count))
		words_add(words, "count %" PRIu64, record->count);
}

void part_gap(struct log_words *words, const struct record *record)
{
	words_add(words, "!!");
	add_text(words, record->message ? record->message : "nothing was heard");
	add_enclosed(words, "(agent ", record->reason);
}

void part_lost(struct log_words *words, const struct record *record)
{
	words_add(words, "!!");
	if (has(record->count))
		words_add(words, "%" PRIu64, record->count);
	words_add(words, record->count == 1 ? "event lost" : "events lost");
	add_enclosed(words, "(", record->reason);
	part_said(words, record);
}

void part_corrected(struct log_words *words, const struct record *record)
{
	if (has(record->count))
		words_add(words, "%" PRIu64 " change%s missed, found by a walk", record->count,
			  record->count == 1 ? "" : "s");
}

void part_marks(struct log_words *words, const struct record *record)
{
	if (record->initial)
		words_add(words, "(initial)");
	if (record->truncated)
		words_add(words, "(truncated)");
}

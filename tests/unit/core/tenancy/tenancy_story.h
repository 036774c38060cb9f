/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stories for the tests of tenancies: what an event log tells, word by word.
 *
 *	S0 A10a:web-1 R20a !3 G30 S30 I30a:web-1 X40
 *
 * A letter, the wall time in seconds, the namespace, the pod. S agent.started, G agent.gap, X
 * agent.stopped, A ip.assigned, I the same and initial, R ip.released, N netns.freed, n
 * netns.created and initial, L events.lost, F cni.failed, P of somebody else. A digit behind the
 * namespace is another cookie of the same inode, '-' none. Beside them: !N, N records are missing;
 * @-N, the clock is set back by N seconds; B, the machine boots; D4, the address is 10.0.0.4 from
 * here on, and not 10.0.0.5; U, a pod's text is its uid.
 */
#pragma once

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/tenancy/tenancies.h"

#define STORY_NS_PER_S ((int64_t)1000000000)

struct story {
	uint64_t seq;
	int64_t shift_ns; /* of the wall clock, against the monotonic one */
	unsigned int boot;
	char ip[16];
	bool by_uid;
};

static inline int64_t story_ns(const char *text, char **end)
{
	int64_t sign = *text == '-' ? -1 : 1, unit = STORY_NS_PER_S / 10;
	int64_t ns = strtoll(text + (sign < 0), end, 10) * STORY_NS_PER_S;

	if (**end != '.')
		return ns * sign;
	for ((*end)++; **end >= '0' && **end <= '9'; (*end)++, unit /= 10)
		ns += (**end - '0') * unit;
	return ns * sign;
}

static inline struct record story_record(char letter)
{
	static const struct {
		char letter;
		enum record_type type;
	} types[] = {
		{ 'S', RECORD_AGENT_STARTED }, { 'G', RECORD_AGENT_GAP },
		{ 'X', RECORD_AGENT_STOPPED }, { 'A', RECORD_IP_ASSIGNED },
		{ 'I', RECORD_IP_ASSIGNED },   { 'R', RECORD_IP_RELEASED },
		{ 'N', RECORD_NETNS_FREED },   { 'n', RECORD_NETNS_CREATED },
		{ 'L', RECORD_EVENTS_LOST },   { 'F', RECORD_CNI_FAILED },
		{ 'P', RECORD_ALERT_FIRING },
	};

	for_each_case(c, types)
		if (c->letter == letter)
			return record_init(c->type);
	fail_msg("no record is '%c'", letter);
	abort();
}

/* "a", "a2", "a-", and ":web-1" behind it. */
static inline void story_place(const struct story *story, char *word, struct record *out)
{
	char *pod = strchr(word, ':');

	if (pod && story->by_uid)
		out->pod_uid = pod + 1;
	else if (pod)
		out->pod = pod + 1;
	if (pod && !story->by_uid)
		out->namespace = "shop";
	if (*word < 'a' || *word > 'z')
		return;
	out->netns = 100 + (uint64_t)(*word - 'a');
	out->ifindex = 2;
	if (word[1] != '-')
		out->netns_cookie =
			out->netns * 10 +
			(word[1] >= '0' && word[1] <= '9' ? (uint64_t)(word[1] - '0') : 0);
}

static inline void story_tell(struct story *story, char *word, struct tenancies *tenancies)
{
	struct record record = story_record(*word);
	char boot_id[16], *end;

	snprintf(boot_id, sizeof(boot_id), "boot-%u", story->boot);
	record.wall_ns = story_ns(word + 1, &end);
	record.mono_ns = (uint64_t)(record.wall_ns - story->shift_ns + 1000 * STORY_NS_PER_S);
	record.seq = ++story->seq;
	record.boot_id = boot_id;
	record.ip = story->ip;
	record.initial = *word == 'I' || *word == 'n';
	record.reason = *word == 'F' ? "exhausted" : NULL;
	story_place(story, end, &record);
	assert_int_equal(tenancies_put(tenancies, &record), 0);
}

static inline void story_step(struct story *story, char *word, struct tenancies *tenancies)
{
	char *end;

	switch (*word) {
	case '!':
		story->seq += strtoull(word + 1, NULL, 10);
		break;
	case '@':
		story->shift_ns += story_ns(word + 1, &end);
		break;
	case 'B':
		story->boot++;
		break;
	case 'D':
		snprintf(story->ip, sizeof(story->ip), "10.0.0.%s", word + 1);
		break;
	case 'U':
		story->by_uid = true;
		break;
	default:
		story_tell(story, word, tenancies);
	}
}

/* To its end; the caller frees. */
static inline struct tenancies *story_play(const char *text, const struct tenancy_query *query)
{
	struct story story = { .ip = "10.0.0.5" };
	struct tenancies *tenancies;
	char *copy = strdup(text), *rest = copy, *word;

	assert_int_equal(tenancies_new(query, &tenancies), 0);
	while ((word = strsep(&rest, " ")))
		if (*word)
			story_step(&story, word, tenancies);
	free(copy);
	tenancies_end(tenancies);
	return tenancies;
}

static inline struct tenancy_query story_query(int64_t at_ns)
{
	struct tenancy_query query = { .has_ip = true,
				       .at_ns = at_ns,
				       .now_ns = 1000 * STORY_NS_PER_S };

	assert_int_equal(ip_parse("10.0.0.5", &query.ip), 0);
	return query;
}

/* ---- what came of it ---- */

static inline void story_put_time(int64_t ns, FILE *out)
{
	if (ns % STORY_NS_PER_S)
		fprintf(out, "%" PRId64 ".%09" PRId64, ns / STORY_NS_PER_S, ns % STORY_NS_PER_S);
	else
		fprintf(out, "%" PRId64, ns / STORY_NS_PER_S);
}

static inline void story_put_span(const char *head, int64_t from_ns, int64_t to_ns, FILE *out)
{
	fputs(head, out);
	story_put_time(from_ns, out);
	putc('-', out);
	story_put_time(to_ns, out);
	putc(')', out);
}

static inline const char *story_pod(const struct pod *pod)
{
	return *pod->name ? pod->name : *pod->uid ? pod->uid : "?";
}

/* "web-1 10..20", "<10" held before, "..(20-30)" ended between, "..20+" open; then unwatched(),
 * lost(), after() of the begin, back() of the clock. */
static inline void story_put(const struct tenancy *tenancy, FILE *out)
{
	fprintf(out, "%s %s", story_pod(&tenancy->pod),
		tenancy->from == TENANCY_FROM_BEFORE ? "<" : "");
	story_put_time(tenancy->from_ns, out);
	fputs("..", out);
	if (tenancy->to == TENANCY_TO_BETWEEN)
		story_put_span(tenancy->is_lost ? "lost(" : "(", tenancy->to_ns,
			       tenancy->to_before_ns, out);
	else
		story_put_time(tenancy->to_ns, out);
	fputs(tenancy->to == TENANCY_TO_OPEN ? "+" : "", out);
	if (tenancy->from == TENANCY_FROM_BEFORE && tenancy->has_from_after)
		story_put_span(" after(", tenancy->from_after_ns, tenancy->from_ns, out);
	for (size_t i = 0; i < tenancy->span_count; i++)
		story_put_span(tenancy->spans[i].kind == TENANCY_LOST ? " lost(" : " unwatched(",
			       tenancy->spans[i].from_ns, tenancy->spans[i].to_ns, out);
	if (tenancy->steps.is_set_back)
		story_put_span(" back(", tenancy->steps.left_ns, tenancy->steps.resumed_ns, out);
}

/* The caller frees. */
static inline char *story_text(const struct tenancies *tenancies)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < tenancies_count(tenancies); i++) {
		fputs(i ? "; " : "", out);
		story_put(tenancies_at(tenancies, i), out);
	}
	fclose(out);
	return text;
}

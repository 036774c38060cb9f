// SPDX-License-Identifier: Apache-2.0
#include "core/log/log_filter.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"

/* A record, with what several conditions may ask of it. */
struct subject {
	const struct record *record;
	struct prefix prefix; /* its address, or the CIDR of one without */
	bool has_ip, has_prefix;
};

/* ---- patterns ---- */

/* Of names that end where `end` is. Back to the last star, which then takes one letter more. */
static bool is_like(const char *pattern, const char *end, const char *text)
{
	const char *star = NULL, *resume = NULL;

	while (*text) {
		if (pattern < end && *pattern == '*') {
			star = pattern++;
			resume = text;
		} else if (pattern < end && (*pattern == '?' || *pattern == *text)) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}

static bool is_type_like(const char *pattern, const char *type)
{
	size_t size = strlen(pattern);

	if (size && pattern[size - 1] == '*')
		return !strncmp(pattern, type, size - 1);
	return !strcmp(pattern, type);
}

static const char *type_of(const struct record *record)
{
	const char *name = record->type_name ? record->type_name : record_type_name(record->type);

	return name ? name : "";
}

/* ---- kinds ---- */

static int check_type(struct log_condition *condition)
{
	for (enum record_type i = 0; i < RECORD_TYPE_COUNT; i++)
		if (is_type_like(condition->text, record_type_name(i)))
			return 0;
	return -EINVAL;
}

static bool has_type(const struct log_condition *condition, const struct subject *subject)
{
	return is_type_like(condition->text, type_of(subject->record));
}

static int check_pod(struct log_condition *condition)
{
	const char *slash = strchr(condition->text, '/');

	return slash == condition->text || (slash && strchr(slash + 1, '/')) ? -EINVAL : 0;
}

static bool has_pod(const struct log_condition *condition, const struct subject *subject)
{
	const char *namespace = subject->record->namespace, *pod = subject->record->pod;
	const char *slash = strchr(condition->text, '/');
	const char *name = slash ? slash + 1 : condition->text;

	if (slash && (!namespace || !is_like(condition->text, slash, namespace)))
		return false;
	return !*name || (pod && is_like(name, name + strlen(name), pod));
}

static int check_ip(struct log_condition *condition)
{
	struct ip ip;
	int err = ip_parse(condition->text, &ip);

	if (err)
		return err;
	condition->prefix = prefix_of(&ip, 128);
	return 0;
}

static bool has_ip(const struct log_condition *condition, const struct subject *subject)
{
	return subject->has_ip && prefix_holds(&condition->prefix, &subject->prefix);
}

static int check_cidr(struct log_condition *condition)
{
	return prefix_parse_masked(condition->text, &condition->prefix);
}

static bool is_within(const struct log_condition *condition, const struct subject *subject)
{
	return subject->has_prefix && prefix_holds(&condition->prefix, &subject->prefix);
}

static bool has_range(const struct log_condition *condition, const struct subject *subject)
{
	const char *range = subject->record->range;

	return range && !strcmp(condition->text, range);
}

static bool has_reason(const struct log_condition *condition, const struct subject *subject)
{
	const char *reason = subject->record->reason;

	return reason && !strcmp(condition->text, reason);
}

static int check_nothing(struct log_condition *condition)
{
	(void)condition;
	return 0;
}

static const struct {
	int (*check)(struct log_condition *condition);
	bool (*holds)(const struct log_condition *condition, const struct subject *subject);
} kinds[] = {
	[LOG_FILTER_TYPE] = { check_type, has_type },
	[LOG_FILTER_POD] = { check_pod, has_pod },
	[LOG_FILTER_IP] = { check_ip, has_ip },
	[LOG_FILTER_CIDR] = { check_cidr, is_within },
	[LOG_FILTER_RANGE] = { check_nothing, has_range },
	[LOG_FILTER_REASON] = { check_nothing, has_reason },
};

_Static_assert(array_size(kinds) == LOG_FILTER_KIND_COUNT, "a kind without its functions");

/* ---- filter ---- */

int log_filter_add(struct log_filter *filter, enum log_filter_kind kind, bool is_negated,
		   const char *text)
{
	struct log_condition condition = { .kind = kind, .is_negated = is_negated, .text = text };
	int err;

	if (filter->count == LOG_FILTER_MAX)
		return -ENOSPC;
	err = *text ? kinds[kind].check(&condition) : -EINVAL;
	if (err)
		return err;

	filter->conditions[filter->count++] = condition;
	return 0;
}

static bool asks_for_place(const struct log_filter *filter)
{
	for (size_t i = 0; i < filter->count; i++)
		if (filter->conditions[i].kind == LOG_FILTER_IP ||
		    filter->conditions[i].kind == LOG_FILTER_CIDR)
			return true;
	return false;
}

static struct subject make_subject(const struct log_filter *filter, const struct record *record)
{
	struct subject subject = { .record = record };
	struct ip ip;

	if (!asks_for_place(filter))
		return subject;
	if (record->ip) {
		subject.has_ip = subject.has_prefix = !ip_parse(record->ip, &ip);
		if (subject.has_ip)
			subject.prefix = prefix_of(&ip, 128);
	} else if (record->cidr) {
		subject.has_prefix = !prefix_parse_masked(record->cidr, &subject.prefix);
	}
	return subject;
}

bool log_filter_matches(const struct log_filter *filter, const struct record *record)
{
	const struct subject subject = make_subject(filter, record);
	unsigned int asked = 0, met = 0; /* masks of kinds */

	for (size_t i = 0; i < filter->count; i++) {
		const struct log_condition *condition = &filter->conditions[i];
		unsigned int bit = 1U << condition->kind;

		if (condition->is_negated) {
			if (kinds[condition->kind].holds(condition, &subject))
				return false;
			continue;
		}
		asked |= bit;
		if (!(met & bit) && kinds[condition->kind].holds(condition, &subject))
			met |= bit;
	}
	return asked == met;
}

bool log_filter_is_notice(const struct log_filter *filter, const struct record *record)
{
	const struct subject subject = { .record = record };

	if (!is_type_like("agent.*", type_of(record)) && record->type != RECORD_EVENTS_LOST)
		return false;
	for (size_t i = 0; i < filter->count; i++) {
		const struct log_condition *condition = &filter->conditions[i];

		if (condition->is_negated && condition->kind == LOG_FILTER_TYPE &&
		    has_type(condition, &subject))
			return false;
	}
	return true;
}

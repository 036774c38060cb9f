// SPDX-License-Identifier: Apache-2.0
/*
 * What is told of a type is a row of parts; a part that the record has nothing of is
 * left out. In the table some of them have columns of their own.
 */
#include "core/log/log_text.h"

#include <string.h>

#include "cleanup.h"
#include "core/base/text.h"
#include "core/log/log_parts.h"

#define DAY_NS (86400LL * 1000000000)

enum { PARTS_MAX = 10, TYPE_WIDTH = 15, CLOCK_AT = 11, CLOCK_SIZE = 12, WIDTH_MAX = 48 };

struct look {
	enum log_tone tone;
	bool is_line; /* the tone is the whole line's, not the type's */
	log_part parts[PARTS_MAX];
};

#define PARTS(...) .parts = { __VA_ARGS__ }

static const struct look looks[] = {
	[RECORD_AGENT_STARTED] = { PARTS(part_backend, part_message) },
	[RECORD_AGENT_STOPPED] = { PARTS(part_message) },
	[RECORD_AGENT_GAP] = { LOG_TONE_WARN, true, PARTS(part_gap) },
	[RECORD_NETNS_CREATED] = { LOG_TONE_DIM, true,
				   PARTS(part_netns, part_pod_if_known, part_left_out) },
	[RECORD_NETNS_FREED] = { LOG_TONE_DIM, true,
				 PARTS(part_netns, part_pod_if_known, part_left_out) },
	[RECORD_LINK_CREATED] = { LOG_TONE_DIM, true,
				  PARTS(part_link, part_netns, part_pod_if_known, part_left_out) },
	[RECORD_LINK_MOVED] = { LOG_TONE_DIM, true,
				PARTS(part_link, part_netns, part_from_netns, part_pod_if_known,
				      part_left_out) },
	[RECORD_LINK_RENAMED] = { LOG_TONE_DIM, true,
				  PARTS(part_link, part_from_name, part_netns, part_pod_if_known,
					part_left_out) },
	[RECORD_LINK_DELETED] = { LOG_TONE_DIM, true,
				  PARTS(part_link, part_netns, part_pod_if_known, part_left_out) },
	[RECORD_IP_ASSIGNED] = { LOG_TONE_GOOD, false,
				 PARTS(part_ip, part_pod, part_range, part_used, part_latency,
				       part_reuse) },
	[RECORD_IP_RELEASED] = { PARTS(part_ip, part_pod, part_range, part_used) },
	[RECORD_CNI_ADD] = { LOG_TONE_GOOD, false,
			     PARTS(part_pod, part_plugin, part_ifname, part_duration,
				   part_failures_before) },
	[RECORD_CNI_DEL] = { PARTS(part_pod, part_plugin, part_ifname, part_duration) },
	[RECORD_CNI_FAILED] = { LOG_TONE_BAD, false,
				PARTS(part_pod, part_reason, part_failures, part_call, part_said,
				      part_code) },
	[RECORD_IP_LEAKED] = { LOG_TONE_WARN, false,
			       PARTS(part_ip, part_pod, part_range, part_reason, part_age,
				     part_books) },
	[RECORD_IP_LEAK_CLEARED] = { LOG_TONE_GOOD, false,
				     PARTS(part_ip, part_pod, part_range, part_reason, part_after,
					   part_books) },
	[RECORD_IP_DUPLICATE] = { LOG_TONE_BAD, false,
				  PARTS(part_ip, part_pod_if_known, part_range, part_holders,
					part_age) },
	[RECORD_RANGE_ADDED] = { PARTS(part_range, part_cidr, part_usable, part_source) },
	[RECORD_RANGE_REMOVED] = { PARTS(part_range, part_cidr, part_usable, part_source) },
	[RECORD_RANGE_CHANGED] = { PARTS(part_range, part_cidr, part_usable, part_source) },
	[RECORD_ALERT_FIRING] = { LOG_TONE_WARN, false,
				  PARTS(part_severity, part_alert, part_alert_range, part_said) },
	[RECORD_ALERT_RESOLVED] = { LOG_TONE_GOOD, false,
				    PARTS(part_alert, part_alert_range, part_after, part_said) },
	[RECORD_EVENTS_LOST] = { LOG_TONE_WARN, true, PARTS(part_lost) },
	[RECORD_RECONCILE_CORRECTED] = { LOG_TONE_WARN, false, PARTS(part_corrected) },
	/* Of a later version. */
	[RECORD_TYPE_COUNT] = { PARTS(part_ip, part_pod_if_known, part_range, part_used,
				      part_reason, part_count, part_message) },
};

_Static_assert(array_size(looks) == RECORD_TYPE_COUNT + 1, "a record type without a look");

static const struct look *look_of(const struct record *record)
{
	return &looks[record->type < RECORD_TYPE_COUNT ? record->type : RECORD_TYPE_COUNT];
}

static enum log_tone tone_of(const struct record *record)
{
	bool is_critical = record->type == RECORD_ALERT_FIRING && record->severity &&
			   !strcmp(record->severity, "critical");

	return is_critical ? LOG_TONE_BAD : look_of(record)->tone;
}

static const char *type_of(const struct record *record)
{
	const char *name = record->type_name ? record->type_name : record_type_name(record->type);

	return name ? name : "?";
}

/* Of a line that has a tone the type has it, too. */
static void add_type(struct log_words *words, const struct record *record)
{
	if (look_of(record)->is_line)
		words_add_text(words, type_of(record));
	else
		words_add_toned(words, tone_of(record), type_of(record));
}

static size_t end_line(struct log_words *words)
{
	words_tone(words, LOG_TONE_PLAIN);
	return words_end(words);
}

/* ---- compact ---- */

static void put_day(struct log_text *text, const char *time, int64_t day, struct log_words *words)
{
	if (text->has_day && text->day == day)
		return;
	text->has_day = true;
	text->day = day;
	words_tone(words, LOG_TONE_DIM);
	words_add(words, "--- %.10s UTC ---", time);
	words_tone(words, LOG_TONE_PLAIN);
	words_break(words);
}

static int64_t day_of(int64_t wall_ns)
{
	return wall_ns / DAY_NS - (wall_ns % DAY_NS < 0);
}

size_t log_text_compact(struct log_text *text, const struct record *record, char *out, size_t size)
{
	struct log_words words = { .out = out, .size = size, .has_color = text->has_color };
	const struct look *look = look_of(record);
	char time[TEXT_TIME_SIZE];

	text_time(record->wall_ns, time);
	put_day(text, time, day_of(record->wall_ns), &words);
	if (look->is_line)
		words_tone(&words, tone_of(record));
	words_add(&words, "%.*s", CLOCK_SIZE, time + CLOCK_AT);
	add_type(&words, record);
	words_pad(&words, CLOCK_SIZE + 1 + TYPE_WIDTH);
	for (size_t i = 0; i < PARTS_MAX && look->parts[i]; i++)
		look->parts[i](&words, record);
	part_marks(&words, record);
	return end_line(&words);
}

/* ---- table ---- */

static const struct {
	const char *head;
	size_t width; /* to begin with */
	log_part part;
} columns[LOG_TEXT_COLUMNS] = {
	{ "TIME", 24, part_time },   { "TYPE", TYPE_WIDTH, part_type },
	{ "ADDRESS", 15, part_ip },  { "POD", 24, part_pod_if_known },
	{ "RANGE", 12, part_range }, { "USED", 8, part_used },
	{ "WHAT", 0, part_marks },
};

static bool has_column(log_part part)
{
	return part == part_pod || part == part_ip || part == part_pod_if_known ||
	       part == part_range || part == part_used || part == part_alert_range;
}

static void begin_cells(struct log_text *text)
{
	for (size_t i = 0; i < LOG_TEXT_COLUMNS; i++)
		if (text->widths[i] < columns[i].width)
			text->widths[i] = columns[i].width;
}

/* A cell that is wider makes its column so, for the rows to come. */
static void end_cell(struct log_text *text, size_t column, size_t begin, struct log_words *words)
{
	size_t width = words->column - begin;

	if (width > text->widths[column] && width <= WIDTH_MAX)
		text->widths[column] = width;
	words_pad(words, begin + text->widths[column]);
}

static void put_cell(struct log_text *text, size_t column, const struct record *record,
		     struct log_words *words)
{
	size_t begin = words_begin_word(words), used = words->used;

	if (columns[column].part == part_type)
		add_type(words, record);
	else
		columns[column].part(words, record);
	if (words->used == used)
		words_add(words, "-");
	end_cell(text, column, begin, words);
}

size_t log_text_table(struct log_text *text, const struct record *record, char *out, size_t size)
{
	struct log_words words = { .out = out, .size = size, .has_color = text->has_color };
	const struct look *look = look_of(record);

	begin_cells(text);
	if (look->is_line)
		words_tone(&words, tone_of(record));
	for (size_t i = 0; i + 1 < LOG_TEXT_COLUMNS; i++)
		put_cell(text, i, record, &words);
	for (size_t i = 0; i < PARTS_MAX && look->parts[i]; i++)
		if (!has_column(look->parts[i]))
			look->parts[i](&words, record);
	part_marks(&words, record);
	return end_line(&words);
}

size_t log_text_table_head(struct log_text *text, char *out, size_t size)
{
	struct log_words words = { .out = out, .size = size };

	begin_cells(text);
	for (size_t i = 0; i < LOG_TEXT_COLUMNS; i++) {
		size_t begin = words_begin_word(&words);

		words_add(&words, "%s", columns[i].head);
		end_cell(text, i, begin, &words);
	}
	return end_line(&words);
}

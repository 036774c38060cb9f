// SPDX-License-Identifier: Apache-2.0
#include "core/page/page_events.h"

#include "core/page/html.h"
#include "core/record/record.h"

#define USABLE_MAX (1ULL << 62) /* the log cannot tell how many more than that there are */

static bool is_known(uint64_t number)
{
	return number != RECORD_ABSENT;
}

static void write_word(FILE *out, const char *before, const char *word)
{
	if (!word || !*word)
		return;
	fprintf(out, " %s", before);
	html_text(out, word);
}

static void write_code(FILE *out, const char *text)
{
	if (!text || !*text)
		return;
	fputs(" <code>", out);
	html_text(out, text);
	fputs("</code>", out);
}

static void write_times(FILE *out, uint64_t count)
{
	fputc(' ', out);
	html_count(out, (double)count);
	fputs(" times", out);
}

static void write_duration(FILE *out, const char *before, uint64_t ns, const char *after)
{
	if (!is_known(ns))
		return;
	fprintf(out, " %s", before);
	html_seconds(out, (double)ns / 1e9);
	fputs(after, out);
}

static void write_pod(const struct record *record, FILE *out)
{
	if (!record->pod || !*record->pod)
		return;
	fputs(" <code>", out);
	if (record->namespace && *record->namespace) {
		html_text(out, record->namespace);
		fputc('/', out);
	}
	html_text(out, record->pod);
	fputs("</code>", out);
}

static void write_usage(const struct record *record, FILE *out)
{
	bool is_of_something = record->ip || record->plugin || record->alert;

	write_word(out, is_of_something ? "in " : "", record->range);
	if (!is_known(record->used))
		return;
	fputs(", ", out);
	html_count(out, (double)record->used);
	if (is_known(record->usable) && record->usable < USABLE_MAX) {
		fputs(" of ", out);
		html_count(out, (double)record->usable);
	}
	fputs(" used", out);
}

/* Its own words. */
static bool is_of_agent(enum record_type type)
{
	return type == RECORD_AGENT_STARTED || type == RECORD_AGENT_STOPPED ||
	       type == RECORD_AGENT_GAP;
}

/* Fields by name, and none by default: a new one must not give away whose an address is. */
static void write_what(const struct record *record, bool shows_pods, FILE *out)
{
	write_code(out, record->ip);
	if (shows_pods)
		write_pod(record, out);
	write_word(out, "", record->alert);
	write_word(out, "", record->severity);
	write_word(out, "", record->plugin);
	write_word(out, "", record->command);
	write_code(out, record->ifname);
	write_usage(record, out);
	write_word(out, "", record->reason);
	if (is_known(record->count) && record->count > 1)
		write_times(out, record->count);
	write_duration(out, "after ", record->latency_ns, "");
	write_duration(out, "free for ", record->reuse_ns, "");
	write_duration(out, "since ", record->age_ns, "");
	write_word(out, "", record->backend);
	if (record->initial)
		fputs(" (was there before the agent)", out);
	if (!record->message || !*record->message || (!shows_pods && !is_of_agent(record->type)))
		return;
	fputs("<q>", out);
	html_text(out, record->message);
	fputs("</q>", out);
}

/* What somebody has to act on, in words of the log's own. */
static const char *class_of(enum record_type type)
{
	switch (type) {
	case RECORD_CNI_FAILED:
	case RECORD_IP_LEAKED:
	case RECORD_IP_DUPLICATE:
	case RECORD_ALERT_FIRING:
	case RECORD_EVENTS_LOST:
	case RECORD_AGENT_GAP:
		return " class=\"bad\"";
	default:
		return "";
	}
}

static void write_event(const struct record *record, bool shows_pods, FILE *out)
{
	const char *name = record->type_name ? record->type_name : record_type_name(record->type);

	fprintf(out, "<tr%s><td>", class_of(record->type));
	html_time(out, record->wall_ns);
	fputs("</td><th scope=\"row\">", out);
	html_text(out, name ? name : "?");
	fputs("</th><td>", out);
	write_what(record, shows_pods, out);
	fputs("</td></tr>\n", out);
}

/* What addresses come and go with is many lines that nobody looks for here. */
static bool is_told(enum record_type type)
{
	switch (type) {
	case RECORD_NETNS_CREATED:
	case RECORD_NETNS_FREED:
	case RECORD_LINK_CREATED:
	case RECORD_LINK_MOVED:
	case RECORD_LINK_RENAMED:
	case RECORD_LINK_DELETED:
		return false;
	default:
		return true;
	}
}

void page_events_write(const struct record *events, size_t count, bool shows_pods, FILE *out)
{
	size_t told = 0;

	fputs("<section id=\"events\"><table class=\"events\"><caption>Newest events</caption>"
	      "<thead><tr><th scope=\"col\">Time, UTC</th><th scope=\"col\">Event</th>"
	      "<th scope=\"col\">What</th></tr></thead><tbody>\n",
	      out);
	for (size_t i = count; i-- > 0 && told < PAGE_EVENTS_MAX;) {
		if (!is_told(events[i].type))
			continue;
		write_event(&events[i], shows_pods, out);
		told++;
	}
	if (!told)
		fputs("<tr><td colspan=\"3\">None yet.</td></tr>\n", out);
	fputs("</tbody></table>", out);
	if (!shows_pods)
		fputs("<p class=\"scale\">Without names of pods: "
		      "<code>--web.show-pods</code> says who is shown them.</p>",
		      out);
	fputs("</section>\n", out);
}

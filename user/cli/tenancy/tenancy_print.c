// SPDX-License-Identifier: Apache-2.0
#include "cli/tenancy/tenancy_print.h"

#include <string.h>

#include "cli/base/node.h"
#include "cli/base/output.h"
#include "core/base/duration.h"
#include "core/base/text.h"

enum { WIDTH = 80, INDENT = 8, TIME_MS_SIZE = 25, LINE_SIZE = 2048, WHOSE_SIZE = 1280 };

/* "2006-01-02T15:04:05.000Z": where a nanosecond more or less decides nothing. */
static const char *short_time(int64_t wall_ns, char out[static TIME_MS_SIZE])
{
	char text[TEXT_TIME_SIZE];

	text_time(wall_ns, text);
	memcpy(text + TIME_MS_SIZE - 2, "Z", 2);
	text_copy(out, TIME_MS_SIZE, text);
	return out;
}

static const char *whose(const struct pod *pod, char out[static WHOSE_SIZE])
{
	node_pod_text(pod, out, WHOSE_SIZE);
	return strcmp(out, "-") != 0 ? out : "a pod that is not known";
}

/* ---- lines ---- */

/* Words in as many lines as they need; a word that needs more has it. */
static void put_wrapped(const char *text, FILE *out)
{
	size_t used = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (used && used + 1 + word > WIDTH - INDENT) {
			putc('\n', out);
			used = 0;
		}
		used += (size_t)fprintf(out, used ? " %.*s" : "        %.*s", (int)word, text) -
			(used ? 0 : INDENT);
		text += word;
		text += strspn(text, " ");
	}
	putc('\n', out);
}

static void __attribute__((format(printf, 2, 3))) put_note(FILE *out, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	put_wrapped(line, out);
}

static void put_title(const char *role, const char *title, FILE *out)
{
	fprintf(out, "\n%-*s%s\n", INDENT, role, title);
}

/* ---- a tenancy ---- */

static void put_from(const struct tenancy *tenancy, FILE *out)
{
	char from[TEXT_TIME_SIZE], after[TIME_MS_SIZE], before[TIME_MS_SIZE];

	text_time(tenancy->from_ns, from);
	if (tenancy->from == TENANCY_FROM_ASSIGNED) {
		put_note(out, "from %s", from);
		return;
	}
	put_note(out, "from before %s", from);
	if (tenancy->has_from_after)
		put_note(out, "it began between %s and %s",
			 short_time(tenancy->from_after_ns, after),
			 short_time(tenancy->from_ns, before));
}

static void put_open(const struct tenancy *tenancy, const struct tenancy_report *report,
		     const char *to, const char *length, FILE *out)
{
	const char *kernel = tenancy_report_kernel(report);
	char whole[DURATION_TEXT_SIZE];

	/* The log may be silent for long: the kernel's word counts, too. */
	if (report->has_time || !kernel || strcmp(kernel, "agrees") != 0 ||
	    tenancy->steps.is_set_back || report->query->now_ns < tenancy->from_ns) {
		put_note(out, "held as of %s, for %s", to, length);
		return;
	}
	duration_format((uint64_t)(report->query->now_ns - tenancy->from_ns), whole);
	put_note(out, "held now, for %s%s",
		 tenancy->from == TENANCY_FROM_BEFORE ? "more than " : "", whole);
}

static void put_to(const struct tenancy *tenancy, const struct tenancy_report *report, FILE *out)
{
	char to[TEXT_TIME_SIZE], length[DURATION_TEXT_SIZE] = "?", a[TIME_MS_SIZE], b[TIME_MS_SIZE];
	uint64_t length_ns;

	text_time(tenancy->to_ns, to);
	if (tenancy_length(tenancy, &length_ns))
		duration_format(length_ns, length);
	switch (tenancy->to) {
	case TENANCY_TO_RELEASED:
		put_note(out, "to   %s, held for %s%s", to,
			 tenancy->from == TENANCY_FROM_BEFORE ? "more than " : "", length);
		break;
	case TENANCY_TO_BETWEEN:
		put_note(out, "to   some time between %s and %s, held for more than %s",
			 short_time(tenancy->to_ns, a), short_time(tenancy->to_before_ns, b),
			 length);
		put_note(out,
			 tenancy->is_lost ? "records were lost there" : "nobody watched there");
		break;
	default:
		put_open(tenancy, report, to, length, out);
	}
}

static void put_spans(const struct tenancy *tenancy, FILE *out)
{
	char from[TIME_MS_SIZE], to[TIME_MS_SIZE];

	for (size_t i = 0; i < tenancy->span_count; i++) {
		const struct tenancy_span *span = &tenancy->spans[i];

		short_time(span->from_ns, from);
		short_time(span->to_ns, to);
		put_note(out,
			 span->kind == TENANCY_UNWATCHED ? "unwatched %s to %s"
							 : "records lost %s to %s",
			 from, to);
	}
	if (tenancy->spans_left_out)
		put_note(out, "and %llu times more", (unsigned long long)tenancy->spans_left_out);
	if (tenancy->steps.is_set_back)
		put_note(out, "the clock was set back, from %s to %s",
			 short_time(tenancy->steps.left_ns, from),
			 short_time(tenancy->steps.resumed_ns, to));
}

static void put_place(const struct tenancy *tenancy, FILE *out)
{
	char line[LINE_SIZE] = "", ifname[TENANCY_NAME_SIZE * 4], range[RANGE_NAME_SIZE * 4];

	if (tenancy->netns == RECORD_ABSENT)
		return;
	text_to_line(tenancy->ifname, ifname, sizeof(ifname));
	text_to_line(tenancy->range, range, sizeof(range));
	snprintf(line, sizeof(line), "netns %llu%s%s%s%s", (unsigned long long)tenancy->netns,
		 *ifname ? ", " : "", ifname, *range ? ", range " : "", range);
	put_wrapped(line, out);
}

/* What its title does not say: another pod of that name had another uid. */
static void put_identity(const struct tenancy *tenancy, FILE *out)
{
	char uid[POD_UID_SIZE * 4], id[POD_CONTAINER_ID_SIZE * 4], source[TENANCY_NAME_SIZE * 4];

	text_to_line(tenancy->pod.uid, uid, sizeof(uid));
	text_to_line(tenancy->pod.container_id, id, sizeof(id));
	text_to_line(tenancy->identity, source, sizeof(source));
	if (*uid)
		put_note(out, "uid %s", uid);
	if (*id)
		put_note(out, "sandbox %s", id);
	if (*source)
		put_note(out, "named by %s", source);
}

static void put_tenancy(const struct tenancy_row *row, const struct tenancy_report *report,
			FILE *out)
{
	char title[WHOSE_SIZE], ip[IP_TEXT_SIZE];
	const struct tenancy *tenancy = row->tenancy;

	ip_format(&tenancy->ip, ip);
	put_title(report->query->has_ip		? row->role
		  : strcmp(row->role, "kernel") ? ""
						: "kernel",
		  report->query->has_ip ? whose(&tenancy->pod, title) : ip, out);
	if (strcmp(row->role, "kernel") != 0) {
		put_from(tenancy, out);
		put_to(tenancy, report, out);
		put_spans(tenancy, out);
	}
	put_place(tenancy, out);
	if (!strcmp(row->role, "holder") || !report->query->has_ip)
		put_identity(tenancy, out);
}

static void put_failure(const struct tenancy_failure *failure, FILE *out)
{
	char time[TEXT_TIME_SIZE], reason[TENANCY_NAME_SIZE * 4],
		message[sizeof(failure->message) * 4];
	char plugin[TENANCY_NAME_SIZE * 4], count[48] = "";

	text_time(failure->moment.wall_ns, time);
	text_to_line(failure->reason, reason, sizeof(reason));
	text_to_line(failure->plugin, plugin, sizeof(plugin));
	text_to_line(failure->message, message, sizeof(message));
	put_title("failed", time, out);
	if (failure->count != RECORD_ABSENT)
		snprintf(count, sizeof(count), ", failed %llu time%s by then",
			 (unsigned long long)failure->count, failure->count == 1 ? "" : "s");
	put_note(out, "%s%s", *reason ? reason : "no reason is known", count);
	if (*message)
		put_note(out, "%s: %s", *plugin ? plugin : "plugin", message);
}

/* ---- the answer ---- */

static void put_holders(const struct tenancy_answer *answer, FILE *out)
{
	char name[WHOSE_SIZE];

	for (size_t i = 0; i < answer->holder_count; i++)
		fprintf(out, "%s%s", i ? " and by " : "held by ",
			whose(&answer->holders[i]->pod, name));
	if (answer->holders_left_out)
		fprintf(out, " and by %zu more", answer->holders_left_out);
	putc('\n', out);
}

static void put_unknown(const struct tenancy_answer *answer, FILE *out)
{
	char from[TIME_MS_SIZE], to[TIME_MS_SIZE];

	short_time(answer->from_ns, from);
	short_time(answer->to_ns, to);
	fputs("unknown\n", out);
	if (answer->has_from && answer->has_to)
		fprintf(out, "%s between %s and %s\n",
			answer->is_lost ? "records were lost" : "nobody watched", from, to);
	else if (answer->has_from)
		fprintf(out, "nobody is known to watch since %s\n", from);
	else if (answer->has_to)
		fprintf(out, "the log knows of it from %s on\n", to);
}

static void put_state(const struct tenancy_report *report, FILE *out)
{
	const struct tenancy_answer *answer = &report->answer;

	switch (answer->state) {
	case TENANCY_HELD:
		put_holders(answer, out);
		break;
	case TENANCY_FREE:
		fputs("free\n", out);
		break;
	case TENANCY_UNKNOWN:
		put_unknown(answer, out);
		break;
	default:
		fputs("never seen\n", out);
	}
}

static void put_log(const struct tenancy_report *report, FILE *out)
{
	const struct tenancies_log *log = tenancies_log(report->tenancies);
	char from[TIME_MS_SIZE], to[TIME_MS_SIZE];

	if (!log->records) {
		fputs("the log is empty\n", out);
		return;
	}
	fprintf(out, "the log covers %s to %s\n", short_time(log->first.wall_ns, from),
		short_time(log->last.wall_ns, to));
	if (log->is_unwatched && log->is_starting)
		fprintf(out, "its last agent has told of no address yet\n");
	else if (log->is_unwatched)
		fprintf(out, "its last agent has ended then\n");
	if (log->is_set_back)
		fputs("the clock was set back meanwhile: times in it may be there twice\n", out);
	if (log->left_out && !report->query->has_ip)
		fprintf(out, "%llu older rows are left out\n", (unsigned long long)log->left_out);
}

/* Whose it was, and why a pod has none, is what only a log says. */
static void put_kernel_alone(const struct tenancy_report *report, const char *what, FILE *out)
{
	char path[LINE_SIZE];

	text_to_line(report->path, path, sizeof(path));
	fprintf(out, "what the kernel has now: %s\nthere is no event log '%s'\n", what, path);
	fprintf(out, OUTPUT_NO_LOG_HINT "\n", report->query->has_ip ? "who IP" : "pod POD");
}

static void put_kernel(const struct tenancy_report *report, FILE *out)
{
	const struct who_kernel *kernel = report->kernel;
	const char *state = tenancy_report_kernel(report);
	const char *nobody = report->query->has_ip ? "no pod of this node holds it" : "no address";

	if (!state)
		return;
	if (kernel->state == WHO_KERNEL_REFUSED)
		fprintf(out, "the kernel was not asked: %s\n", kernel->why);
	else if (!strcmp(state, "agrees"))
		fputs("the kernel says the same\n", out);
	else if (!strcmp(state, "alone"))
		put_kernel_alone(report, kernel->count ? "see below" : nobody, out);
	else
		fprintf(out, "%s%s\n",
			!strcmp(state, "differs") ? "the kernel says otherwise: "
						  : "what the kernel has now: ",
			kernel->count ? "see below" : nobody);
	if (kernel->left_out)
		fprintf(out, "%llu that it has are left out\n",
			(unsigned long long)kernel->left_out);
}

static void put_head_of_ip(const struct tenancy_report *report, FILE *out)
{
	char ip[IP_TEXT_SIZE], at[TEXT_TIME_SIZE], name[WHOSE_SIZE];

	ip_format(&report->query->ip, ip);
	text_time(report->query->at_ns, at);
	fprintf(out, "%s %s%s: ", ip, report->has_time ? "at " : "now", report->has_time ? at : "");
	if (report->tenancies)
		put_state(report, out);
	else if (report->kernel->count)
		fprintf(out, "held by %s\n", whose(&report->kernel->holders[0].pod, name));
	else
		fputs("not held\n", out);
}

/* One that was had twice counts twice. */
static void put_count_of_addresses(size_t count, FILE *out)
{
	if (count)
		fprintf(out, "%zu address%s", count, count == 1 ? "" : "es");
	else
		fputs("no address", out);
}

static void put_head_of_pod(const struct tenancy_report *report, FILE *out)
{
	const struct tenancy_query *query = report->query;
	char namespace[POD_NAMESPACE_SIZE * 4] = "", pod[POD_NAME_SIZE * 4];
	size_t failures;

	if (query->namespace)
		text_to_line(query->namespace, namespace, sizeof(namespace));
	text_to_line(query->pod, pod, sizeof(pod));
	fprintf(out, "%s%s%s: ", namespace, query->namespace ? "/" : "", pod);
	if (!tenancy_report_found(report)) {
		fputs("never seen\n", out);
		return;
	}
	put_count_of_addresses(report->tenancies ? tenancies_count(report->tenancies)
						 : report->kernel->count,
			       out);
	failures = report->tenancies ? tenancies_failures(report->tenancies)->count : 0;
	if (failures)
		fprintf(out, ", %zu failed CNI call%s told", failures, failures == 1 ? "" : "s");
	putc('\n', out);
}

struct printing {
	const struct tenancy_report *report;
	FILE *out;
};

static int print_row(const struct tenancy_row *row, void *ctx)
{
	const struct printing *printing = ctx;

	if (row->failure)
		put_failure(row->failure, printing->out);
	else
		put_tenancy(row, printing->report, printing->out);
	return 0;
}

void tenancy_print_table(const struct tenancy_report *report, FILE *out)
{
	struct printing printing = { report, out };

	if (report->query->has_ip)
		put_head_of_ip(report, out);
	else
		put_head_of_pod(report, out);
	if (report->tenancies)
		put_log(report, out);
	put_kernel(report, out);
	tenancy_report_rows(report, print_row, &printing);
}

// SPDX-License-Identifier: Apache-2.0
#include "cli/tenancy/tenancy_compact.h"

#include <string.h>

#include "cli/base/node.h"
#include "core/base/text.h"

enum { WHOSE_SIZE = 1280 };

/* One word, whatever is in it. */
static void put_word(const char *text, FILE *out)
{
	for (; *text; text++)
		putc(*text == ' ' ? '_' : *text, out);
}

static void put_to(const struct tenancy *tenancy, FILE *out)
{
	char to[TEXT_TIME_SIZE], before[TEXT_TIME_SIZE];

	text_time(tenancy->to_ns, to);
	text_time(tenancy->to_before_ns, before);
	if (tenancy->to == TENANCY_TO_OPEN)
		putc('-', out);
	else
		fprintf(out, "%s%s%s", to, tenancy->to == TENANCY_TO_BETWEEN ? ".." : "",
			tenancy->to == TENANCY_TO_BETWEEN ? before : "");
}

static void put_tenancy(const struct tenancy_row *row, FILE *out)
{
	const struct tenancy *tenancy = row->tenancy;
	char ip[IP_TEXT_SIZE], name[WHOSE_SIZE], from[TEXT_TIME_SIZE];

	ip_format(&tenancy->ip, ip);
	fprintf(out, "%s %s ", row->role, ip);
	put_word(node_pod_text(&tenancy->pod, name, sizeof(name)), out);
	if (!strcmp(row->role, "kernel")) {
		fputs(" - -\n", out);
		return;
	}
	text_time(tenancy->from_ns, from);
	fprintf(out, " %s%s ", tenancy->from == TENANCY_FROM_BEFORE ? "<" : "", from);
	put_to(tenancy, out);
	putc('\n', out);
}

static int print_row(const struct tenancy_row *row, void *ctx)
{
	char reason[TENANCY_NAME_SIZE * 4], name[WHOSE_SIZE], time[TEXT_TIME_SIZE];
	FILE *out = ctx;

	if (!row->failure) {
		put_tenancy(row, out);
		return 0;
	}
	text_to_line(row->failure->reason, reason, sizeof(reason));
	text_time(row->failure->moment.wall_ns, time);
	fputs("failed ", out);
	put_word(*reason ? reason : "-", out);
	putc(' ', out);
	put_word(node_pod_text(&row->failure->pod, name, sizeof(name)), out);
	fprintf(out, " %s -\n", time);
	return 0;
}

void tenancy_print_compact(const struct tenancy_report *report, FILE *out)
{
	const struct tenancy_answer *answer = &report->answer;
	char ip[IP_TEXT_SIZE], from[TEXT_TIME_SIZE], to[TEXT_TIME_SIZE];

	if (report->query->has_ip && report->tenancies && answer->state != TENANCY_HELD) {
		ip_format(&report->query->ip, ip);
		text_time(answer->from_ns, from);
		text_time(answer->to_ns, to);
		fprintf(out, "%s %s - %s %s\n", tenancy_state_name(answer->state), ip,
			answer->has_from ? from : "-", answer->has_to ? to : "-");
	}
	tenancy_report_rows(report, print_row, out);
}

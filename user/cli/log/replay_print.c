// SPDX-License-Identifier: Apache-2.0
#include "cli/log/replay_print.h"

#include <inttypes.h>

#include "core/base/text.h"
#include "core/capacity/account.h"

static void print_span(const struct replay_stats *stats, FILE *out)
{
	char first[TEXT_TIME_SIZE], last[TEXT_TIME_SIZE], node[REPLAY_NODE_SIZE];

	text_time(stats->first_ns, first);
	text_time(stats->last_ns, last);
	text_to_line(stats->node, node, sizeof(node));
	fprintf(out, "node       %s\n", node);
	fprintf(out, "from       %s\nto         %s (%.3f s)\n", first, last,
		(double)(stats->last_ns - stats->first_ns) / 1e9);
}

static void print_trust(const struct replay_stats *stats, const struct replay_times *times,
			FILE *out)
{
	fprintf(out, "starts     %" PRIu64 " of an agent%s\n", stats->starts,
		stats->starts ? "" : ": what was there before the log is not known");
	fprintf(out, "damaged    %" PRIu64 " lines, %" PRIu64 " too long, %" PRIu64 " files\n",
		times->damaged, times->reader.too_long, times->reader.damaged);
	fprintf(out, "missing    %" PRIu64 " records, by their numbers\n", stats->missing);
	fprintf(out, "incomplete %" PRIu64 " records\n", stats->incomplete);
	fprintf(out, "coalesced  %" PRIu64 " records\n", stats->coalesced);
	fprintf(out, "differing  %" PRIu64 " records say other than what was before them makes",
		stats->differing);
	if (stats->differing)
		fprintf(out, ", from number %" PRIu64 " on", stats->first_differing);
	putc('\n', out);
}

static void print_types(const struct replay_stats *stats, FILE *out)
{
	fputs("\nTYPE                 RECORDS\n", out);
	for (enum record_type i = 0; i <= RECORD_TYPE_COUNT; i++)
		if (stats->types[i])
			fprintf(out, "%-20s %7" PRIu64 "\n",
				i < RECORD_TYPE_COUNT ? record_type_name(i) : "(not known)",
				stats->types[i]);
}

static void print_range(const char *name, const char *cidr, const struct usage *usage, FILE *out)
{
	char line[RANGE_NAME_SIZE * 4];

	text_to_line(name, line, sizeof(line));
	fprintf(out, "%-20s %-20s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n", line, cidr,
		usage->used, usage->assigned, usage->released);
}

static void print_ranges(const struct account *account, FILE *out)
{
	const struct range_table *ranges = account_ranges(account);
	char cidr[PREFIX_TEXT_SIZE];

	fprintf(out, "\n%-20s %-20s %10s %10s %10s\n", "RANGE", "CIDR", "USED", "ASSIGNED",
		"RELEASED");
	for (size_t i = 0; i < range_table_count(ranges); i++) {
		prefix_format(&range_table_at(ranges, i)->cidr, cidr);
		print_range(range_table_at(ranges, i)->name, cidr, account_usage(account, i), out);
	}
	for (enum account_family i = 0; i < ACCOUNT_FAMILY_COUNT; i++)
		print_range("unranged", i == ACCOUNT_IPV4 ? "ipv4" : "ipv6",
			    account_unranged(account, i), out);
}

void replay_print(const struct metrics_input *input, const struct replay_stats *stats,
		  const struct replay_times *times, FILE *out)
{
	print_span(stats, out);
	fprintf(out, "records    %" PRIu64 " in %.3f s: %.0f a second\n", stats->records,
		times->took_s, times->took_s > 0 ? (double)stats->records / times->took_s : 0);
	print_trust(stats, times, out);
	print_types(stats, out);
	print_ranges(input->account, out);
}

// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include "facts.h"

#include <string.h>

#include "stream.h"

static const uint32_t plenty[] = {
	[INVENTORY_NETNS] = 1024, [INVENTORY_LINKS] = 1024, [INVENTORY_ADDRESSES] = 1024
};

static void write_netns(FILE *out, const struct fact *fact, char sign)
{
	fprintf(out, "%c netns %u\n", sign, fact->netns->key.inum);
}

static void write_link(FILE *out, const struct fact *fact, char sign)
{
	fprintf(out, "%c link %s", sign, fact->link->name);
	if (fact->kind == FACT_LINK_MOVED)
		fprintf(out, " from %u", fact->from_inum);
	if (fact->kind == FACT_LINK_RENAMED)
		fprintf(out, " was %s", fact->from_name);
	fputc('\n', out);
}

static void write_address(FILE *out, const struct fact *fact, char sign)
{
	char ip[IP_TEXT_SIZE];

	ip_format(&fact->address->key.ip, ip);
	fprintf(out, "%c %s/%u %s\n", sign, ip, fact->address->prefix_len, fact->link->name);
}

static const struct row {
	void (*write)(FILE *out, const struct fact *fact, char sign);
	char sign;
} rows[] = {
	[FACT_NETNS_CREATED] = { write_netns, '+' }, [FACT_NETNS_FREED] = { write_netns, '-' },
	[FACT_LINK_CREATED] = { write_link, '+' },   [FACT_LINK_MOVED] = { write_link, '>' },
	[FACT_LINK_RENAMED] = { write_link, '~' },   [FACT_LINK_DELETED] = { write_link, '-' },
	[FACT_IP_ASSIGNED] = { write_address, '+' }, [FACT_IP_RELEASED] = { write_address, '-' },
};

_Static_assert(array_size(rows) == FACT_KIND_COUNT, "a fact lacks its line");

static void on_fact(const struct fact *fact, void *ctx)
{
	const struct facts *facts = ctx;
	const struct row *row = &rows[fact->kind];

	/* What hangs on what is a part of every fact. */
	assert_non_null(fact->netns);
	assert_int_equal(!fact->link, row->write == write_netns);
	assert_int_equal(!fact->address, row->write != write_address);
	row->write(facts->out, fact, row->sign);
}

void facts_open(struct facts *facts, const uint32_t *limits)
{
	*facts = (struct facts){ 0 };
	facts->out = open_memstream(&facts->text, &facts->size);
	assert_non_null(facts->out);
	assert_int_equal(state_new(limits ? limits : plenty, on_fact, facts, &facts->state), 0);
	state_set_host(facts->state, FACTS_HOST, false);
}

void facts_close(struct facts *facts)
{
	state_free(facts->state);
	if (facts->out)
		fclose(facts->out);
	free(facts->text);
	*facts = (struct facts){ 0 };
}

static uint64_t cookie_of(const struct facts *facts, uint32_t inum, uint64_t cookie)
{
	if (facts->has_no_cookies || !inum)
		return 0;
	return cookie ? cookie : inum + FACTS_COOKIE;
}

struct event facts_event(struct facts *facts, const char *line, size_t size)
{
	char copy[STREAM_LINE_MAX];
	struct event event;

	assert_true(size < sizeof(copy));
	memcpy(copy, line, size);
	copy[size] = '\0';
	if (stream_parse_event(copy, &event))
		fail_msg("no event: '%s'", copy);

	event.netns_cookie = cookie_of(facts, event.netns_inum, event.netns_cookie);
	event.peer_cookie = cookie_of(facts, event.peer_inum, event.peer_cookie);
	event.from_cookie = cookie_of(facts, event.from_inum, event.from_cookie);
	if (!event.time_ns)
		event.time_ns = ++facts->now_ns;
	return event;
}

static int apply_line(struct facts *facts, const char *line, size_t size, unsigned int times)
{
	const struct event event = facts_event(facts, line, size);
	int err = state_apply(facts->state, &event);
	size_t told = strlen(facts_told(facts));

	for (unsigned int i = 1; i < times; i++) {
		assert_int_equal(state_apply(facts->state, &event), err);
		if (strlen(facts_told(facts)) != told)
			fail_msg("'%.*s' once more told: %s", (int)size, line,
				 facts_told(facts) + told);
	}
	return err;
}

int facts_apply(struct facts *facts, const char *lines, unsigned int times)
{
	int err = 0;

	while (*lines) {
		size_t size = strcspn(lines, "\n");

		err = apply_line(facts, lines, size, times);
		lines += size + (lines[size] == '\n');
	}
	return err;
}

const char *facts_told(struct facts *facts)
{
	fflush(facts->out);
	return facts->text + facts->forgotten;
}

void facts_forget(struct facts *facts)
{
	fflush(facts->out);
	facts->forgotten = facts->size;
}

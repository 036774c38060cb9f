// SPDX-License-Identifier: Apache-2.0
/*
 * What real kernels said of one story (tests/lab/scenario), told again: whichever
 * kernel and backend it was, the same addresses come and go in the same order.
 */
#include "test.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "core/state/state.h"
#include "stream.h"

/* Relative to where `make` runs. */
static const char golden_path[] = "tests/streams/story.golden";
static const char stream_paths[] = "tests/streams/*.events";

static const uint32_t limits[] = { 1024, 1024, 1024 };

struct replay {
	struct state *state;
	FILE *out;
	uint32_t others; /* facts of namespaces and links */
};

static void on_fact(const struct fact *fact, void *ctx)
{
	struct replay *replay = ctx;
	char ip[IP_TEXT_SIZE];

	if (!fact->address) {
		replay->others++;
		return;
	}
	ip_format(&fact->address->key.ip, ip);
	fprintf(replay->out, "%c %s/%u\n", fact->kind == FACT_IP_ASSIGNED ? '+' : '-', ip,
		fact->address->prefix_len);
}

static FILE *open_or_fail(const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	return file;
}

/* Is `label` one of the words of "ipvlan,netkit"? */
static bool is_lacking(const char *lacks, const char *label)
{
	size_t size = strlen(label);

	for (const char *at = lacks; (at = strstr(at, label)); at += size)
		if ((at == lacks || at[-1] == ',') && (!at[size] || at[size] == ','))
			return true;
	return false;
}

/* "+ 10.9.0.5/24 LABEL" without the label, and without what the kernel could not do. */
static char *read_golden(const char *lacks)
{
	cleanup_fclose FILE *in = open_or_fail(golden_path);
	char line[STREAM_LINE_MAX], *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	while (stream_next_line(in, line)) {
		char *label = strrchr(line, ' ');

		assert_non_null(label);
		*label++ = '\0';
		if (!is_lacking(lacks, label))
			fprintf(out, "%s\n", line);
	}
	fclose(out);
	return text;
}

/* Every event `times` times. The caller frees what is returned. */
static char *replay_stream(const char *path, unsigned int times, struct stream_head *out_head)
{
	cleanup_fclose FILE *in = open_or_fail(path);
	struct replay replay = { 0 };
	char line[STREAM_LINE_MAX], *text;
	struct event event;
	size_t size;

	replay.out = open_memstream(&text, &size);
	assert_non_null(replay.out);
	assert_int_equal(state_new(limits, on_fact, &replay, &replay.state), 0);
	assert_int_equal(stream_next_line(in, line), 1);
	assert_int_equal(stream_parse_head(line, out_head), 0);
	state_set_host(replay.state, out_head->host_inum, false);
	while (stream_next_line(in, line)) {
		if (stream_parse_event(line, &event))
			fail_msg("%s: no event: '%s'", path, line);
		for (unsigned int i = 0; i < times; i++)
			assert_int_equal(state_apply(replay.state, &event), 0);
	}

	/* The story leaves nothing behind. */
	assert_true(replay.others > 0);
	assert_int_equal(inventory_count(state_inventory(replay.state), INVENTORY_ADDRESSES), 0);
	state_free(replay.state);
	fclose(replay.out);
	return text;
}

static void every_recording_tells_the_story(void **state)
{
	glob_t paths;

	(void)state;
	assert_int_equal(glob(stream_paths, 0, NULL, &paths), 0);
	for (size_t i = 0; i < paths.gl_pathc; i++) {
		for (unsigned int times = 1; times <= 2; times++) {
			struct stream_head head;
			cleanup_free char *told = replay_stream(paths.gl_pathv[i], times, &head);
			cleanup_free char *golden = read_golden(head.lacks);

			if (strcmp(told, golden) != 0)
				fail_msg("%s, %u times:\n%s-- instead of --\n%s", paths.gl_pathv[i],
					 times, told, golden);
		}
	}
	globfree(&paths);
}

static void reads_what_it_writes(void **state)
{
	static const char *const lines[] = {
		"none",
		"netns_add time_ns=18446744073709551615 netns_inum=4294967295",
		"addr_add ifindex=2 addr=10.9.0.5/24 addr_flags=128 scope=253 ifname=eth0",
		"addr_del netns_cookie=7 addr=fd00:9::5/128 cpu=65535 seq=4294967295",
		"addr_add addr=0.0.0.0/0",
		"link_add ifname=fifteen_letters_ link_kind=a=b dev=1 peer_inum=2 peer_cookie=3 "
		"from_inum=4 from_cookie=5 source=3",
	};

	(void)state;
	for_each_case(line, lines) {
		cleanup_free char *text = NULL;
		struct event event;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		assert_non_null(out);
		assert_int_equal(stream_parse_event(*line, &event), 0);
		stream_write_event(out, &event);
		fclose(out);
		assert_int_equal(strncmp(text, *line, strlen(*line)), 0);
		assert_string_equal(text + strlen(*line), "\n");
	}
}

static void rejects_what_is_no_line_of_a_stream(void **state)
{
	static const char *const lines[] = {
		"",
		"addr",
		"addr_add ",
		"addr_add ifindex",
		"addr_add ifindex=",
		"addr_add ifindex=-1",
		"addr_add ifindex=2x",
		"addr_add ifindex=4294967296",
		"addr_add cpu=65536",
		"addr_add colour=1",
		"addr_add addr=10.9.0.5",
		"addr_add addr=10.9.0.5/33",
		"addr_add addr=fd00::/129",
		"addr_add addr=10.9.0/24",
		"addr_add ifname=seventeen_letters",
		"stream backend=fentry host_inum=1",
	};
	struct event event = { .ifindex = 7 };
	struct stream_head head = { .host_inum = 7 };

	(void)state;
	for_each_case(line, lines)
		assert_int_equal(stream_parse_event(*line, &event), -EINVAL);
	assert_int_equal(event.ifindex, 7);
	assert_int_equal(stream_parse_head("stream backend=fentry", &head), -EINVAL);
	assert_int_equal(stream_parse_head("netns_add netns_inum=1", &head), -EINVAL);
	assert_int_equal(head.host_inum, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_recording_tells_the_story),
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(rejects_what_is_no_line_of_a_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

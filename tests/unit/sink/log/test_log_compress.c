// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/log/log_member.h"
#include "eventlog_fixture.h"
#include "scratch.h"
#include "sink/log/log_compress.h"

enum { SEQ = 7 };

static const char plain[] = "file.00000000000000000007";
static const char whole[] = "file.00000000000000000007.gz";
static const char part[] = "file.00000000000000000007.gz.tmp";

static void put_plain(const char *text, size_t size)
{
	FILE *file = fopen(log_path(plain), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	fclose(file);
}

static bool is_there(const char *name)
{
	struct stat status;

	return !stat(log_path(name), &status);
}

/* As many steps as it takes. */
static int compress_all(unsigned int *out_steps)
{
	cleanup_log_compress struct log_compress *compress = NULL;
	int result;

	*out_steps = 0;
	result = log_compress_open(scratch_path, SEQ, &compress);
	if (result)
		return result;
	assert_int_equal(log_compress_seq(compress), SEQ);
	for (; !result; ++*out_steps) {
		assert_true(is_there(plain));
		assert_false(is_there(whole));
		assert_true(is_there(part));
		result = log_compress_step(compress);
	}
	return result;
}

static char *gunzipped(void)
{
	char command[PATH_MAX + 128];

	snprintf(command, sizeof(command), "gzip -dc %s", log_path(whole));
	return log_output(command);
}

/* The headers, hopped over as a reader does. Returns their number. */
static size_t read_members(struct log_member *out, size_t max)
{
	FILE *file = fopen(log_path(whole), "r");
	uint8_t header[LOG_MEMBER_HEADER_SIZE];
	size_t count = 0;
	long at = 0;

	assert_non_null(file);
	while (!fseek(file, at, SEEK_SET) && fread(header, sizeof(header), 1, file) == 1) {
		assert_true(count < max);
		assert_int_equal(log_member_parse(header, sizeof(header), &out[count]), 0);
		at += out[count++].size;
	}
	fseek(file, 0, SEEK_END);
	assert_int_equal(ftell(file), at);
	fclose(file);
	return count;
}

static char *many_records(size_t count, size_t *out_size)
{
	char *text = malloc(count * 512);

	*out_size = 0;
	assert_non_null(text);
	for (size_t i = 0; i < count; i++)
		*out_size +=
			log_record(text + *out_size, SEQ + i, LOG_WALL_NS + (int64_t)i * 1000, 400);
	return text;
}

static void makes_a_row_of_members_that_gunzip_reads(void **state)
{
	enum { COUNT = 3000 }; /* 1.2 MB */
	struct log_member members[16];
	cleanup_free char *text = NULL, *got = NULL;
	uint64_t next = SEQ;
	size_t size, count, sum = 0;
	unsigned int steps;
	struct stat status;

	(void)state;
	text = many_records(COUNT, &size);
	put_plain(text, size);
	assert_int_equal(compress_all(&steps), LOG_COMPRESS_DONE);
	assert_false(is_there(plain));
	assert_false(is_there(part));
	assert_int_equal(stat(log_path(whole), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);

	got = gunzipped();
	assert_int_equal(strlen(got), size);
	assert_memory_equal(got, text, size);
	count = read_members(members, array_size(members));
	assert_int_equal(steps, count + 1);
	for (size_t i = 0; i < count; i++) {
		print_message("  member %zu: %u of %u bytes, seq %" PRIu64 " to %" PRIu64 "\n", i,
			      members[i].size, members[i].text_size, members[i].first_seq,
			      members[i].last_seq);
		assert_int_equal(members[i].first_seq, next);
		next = members[i].last_seq + 1;
		assert_true(members[i].first_ns ==
			    LOG_WALL_NS + (int64_t)(members[i].first_seq - SEQ) * 1000);
		assert_true(members[i].last_ns ==
			    LOG_WALL_NS + (int64_t)(members[i].last_seq - SEQ) * 1000);
		assert_int_equal(text[sum + members[i].text_size - 1], '\n');
		assert_true(i + 1 == count || members[i].text_size > LOG_MEMBER_TEXT_MAX - 400);
		sum += members[i].text_size;
	}
	assert_int_equal(next, SEQ + COUNT);
	assert_int_equal(sum, size);
}

static void finds_the_bounds_of_records_that_are_out_of_order(void **state)
{
	static const struct {
		uint64_t seq;
		int64_t delta_ns;
	} records[] = { { 9, 5 }, { 11, -20 }, { 10, 30 }, { 12, 0 } };
	struct log_member member;
	char text[2048];
	size_t size = 0;
	unsigned int steps;

	(void)state;
	for_each_case(record, records) {
		size += log_record(text + size, record->seq, LOG_WALL_NS + record->delta_ns, 0);
		size += (size_t)sprintf(text + size, "no record\n");
	}
	put_plain(text, size);
	assert_int_equal(compress_all(&steps), LOG_COMPRESS_DONE);
	assert_int_equal(read_members(&member, 1), 1);
	assert_int_equal(member.first_seq, 9);
	assert_int_equal(member.last_seq, 12);
	assert_true(member.first_ns == LOG_WALL_NS - 20);
	assert_true(member.last_ns == LOG_WALL_NS + 30);
}

/* Bytes that do not shrink, lines without an end, no line at all. */
static void takes_whatever_is_in_a_file(void **state)
{
	static const struct {
		const char *what;
		size_t size;
		bool is_noise, has_end;
		size_t members;
	} cases[] = {
		{ "nothing", 0, false, false, 0 },
		{ "an empty line", 1, false, true, 1 },
		{ "a torn line", 100, false, false, 1 },
		{ "a line longer than a member", 600000, false, true, 3 },
		{ "noise", 600000, true, true, 3 },
		{ "zeroes", 600000, false, false, 3 },
	};

	(void)state;
	for_each_case(c, cases) {
		cleanup_free char *text = calloc(1, c->size + 1);
		struct log_member members[16];
		char command[PATH_MAX + 256];
		uint32_t noise = 1;
		unsigned int steps;

		print_message("  %s\n", c->what);
		assert_non_null(text);
		for (size_t i = 0; i < c->size && c->is_noise; i++) {
			noise = noise * 1664525 + 1013904223;
			text[i] = (char)((noise >> 24) == '\n' ? 'x' : noise >> 24);
		}
		if (c->has_end)
			text[c->size - 1] = '\n';
		put_plain(text, c->size);
		snprintf(command, sizeof(command), "%s", log_path("copy"));
		assert_int_equal(link(log_path(plain), command), 0);

		assert_int_equal(compress_all(&steps), LOG_COMPRESS_DONE);
		assert_false(is_there(plain));
		assert_int_equal(is_there(whole), c->size > 0);
		if (c->size) {
			assert_int_equal(read_members(members, array_size(members)), c->members);
			snprintf(command, sizeof(command),
				 "cd %s && gzip -dc %s | cmp - copy && rm %s", scratch_directory,
				 whole, whole);
			free(log_output(command));
		}
		assert_int_equal(unlink(log_path("copy")), 0);
	}
}

static void describes_a_member_without_records_by_the_one_before(void **state)
{
	cleanup_free char *text = malloc(400000);
	struct log_member members[4];
	unsigned int steps;
	size_t size;

	(void)state;
	assert_non_null(text);
	size = log_record(text, SEQ, LOG_WALL_NS, 0);
	memset(text + size, 'x', 400000 - size);
	text[200000] = '\n';
	put_plain(text, 400000);
	assert_int_equal(compress_all(&steps), LOG_COMPRESS_DONE);
	assert_int_equal(read_members(members, array_size(members)), 2);
	assert_int_equal(members[1].first_seq, SEQ);
	assert_int_equal(members[1].last_seq, SEQ);
	assert_true(members[1].last_ns == LOG_WALL_NS);
}

static void removes_what_it_did_not_finish(void **state)
{
	struct log_compress *compress = NULL;
	cleanup_free char *text = NULL;
	size_t size;

	(void)state;
	text = many_records(3000, &size);
	put_plain(text, size);
	assert_int_equal(log_compress_open(scratch_path, SEQ, &compress), 0);
	assert_int_equal(log_compress_step(compress), 0);
	assert_true(log_compress_bytes(compress) > 0);
	log_compress_close(compress);
	assert_true(is_there(plain));
	assert_false(is_there(part));
	assert_false(is_there(whole));
}

static void says_what_fails_and_keeps_the_plain_file(void **state)
{
	struct log_compress *compress = NULL;
	unsigned int steps;

	(void)state;
	assert_int_equal(compress_all(&steps), -ENOENT);
	put_plain("x\n", 2);
	assert_int_equal(mkdir(log_path(part), 0700), 0);
	assert_int_equal(compress_all(&steps), -EISDIR);
	assert_int_equal(rmdir(log_path(part)), 0);

	/* Somebody takes the work away. */
	assert_int_equal(log_compress_open(scratch_path, SEQ, &compress), 0);
	assert_int_equal(log_compress_step(compress), 0);
	assert_int_equal(unlink(log_path(part)), 0);
	assert_int_equal(log_compress_step(compress), -ENOENT);
	log_compress_close(compress);
	assert_true(is_there(plain));
}

static void reads_the_last_record_back(void **state)
{
	static const char stopped[] =
		"{\"v\":1,\"seq\":5000,\"ts\":\"2024-02-29T12:35:56.000000000Z\",\"type\":\"agent.stopped\"}\n";
	struct log_end tail = { 0 };
	cleanup_free char *text = NULL;
	unsigned int steps;
	size_t size;

	(void)state;
	text = many_records(3000, &size);
	memcpy(text + size, stopped, sizeof(stopped) - 1);
	put_plain(text, size + sizeof(stopped) - 1);
	assert_int_equal(compress_all(&steps), LOG_COMPRESS_DONE);
	assert_int_equal(log_compress_tail(scratch_path, SEQ, &tail), 0);
	assert_true(tail.found);
	assert_true(tail.stopped);
	assert_int_equal(tail.seq, 5000);
	assert_true(tail.wall_ns == LOG_WALL_NS + 60 * (int64_t)LOG_S);
}

/* seq must not begin anew because a block was lost. */
static void reads_what_is_left_of_a_file_that_is_spoilt(void **state)
{
	static const struct {
		const char *what, *command;
		bool found;
		uint64_t seq; /* 0: that of any member */
	} cases[] = {
		{ "a spoilt text", "printf XXXX | dd of=$gz conv=notrunc bs=1 seek=70", true,
		  SEQ + 9 },
		{ "no trailer", "truncate -s -8 $gz", true, SEQ + 9 },
		{ "half a header", "truncate -s 30 $gz", false, 0 },
		{ "nothing", "truncate -s 0 $gz", false, 0 },
		{ "another's gzip", "echo hello | gzip >$gz", false, 0 },
		{ "a foreign end", "echo hello >>$gz", true, SEQ + 9 },
	};

	(void)state;
	for_each_case(c, cases) {
		struct log_end tail = { .seq = 42 };
		cleanup_free char *text = NULL;
		char command[PATH_MAX + 256];
		unsigned int steps;
		size_t size;

		print_message("  %s\n", c->what);
		text = many_records(10, &size);
		put_plain(text, size);
		assert_int_equal(compress_all(&steps), LOG_COMPRESS_DONE);
		snprintf(command, sizeof(command), "(gz=%s; %s) 2>&1", log_path(whole), c->command);
		free(log_output(command));
		assert_int_equal(log_compress_tail(scratch_path, SEQ, &tail), 0);
		assert_int_equal(tail.found, c->found);
		assert_int_equal(tail.seq, c->seq);
		assert_int_equal(unlink(log_path(whole)), 0);
	}
	assert_int_equal(log_compress_tail(scratch_path, 8, &(struct log_end){ 0 }), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(makes_a_row_of_members_that_gunzip_reads),
		scratch_test(finds_the_bounds_of_records_that_are_out_of_order),
		scratch_test(takes_whatever_is_in_a_file),
		scratch_test(describes_a_member_without_records_by_the_one_before),
		scratch_test(removes_what_it_did_not_finish),
		scratch_test(says_what_fails_and_keeps_the_plain_file),
		scratch_test(reads_the_last_record_back),
		scratch_test(reads_what_is_left_of_a_file_that_is_spoilt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

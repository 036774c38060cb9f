// SPDX-License-Identifier: Apache-2.0
/*
 * Reading the event log. Of lines as an agent writes them, one a millisecond:
 *
 *	log generate PATH MIB plain|rotated
 *
 * Milliseconds to the first line and to the last, and bytes read, of the newest COUNT records
 * or of those of the last SECONDS:
 *
 *	log newest PATH COUNT
 *	log since PATH SECONDS
 *
 * ns that record_parse() and jansson take for a line, and the lines' size:
 *
 *	log parse
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <zlib.h>

#include "core/log/log_line.h"
#include "core/log/log_member.h"
#include "core/log/log_name.h"
#include "core/record/record_parse.h"
#include "lab/lab.h"
#include "source/log/log_reader.h"

enum {
	LINE_SIZE = 4096,
	FILE_MIB = 64, /* of text, in a rotated file */
	ROUNDS = 200,
	LINES_A_ROUND = 1000,
};

#define FIRST_NS (INT64_C(1767322800) * 1000000000)
#define STEP_NS 1000000

/* ---- records ---- */

/* What an address's life is, on a node whose pods come and go. */
static size_t make_line(uint64_t seq, char *out)
{
	static const enum record_type types[] = { RECORD_NETNS_CREATED, RECORD_LINK_MOVED,
						  RECORD_IP_ASSIGNED,	RECORD_CNI_ADD,
						  RECORD_IP_RELEASED,	RECORD_NETNS_FREED };
	struct record record = record_init(types[seq % array_size(types)]);
	uint64_t pod = seq / array_size(types);
	char ip[32], name[64], uid[64], container[80];
	size_t size = 0;

	snprintf(ip, sizeof(ip), "10.%d.%d.%d", (int)(pod >> 16 & 255), (int)(pod >> 8 & 255),
		 (int)(pod & 255));
	snprintf(name, sizeof(name), "web-%08x-%05x", (unsigned int)(pod * 2654435761U),
		 (unsigned int)(pod & 0xfffff));
	snprintf(uid, sizeof(uid), "0d6f3c0e-9f4b-4b7c-8a55-%012" PRIx64, pod * 11400714819323);
	snprintf(container, sizeof(container),
		 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64, pod * 0x9e3779b97f4a7c15,
		 pod * 0xbf58476d1ce4e5b9, pod * 0x94d049bb133111eb, pod);
	record.seq = seq;
	record.wall_ns = FIRST_NS + (int64_t)seq * STEP_NS + (int64_t)(seq * 7919 % STEP_NS);
	record.mono_ns = seq * STEP_NS;
	record.boot_id = "6f1d3f6e-5b1c-4b62-9a3f-0c7f2f7d9a11";
	record.node = "gke-pool-1-abcdef12-x7k2";
	record.netns = 4026532345 + pod % 200;
	record.netns_cookie = pod;
	if (record.type == RECORD_IP_ASSIGNED || record.type == RECORD_IP_RELEASED) {
		record.ip = ip;
		record.prefix_len = 32;
		record.family = "ipv4";
		record.ifname = "eth0";
		record.range = "pod-range";
		record.cidr = "10.0.0.0/8";
		record.used = pod % 110;
		record.usable = 254;
		record.namespace = "shop";
		record.pod = name;
		record.pod_uid = uid;
		record.container_id = container;
		record.identity = "cni-args";
	}
	if (record.type == RECORD_IP_ASSIGNED)
		record.latency_ns = 100000000 + seq % 99999999;
	(void)record_format(&record, out, LINE_SIZE, &size);
	return size;
}

/* ---- files ---- */

static int write_whole(FILE *file, const void *bytes, size_t size)
{
	return fwrite(bytes, 1, size, file) == size ? 0 : -EIO;
}

static int generate_plain(const char *path, uint64_t bytes, uint64_t *seq)
{
	cleanup_fclose FILE *file = fopen(path, "we");
	char line[LINE_SIZE];

	if (!file)
		return -errno;
	for (uint64_t done = 0; done < bytes; (*seq)++) {
		size_t size = make_line(*seq, line);

		if (write_whole(file, line, size))
			return -EIO;
		done += size;
	}
	/* On the disk: only then can it be dropped from memory. */
	return fflush(file) || fsync(fileno(file)) ? -EIO : 0;
}

static void put_u32(uint8_t *at, uint32_t number)
{
	for (size_t i = 0; i < sizeof(number); i++)
		at[i] = (uint8_t)(number >> 8 * i);
}

static int write_member(FILE *file, const char *text, struct log_member *member)
{
	static uint8_t out[LOG_MEMBER_SIZE_MAX];
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)text,
			    .avail_in = member->text_size,
			    .next_out = out + LOG_MEMBER_HEADER_SIZE,
			    .avail_out = sizeof(out) - LOG_MEMBER_HEADER_SIZE };
	int result;

	if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		return -ENOMEM;
	result = deflate(&stream, Z_FINISH);
	deflateEnd(&stream);
	if (result != Z_STREAM_END || stream.avail_out < LOG_MEMBER_TRAILER_SIZE)
		return -ENOSPC;
	put_u32(stream.next_out, (uint32_t)crc32(0, (const Bytef *)text, member->text_size));
	put_u32(stream.next_out + sizeof(uint32_t), member->text_size);
	member->size =
		(uint32_t)(LOG_MEMBER_HEADER_SIZE + stream.total_out + LOG_MEMBER_TRAILER_SIZE);
	log_member_format(member, out);
	return write_whole(file, out, member->size);
}

static int64_t time_of_line(const char *line, size_t size)
{
	struct log_line head;
	int64_t wall_ns = 0;

	if (!log_line_parse(line, size, &head))
		(void)log_line_time(&head, &wall_ns);
	return wall_ns;
}

static int generate_members(const char *path, uint64_t bytes, uint64_t *seq)
{
	static char text[LOG_MEMBER_TEXT_MAX];
	cleanup_fclose FILE *file = fopen(path, "we");
	int err = file ? 0 : -errno;

	for (uint64_t done = 0; done < bytes && !err;) {
		struct log_member member = { .first_seq = *seq };
		size_t size = 0, last = 0;

		while (size + LINE_SIZE <= sizeof(text)) {
			last = make_line((*seq)++, text + size);
			if (!size)
				member.first_ns = time_of_line(text, last);
			size += last;
		}
		member.last_ns = time_of_line(text + size - last, last);
		member.last_seq = *seq - 1;
		member.text_size = (uint32_t)size;
		err = write_member(file, text, &member);
		done += size;
	}
	return err ? err : fflush(file) || fsync(fileno(file)) ? -EIO : 0;
}

static int generate(const char *path, uint64_t mib, bool is_rotated)
{
	uint64_t seq = 1;
	int err = 0;

	for (; is_rotated && mib > FILE_MIB && !err; mib -= FILE_MIB) {
		char name[4096];

		err = log_name_format(path, seq, LOG_GZIP, name, sizeof(name));
		if (!err)
			err = generate_members(name, (uint64_t)FILE_MIB << 20, &seq);
	}
	return err ? err : generate_plain(path, mib << 20, &seq);
}

/* ---- reading ---- */

struct reading {
	uint64_t start_ns, first_ns;
	uint64_t count, max; /* lines; 0: all */
	int64_t since_ns;
};

static int on_line(char *line, size_t size, void *ctx)
{
	struct reading *reading = ctx;

	if (time_of_line(line, size) < reading->since_ns)
		return 0;
	if (!reading->count++)
		reading->first_ns = lab_now_ns();
	return reading->count == reading->max;
}

static int64_t newest_ns;

static int on_newest(char *line, size_t size, void *ctx)
{
	(void)ctx;
	newest_ns = time_of_line(line, size);
	return 1;
}

static int read_log(const char *path, uint64_t newest, uint64_t seconds)
{
	cleanup_log_reader struct log_reader *reader = NULL;
	struct reading reading = { .max = newest, .since_ns = INT64_MIN };
	struct log_reader_stats before = { 0 };
	int err;

	if (seconds) {
		cleanup_log_reader struct log_reader *last = NULL;

		err = log_reader_open(path, &last);
		if (!err)
			err = log_reader_backward(last, on_newest, NULL);
		reading.since_ns = newest_ns - (int64_t)seconds * 1000000000;
	}
	reading.start_ns = lab_now_ns();
	err = log_reader_open(path, &reader);
	if (err)
		return lab_err(err, "cannot open '%s'", path);
	err = seconds ? log_reader_since(reader, reading.since_ns, INT64_MAX, on_line, &reading)
		      : log_reader_backward(reader, on_line, &reading);
	if (err < 0 || !reading.count)
		return lab_err(err, "cannot read '%s'", path);
	before = log_reader_stats(reader);
	printf("%.3f %.3f %" PRIu64 " %" PRIu64 "\n",
	       (double)(reading.first_ns - reading.start_ns) / 1e6,
	       (double)(lab_now_ns() - reading.start_ns) / 1e6, before.bytes_read, reading.count);
	return 0;
}

/* ---- parsing ---- */

static double parse_ns(const char *line, size_t size, bool is_jansson)
{
	char copy[LINE_SIZE];
	struct record record;
	uint64_t start_ns = lab_now_ns();

	for (size_t i = 0; i < LINES_A_ROUND; i++) {
		if (is_jansson) {
			json_decref(json_loadb(line, size, 0, NULL));
		} else {
			memcpy(copy, line, size);
			if (record_parse(copy, size, &record))
				return 0;
		}
	}
	return (double)(lab_now_ns() - start_ns) / LINES_A_ROUND;
}

/* The quickest round of many: what else runs here only makes it slower. */
static int parse(void)
{
	char line[LINE_SIZE];
	size_t size = make_line(2 + 6 * 12345, line);
	double ours = 1e9, jansson = 1e9;

	for (size_t i = 0; i < ROUNDS; i++) {
		double ns = parse_ns(line, size, false);

		ours = ns < ours ? ns : ours;
		ns = parse_ns(line, size, true);
		jansson = ns < jansson ? ns : jansson;
	}
	printf("%.0f %.0f %zu\n", ours, jansson, size);
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t number;

	if (argc == 2 && !strcmp(argv[1], "parse"))
		return parse();
	if (argc >= 4 && !lab_number_parse(argv[3], UINT32_MAX, &number) && number) {
		if (argc == 5 && !strcmp(argv[1], "generate"))
			return generate(argv[2], number, !strcmp(argv[4], "rotated")) ? EXIT_FAILURE
										      : 0;
		if (argc == 4 && !strcmp(argv[1], "newest"))
			return read_log(argv[2], number, 0) ? EXIT_FAILURE : 0;
		if (argc == 4 && !strcmp(argv[1], "since"))
			return read_log(argv[2], 0, number) ? EXIT_FAILURE : 0;
	}
	fputs("usage: log generate PATH MIB plain|rotated | newest PATH COUNT | since PATH SECONDS"
	      " | parse\n",
	      stderr);
	return 2;
}

// SPDX-License-Identifier: Apache-2.0
#include "source/log/log_members.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "core/log/log_member.h"

enum {
	GZIP_WINDOW = 31, /* of inflateInit2(): 15 bits, and a gzip header */
	SCAN_SIZE = 16 * 1024,
	OFFSETS_MAX = 65536, /* of members that are known on the way back: some 16 GiB of text */
	MAGIC = 0x1f,
};

_Static_assert(SCAN_SIZE + 0 <= LOG_MEMBER_SIZE_MAX + 0, "the buffer of a member is scanned in");

struct log_members {
	const struct log_input *input;
	int64_t since_ns, until_ns;
	uint64_t offset; /* of the next member */
	uint64_t before; /* the members of `offsets` that are left end here */
	uint64_t *offsets; /* a ring, of the last ones before `before`; NULL: not on the way back */
	size_t first, count;
	z_stream inflate;
	uint8_t packed[LOG_MEMBER_SIZE_MAX];
};

/* -ENODATA: the file ends there; -EINVAL: no header. */
static int read_header(const struct log_members *members, uint64_t offset, struct log_member *out)
{
	uint8_t header[LOG_MEMBER_HEADER_SIZE];
	size_t got;
	int err = log_input_read_at(members->input, header, sizeof(header), offset, &got);

	if (err)
		return err;
	if (!got)
		return -ENODATA;
	return log_member_parse(header, got, out) ? -EINVAL : 0;
}

/* The next place from *offset on, but before `end`, where a header stands. -ENODATA: none. */
static int scan(struct log_members *members, uint64_t *offset, uint64_t end, struct log_member *out)
{
	while (*offset < end) {
		const uint8_t *at = members->packed, *last;
		size_t got;
		int err = log_input_read_at(members->input, members->packed, SCAN_SIZE, *offset,
					    &got);

		if (err)
			return err;
		last = at + got;
		while ((at = memchr(at, MAGIC, (size_t)(last - at)))) {
			if (!log_member_parse(at, (size_t)(last - at), out)) {
				*offset += (uint64_t)(at - members->packed);
				return *offset < end ? 0 : -ENODATA;
			}
			at++;
		}
		if (got < SCAN_SIZE)
			return -ENODATA;
		*offset += SCAN_SIZE - LOG_MEMBER_HEADER_SIZE;
	}
	return -ENODATA;
}

/* The member at *offset, or else the next one. -ENODATA: there is none. */
static int find_member(struct log_members *members, uint64_t *offset, struct log_member *out)
{
	int err = read_header(members, *offset, out);

	if (err != -EINVAL)
		return err;
	members->input->counts->damaged++;
	return scan(members, offset, UINT64_MAX, out);
}

static int inflate_member(struct log_members *members, size_t size, char *to, size_t text_size)
{
	z_stream *inflate_ = &members->inflate;
	int result;

	inflateReset(inflate_);
	inflate_->next_in = members->packed;
	inflate_->avail_in = (uInt)size;
	inflate_->next_out = (Bytef *)to;
	inflate_->avail_out = (uInt)text_size;
	result = inflate(inflate_, Z_FINISH);
	if (result == Z_MEM_ERROR)
		return -ENOMEM;
	return result == Z_STREAM_END && !inflate_->avail_in && !inflate_->avail_out ? 0 : -EBADMSG;
}

/* -EBADMSG: it is damaged. */
static int read_text(struct log_members *members, uint64_t offset, const struct log_member *member,
		     char *to)
{
	size_t got;
	int err = log_input_read_at(members->input, members->packed, member->size, offset, &got);

	if (err)
		return err;
	if (got < member->size)
		return -EBADMSG;
	return inflate_member(members, got, to, member->text_size);
}

int log_members_open(const struct log_input *input, struct log_members **out)
{
	cleanup_log_members struct log_members *members = calloc(1, sizeof(*members));
	struct log_member first;
	int err;

	if (!members)
		return -ENOMEM;
	members->input = input;
	members->since_ns = INT64_MIN;
	members->until_ns = INT64_MAX;
	if (inflateInit2(&members->inflate, GZIP_WINDOW) != Z_OK)
		return -ENOMEM;
	err = read_header(members, 0, &first);
	if (err)
		return err == -ENODATA ? -EINVAL : err;
	*out = take_ptr(members);
	return 0;
}

void log_members_close(struct log_members *members)
{
	if (!members)
		return;
	inflateEnd(&members->inflate);
	free(members->offsets);
	free(members);
}

/* Where nothing before is as young as since_ns. A header a page would be a read a page of the disk:
 * halving needs fewer. */
static int bisect(struct log_members *members, uint64_t size, uint64_t *out)
{
	int64_t older_ns = members->since_ns - LOG_SLACK_NS;
	uint64_t low = 0, high = size;
	struct log_member member;

	if (members->since_ns < INT64_MIN + LOG_SLACK_NS)
		older_ns = INT64_MIN;
	while (high - low > SCAN_SIZE) {
		uint64_t middle = low + (high - low) / 2, offset = middle;
		int err = scan(members, &offset, high, &member);

		if (err && err != -ENODATA)
			return err;
		if (!err && member.last_ns < older_ns)
			low = offset;
		else
			high = middle;
	}
	*out = low;
	return 0;
}

int log_members_seek(struct log_members *members, int64_t since_ns, int64_t until_ns)
{
	uint64_t size, offset = 0;
	int err = log_input_size(members->input, &size);

	members->since_ns = since_ns;
	members->until_ns = until_ns;
	if (!err && since_ns > INT64_MIN)
		err = bisect(members, size, &offset);
	if (err)
		return err;
	members->offset = offset;
	return 0;
}

/* Behind one whose text is no good its size may be no good, either. */
static int skip_damaged(struct log_members *members, uint64_t offset, uint64_t next)
{
	struct log_member member;
	int err = read_header(members, next, &member);

	members->input->counts->damaged++;
	if (err == -EINVAL) {
		next = offset + LOG_MEMBER_HEADER_SIZE;
		err = scan(members, &next, UINT64_MAX, &member);
	}
	/* -ENODATA: at the end, or past it. */
	members->offset = next;
	return err;
}

int log_members_read(struct log_members *members, char *to, size_t *out_size)
{
	struct log_member member;
	int err;

	while (!(err = find_member(members, &members->offset, &member))) {
		uint64_t offset = members->offset;

		members->offset += member.size;
		if (member.last_ns < members->since_ns || member.first_ns > members->until_ns)
			continue;
		err = read_text(members, offset, &member, to);
		if (!err) {
			*out_size = member.text_size;
			return 0;
		}
		if (err == -EBADMSG)
			err = skip_damaged(members, offset, offset + member.size);
		if (err)
			break;
	}
	if (err != -ENODATA)
		return err;
	*out_size = 0;
	return 0;
}

/* Where the last members before `before` begin. */
static int load_offsets(struct log_members *members)
{
	uint64_t offset = 0;
	struct log_member member;
	int err;

	if (!members->offsets)
		members->offsets = malloc(OFFSETS_MAX * sizeof(*members->offsets));
	if (!members->offsets)
		return -ENOMEM;
	members->first = members->count = 0;
	while (!(err = find_member(members, &offset, &member)) && offset < members->before) {
		members->offsets[(members->first + members->count) % OFFSETS_MAX] = offset;
		if (members->count < OFFSETS_MAX)
			members->count++;
		else
			members->first = (members->first + 1) % OFFSETS_MAX;
		offset += member.size;
	}
	members->offset = offset;
	return err == -ENODATA ? 0 : err;
}

int log_members_seek_end(struct log_members *members)
{
	members->before = UINT64_MAX;
	return load_offsets(members);
}

int log_members_read_before(struct log_members *members, char *end, size_t *out_size)
{
	struct log_member member;
	int err;

	for (;;) {
		if (!members->count && members->before) {
			err = load_offsets(members);
			if (err)
				return err;
		}
		if (!members->count)
			break;
		members->count--;
		members->before = members->offsets[(members->first + members->count) % OFFSETS_MAX];
		err = read_header(members, members->before, &member);
		if (!err)
			err = read_text(members, members->before, &member, end - member.text_size);
		if (!err) {
			*out_size = member.text_size;
			return 0;
		}
		if (err != -EBADMSG && err != -EINVAL && err != -ENODATA)
			return err;
		members->input->counts->damaged++;
	}
	*out_size = 0;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "sink/log/log_store.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/log_member.h"
#include "log.h"
#include "sink/log/log_compress.h"
#include "sink/log/log_output.h"
#include "sink/log/log_rotation.h"

#define NS_PER_S 1000000000ULL
#define STEP_NS (NS_PER_S / 50) /* from one member to the next: the loop has other things to do */
#define COMPRESS_RETRY_NS (60 * NS_PER_S)
#define REMOVE_RETRY_NS NS_PER_S

struct log_store {
	char *path;
	uint64_t total_size;
	uint64_t live; /* bytes of the live file, as last told */
	struct log_rotation *rotation;
	struct log_compress *compress; /* NULL: none is being compressed */
	uint64_t last_seq; /* of the file tried last: one that fails keeps no other waiting */
	uint64_t due_ns, remove_retry_ns;
	uint64_t compress_errors, remove_errors;
};

static bool has_plain(const struct log_store *store)
{
	uint64_t seq;

	return log_rotation_next_plain(store->rotation, 0, &seq);
}

int log_store_open(const char *path, uint64_t total_size, struct log_store **out)
{
	cleanup_log_store struct log_store *store = calloc(1, sizeof(*store));
	int err;

	if (!store)
		return -ENOMEM;
	store->total_size = total_size;
	store->path = strdup(path);
	if (!store->path)
		return -ENOMEM;
	err = log_rotation_open(path, &store->rotation);
	if (err)
		return err;
	store->due_ns = has_plain(store); /* at once */

	*out = take_ptr(store);
	return 0;
}

void log_store_close(struct log_store *store)
{
	if (!store)
		return;
	log_compress_close(store->compress);
	log_rotation_close(store->rotation);
	free(store->path);
	free(store);
}

int log_store_tail(const struct log_store *store, struct log_end *out)
{
	char name[PATH_MAX];
	enum log_kind kind;
	uint64_t seq;
	int err;

	if (!log_rotation_newest(store->rotation, &seq, &kind))
		return 0;
	if (kind == LOG_GZIP)
		return log_compress_tail(store->path, seq, out);
	err = log_name_format(store->path, seq, LOG_PLAIN, name, sizeof(name));
	return err ? err : log_output_peek(name, out);
}

int log_store_retire(struct log_store *store, uint64_t first_seq, uint64_t now_ns)
{
	int err = log_rotation_retire(store->rotation, first_seq);

	if (err)
		return err;
	store->live = 0;
	if (!store->due_ns)
		store->due_ns = now_ns + STEP_NS;
	return 0;
}

/* ---- bounds ---- */

static uint64_t old_bytes(const struct log_store *store)
{
	return log_rotation_bytes(store->rotation) +
	       (store->compress ? log_compress_bytes(store->compress) : 0);
}

static void stop_compressing(struct log_store *store)
{
	log_compress_close(store->compress);
	store->compress = NULL;
}

static void make_room(struct log_store *store, uint64_t wanted, uint64_t now_ns)
{
	while (old_bytes(store) + wanted > store->total_size ||
	       log_rotation_count(store->rotation) > LOG_OLD_FILES_MAX) {
		uint64_t seq;
		int err;

		if (store->remove_retry_ns > now_ns)
			return;
		err = log_rotation_drop_oldest(store->rotation, &seq);
		if (err == -ENOENT)
			return;
		if (err) {
			log_warn("cannot remove the oldest of '%s': %s, ignoring", store->path,
				 strerror(-err));
			store->remove_errors++;
			store->remove_retry_ns = now_ns + REMOVE_RETRY_NS;
			return;
		}
		if (store->compress && log_compress_seq(store->compress) == seq)
			stop_compressing(store);
	}
}

void log_store_make_room(struct log_store *store, uint64_t live, uint64_t now_ns)
{
	store->live = live;
	make_room(store, live, now_ns);
}

/* ---- compression ---- */

uint64_t log_store_due(const struct log_store *store)
{
	return store->due_ns;
}

/* Begins with the next one if there is one. 0 or -errno. */
static int begin(struct log_store *store)
{
	uint64_t seq;

	if (store->compress || !log_rotation_next_plain(store->rotation, store->last_seq, &seq))
		return 0;
	store->last_seq = seq;
	return log_compress_open(store->path, seq, &store->compress);
}

static int go_on(struct log_store *store, uint64_t now_ns)
{
	int result = begin(store);

	if (result)
		return result;
	make_room(store, store->live + LOG_MEMBER_SIZE_MAX, now_ns);
	if (!store->compress)
		return 0;
	result = log_compress_step(store->compress);
	if (result != LOG_COMPRESS_DONE)
		return result;
	stop_compressing(store);
	return log_rotation_look(store->rotation);
}

void log_store_work(struct log_store *store, uint64_t now_ns)
{
	uint64_t wait_ns = STEP_NS;
	int err;

	if (!store->due_ns || now_ns < store->due_ns)
		return;
	err = go_on(store, now_ns);
	if (err) {
		stop_compressing(store);
		(void)log_rotation_look(store->rotation); /* somebody may have removed it */
		store->compress_errors++;
		wait_ns = COMPRESS_RETRY_NS;
		log_warn("cannot compress '%s.%020llu': %s, ignoring", store->path,
			 (unsigned long long)store->last_seq, strerror(-err));
	}
	store->due_ns = store->compress || has_plain(store) ? now_ns + wait_ns : 0;
}

struct log_store_stats log_store_stats(const struct log_store *store)
{
	return (struct log_store_stats){ .bytes = old_bytes(store),
					 .files = log_rotation_count(store->rotation),
					 .compress_errors = store->compress_errors,
					 .remove_errors = store->remove_errors };
}

// SPDX-License-Identifier: Apache-2.0
/*
 * The fetcher's calls carry no time: they leave what came in the watch, and the next
 * turn acts on it.
 */
#include "source/kube/kube_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/backoff.h"
#include "core/base/text.h"
#include "log.h"
#include "net/fetch.h"
#include "source/base/file.h"
#include "source/base/json.h"
#include "source/kube/kube_api.h"
#include "source/kube/kube_event.h"

#define NS_PER_S UINT64_C(1000000000)

enum { STATUS_OK = 200, STATUS_NOT_FOUND = 404, STATUS_GONE = 410 };

enum object_state { OBJECT_UNKNOWN, OBJECT_GOOD, OBJECT_BAD, OBJECT_ABSENT };

/* How a request ended. */
struct ending {
	bool is_there; /* and no turn has seen it */
	int err;
	long status;
	char why[FETCH_WHY_SIZE];
};

struct kube_watch {
	struct kube_watch_config config;
	struct kube_api api;
	struct fetch *fetch; /* NULL: none under way */
	bool is_listing; /* it is, or was, a list */
	uint64_t started_ns;
	char version[KUBE_VERSION_SIZE]; /* to go on from; "" asks for a list */
	struct backoff backoff;

	/* Left for the next turn. */
	struct ending ending;
	bool has_news; /* of the object */
	json_t *object; /* NULL: there is none */
	bool has_heard; /* an event came and was understood */

	bool is_settled; /* this watch told of something */
	bool is_expired; /* 410 was the last answer but for a list */
	bool is_failing; /* the last request failed */
	enum object_state state;
	int told_cause; /* why requests fail, as said in the log: a status or -errno; 0 nothing */
	bool is_list_told; /* a list failed for that, too */
	int told_object; /* what is wrong with the object, as said in the log */
	uint64_t errors;
	uint64_t good_ns;
};

static const char *describe(int err)
{
	switch (err) {
	case -EBADMSG:
		return "not JSON";
	case -E2BIG:
		return "too many values in it";
	case -EINVAL:
		return "not as expected";
	case -ENODATA:
		return "nothing usable in it";
	default:
		return file_strerror(err);
	}
}

/* What happened, but for errors. */
static void take_event(struct kube_watch *watch, struct kube_event *event)
{
	if (event->kind == KUBE_EVENT_OBJECT || event->kind == KUBE_EVENT_ABSENT) {
		json_decref(watch->object);
		watch->object = take_ptr(event->object);
		watch->has_news = true;
	}
	text_copy(watch->version, sizeof(watch->version), event->version);
}

static int take_list(struct kube_watch *watch, const char *text, size_t size)
{
	cleanup_kube_event struct kube_event event = { 0 };
	int err = kube_event_read_list(text, size, watch->config.settings->node, &event);

	if (!err)
		take_event(watch, &event);
	return err;
}

static int take_line(struct kube_watch *watch, const char *line, size_t size)
{
	cleanup_kube_event struct kube_event event = { 0 };
	int err = kube_event_read(line, size, watch->config.settings->node, &event);

	if (err)
		return err;
	if (event.kind == KUBE_EVENT_UNKNOWN) {
		watch->errors++;
		return 0;
	}
	if (event.kind == KUBE_EVENT_ERROR) {
		watch->ending.status = event.status;
		return -ECANCELED;
	}
	take_event(watch, &event);
	watch->has_heard = true;
	return 0;
}

static int on_line(char *line, size_t size, void *ctx)
{
	struct kube_watch *watch = ctx;

	while (size && strchr(" \t\r", line[size - 1]) && line[size - 1])
		size--;
	watch->ending.err = size ? take_line(watch, line, size) : 0;
	return watch->ending.err;
}

static void end(struct kube_watch *watch, int err, long status, const char *why)
{
	watch->ending = (struct ending){ .is_there = true, .err = err, .status = status };
	text_copy(watch->ending.why, sizeof(watch->ending.why), why);
}

static void on_done(const struct fetch_answer *answer, void *ctx)
{
	struct kube_watch *watch = ctx;
	int err = watch->ending.err;

	watch->fetch = NULL;
	if (watch->is_listing && !answer->err && answer->status == STATUS_OK)
		err = take_list(watch, answer->body, answer->size);
	if (err == -ECANCELED)
		end(watch, 0, watch->ending.status, "");
	else if (err)
		end(watch, err, answer->status, describe(err));
	else
		end(watch, answer->err, answer->status, answer->why);
}

/* The log has a cause once, until it is another one. */
static void complain(struct kube_watch *watch, int cause, const char *why)
{
	const char *what = watch->is_listing ? "list" : "watch";

	if (cause != watch->told_cause) {
		if (cause == STATUS_NOT_FOUND)
			log_info("Kubernetes has no '%s', it is asked again every %d s at most",
				 watch->config.path, KUBE_BACKOFF_S);
		else if (cause > 0)
			log_warn("cannot %s '%s' of Kubernetes: HTTP status %d, ignoring", what,
				 watch->config.path, cause);
		else
			log_warn("cannot %s '%s' of Kubernetes: %s, ignoring", what,
				 watch->config.path, why);
		watch->is_list_told = false;
	}
	watch->told_cause = cause;
	watch->is_list_told |= watch->is_listing;
}

static void forgive(struct kube_watch *watch)
{
	if (watch->told_cause)
		log_info("'%s' of Kubernetes can be %s again", watch->config.path,
			 watch->is_listing ? "listed" : "watched");
	watch->told_cause = 0;
}

/* cause: a status, or -errno. */
static void fail(struct kube_watch *watch, int cause, const char *why, uint64_t now_ns)
{
	struct backoff longest = { .most_ns = watch->backoff.most_ns, .failures = UINT32_MAX };

	complain(watch, cause, why);
	watch->is_failing = true;
	watch->version[0] = '\0';
	if (cause == STATUS_NOT_FOUND) {
		/* Such a kind is seldom installed, and nothing is wrong without it. */
		backoff_failed(&longest, now_ns, arc4random());
		watch->backoff.due_ns = longest.due_ns;
		return;
	}
	watch->errors++;
	backoff_failed(&watch->backoff, now_ns, arc4random());
}

/* A watch works: what went before it is over. */
static void settle(struct kube_watch *watch, uint64_t now_ns)
{
	watch->is_settled = true;
	watch->is_expired = false;
	watch->is_failing = false;
	watch->backoff.failures = 0;
	if (watch->state == OBJECT_GOOD)
		watch->good_ns = now_ns;
	forgive(watch);
}

static void conclude_list(struct kube_watch *watch, uint64_t now_ns)
{
	const struct ending *ending = &watch->ending;

	if (ending->err || ending->status != STATUS_OK) {
		fail(watch, ending->err ? ending->err : (int)ending->status, ending->why, now_ns);
		return;
	}
	/* What failed may be the watch alone: its failures still count. */
	watch->is_failing = false;
	watch->backoff.due_ns = now_ns;
	if (watch->is_list_told)
		forgive(watch);
}

static void conclude_watch(struct kube_watch *watch, uint64_t now_ns)
{
	const struct ending *ending = &watch->ending;
	bool is_lasting = watch->is_settled || now_ns - watch->started_ns >= NS_PER_S;

	if (!ending->err && ending->status == STATUS_GONE && !watch->is_expired) {
		watch->is_expired = true;
		watch->version[0] = '\0';
		watch->backoff.due_ns = now_ns;
	} else if (ending->status != STATUS_OK) {
		fail(watch, ending->err ? ending->err : (int)ending->status, ending->why, now_ns);
	} else if (ending->err && ending->err != -ECONNRESET) {
		fail(watch, ending->err, ending->why, now_ns);
	} else if (!is_lasting) {
		fail(watch, -ECONNRESET, "it ended at once", now_ns);
	} else {
		/* The server's time is over, or something between us dropped a quiet connection. */
		settle(watch, now_ns);
		watch->backoff.due_ns = watch->started_ns + NS_PER_S;
	}
}

/* Like complain(), of what the object says. */
static void report(struct kube_watch *watch, int result)
{
	const char *path = watch->config.path, *node = watch->config.settings->node;
	bool was_bad = watch->told_object;

	if (result == watch->told_object)
		return;
	watch->told_object = result;
	if (result == -ENOENT)
		log_warn("'%s' of Kubernetes has no '%s', ignoring", path, node);
	else if (result < 0)
		log_warn("cannot use '%s' in '%s' of Kubernetes: %s, ignoring", node, path,
			 describe(result));
	else if (result > 0)
		log_warn("%d values of '%s' in '%s' of Kubernetes are not as expected, ignoring",
			 result, node, path);
	else if (was_bad)
		log_info("'%s' in '%s' of Kubernetes is as expected again", node, path);
}

/* -ENOMEM: to be asked for again. */
static int deliver(struct kube_watch *watch, uint64_t now_ns)
{
	cleanup_json json_t *object = take_ptr(watch->object);
	int result = watch->config.on_object(object, watch->config.ctx);

	watch->has_news = false;
	if (result == -ENOMEM)
		return result;
	if (!object) {
		watch->state = OBJECT_ABSENT;
		report(watch, -ENOENT);
		return 0;
	}
	watch->state = result < 0 ? OBJECT_BAD : OBJECT_GOOD;
	if (result >= 0)
		watch->good_ns = now_ns;
	watch->errors += result < 0 ? 1 : (uint64_t)result;
	report(watch, result);
	return 0;
}

static int request_next(struct kube_watch *watch, const char *authorization)
{
	unsigned int timeout_s = KUBE_WATCH_S + arc4random() % (KUBE_WATCH_SPREAD_S + 1);
	unsigned int wait_s = watch->is_listing ? KUBE_LIST_S : timeout_s + KUBE_GRACE_S;
	cleanup_free char *url = kube_api_url(&watch->api, watch->version, timeout_s);
	struct fetch_request request = {
		.url = url,
		.headers = { "Accept: application/json", authorization },
		.ca_file = watch->api.ca_file,
		.max_bytes = watch->is_listing ? KUBE_LIST_MAX : KUBE_EVENT_MAX,
		.timeout_ns = wait_s * NS_PER_S,
		.on_line = watch->is_listing ? NULL : on_line,
		.on_done = on_done,
		.ctx = watch,
	};

	if (!url)
		return -ENOMEM;
	return fetcher_start(watch->config.fetcher, &request, &watch->fetch);
}

static void start(struct kube_watch *watch, uint64_t now_ns)
{
	cleanup_free char *authorization = NULL;
	char why[FETCH_WHY_SIZE];
	int err;

	watch->is_listing = !watch->version[0];
	watch->is_settled = false;
	watch->started_ns = now_ns;
	watch->ending = (struct ending){ 0 };
	err = kube_api_authorization(&watch->api, &authorization);
	if (err) {
		snprintf(why, sizeof(why), "token in '%s': %s", watch->api.token_file,
			 describe(err));
		fail(watch, err, why, now_ns);
		return;
	}
	err = request_next(watch, authorization);
	if (err)
		fail(watch, err, describe(err), now_ns);
}

/* What came since the last turn. */
static void catch_up(struct kube_watch *watch, uint64_t now_ns)
{
	bool has_heard = take(watch->has_heard, false);
	bool has_ended = take(watch->ending.is_there, false);

	if (watch->has_news && deliver(watch, now_ns)) {
		fetch_cancel(take_ptr(watch->fetch));
		fail(watch, -ENOMEM, describe(-ENOMEM), now_ns);
		return;
	}
	if (has_heard)
		settle(watch, now_ns);
	if (has_ended && watch->is_listing)
		conclude_list(watch, now_ns);
	else if (has_ended)
		conclude_watch(watch, now_ns);
}

uint64_t kube_watch_turn(struct kube_watch *watch, uint64_t now_ns)
{
	catch_up(watch, now_ns);
	if (!watch->fetch && now_ns >= watch->backoff.due_ns)
		start(watch, now_ns);
	return watch->fetch ? SUPPLIER_NEVER : watch->backoff.due_ns;
}

struct supplier_status kube_watch_status(const struct kube_watch *watch)
{
	return (struct supplier_status){
		.is_up = watch->state == OBJECT_GOOD && !watch->is_failing,
		.errors = watch->errors,
		.good_ns = watch->good_ns,
	};
}

int kube_watch_open(const struct kube_watch_config *config, struct kube_watch **out)
{
	struct kube_watch *watch;
	struct kube_api api;
	int err;

	if (!config->fetcher)
		return 1;
	err = kube_api_init(config->settings, config->path, &api);
	if (err)
		return err;
	watch = calloc(1, sizeof(*watch));
	if (!watch) {
		kube_api_clear(&api);
		return log_err(-ENOMEM, "cannot watch '%s' of Kubernetes", config->path);
	}

	watch->config = *config;
	watch->api = api;
	watch->backoff.most_ns = KUBE_BACKOFF_S * NS_PER_S;
	*out = watch;
	return 0;
}

void kube_watch_close(struct kube_watch *watch)
{
	if (!watch)
		return;
	fetch_cancel(watch->fetch);
	json_decref(watch->object);
	kube_api_clear(&watch->api);
	free(watch);
}

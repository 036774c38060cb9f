// SPDX-License-Identifier: Apache-2.0
/*
 * answer: a web server of files, for tests of what asks APIs and metadata services.
 *
 *	answer [--tls] [--ca-file FILE] [--socket PATH] [--port-file FILE] DIR
 *
 * Whatever the method, /a/b is answered with DIR/a/b, a directory with its file
 * `index`, what is not there with 404. With TLS the authority to trust is copied to
 * --ca-file. Each request is a line "METHOD URL" on stdout. Ends on SIGTERM.
 *
 * DIR/a/b.how, read at each request, says how to answer, a word a line: see `words`.
 * With the query watch=1 or watch=true the lines of DIR/a/b.watch are answered, and then those
 * that are added to it, until b.how says `end` or `cut`.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "source/base/file.h"
#include "web.h"

enum {
	FILE_MAX = 16 << 20,
	HUGE = 64 << 20,
	DROP_SIZE = 16, /* bytes of a piece with `drip` */
	REQUIRED_MAX = 4,
};

/* Texts that an answer points to: each once, until the program ends. */
struct kept {
	struct kept *next;
	char *text;
	const char *whole[2];
	const char **drops; /* the same in pieces */
};

struct answerer {
	const char *dir;
	pthread_mutex_t lock;
	struct kept *kept;
};

struct how {
	struct answerer *answerer;
	struct web_answer answer;
	size_t headers;
	const char *required[REQUIRED_MAX]; /* "Name: value" */
	size_t required_count;
	bool is_end; /* of a watch */
};

static void *must(void *memory)
{
	if (!memory) {
		fputs("answer: no memory\n", stderr);
		abort();
	}
	return memory;
}

static const char **cut_in_drops(const char *text)
{
	size_t count = strlen(text) / DROP_SIZE + 1;
	const char **drops = must(calloc(count + 1, sizeof(*drops)));

	for (size_t i = 0; i < count; i++)
		drops[i] = must(strndup(text + i * DROP_SIZE, DROP_SIZE));
	return drops;
}

static const struct kept *keep(struct answerer *answerer, const char *text)
{
	struct kept *kept;

	pthread_mutex_lock(&answerer->lock);
	kept = answerer->kept;
	while (kept && strcmp(kept->text, text) != 0)
		kept = kept->next;
	if (!kept) {
		kept = must(calloc(1, sizeof(*kept)));
		kept->text = must(strdup(text));
		kept->whole[0] = kept->text;
		kept->drops = cut_in_drops(text);
		kept->next = answerer->kept;
		answerer->kept = kept;
	}
	pthread_mutex_unlock(&answerer->lock);
	return kept;
}

/* Each sets what lies at `offset` of *how. */
static void set_number(struct how *how, size_t offset, const char *value)
{
	*(unsigned int *)((char *)how + offset) = (unsigned int)strtoul(value, NULL, 10);
}

static void set_forever(struct how *how, size_t offset, const char *value)
{
	(void)value;
	*(unsigned int *)((char *)how + offset) = INT_MAX;
}

static void set_huge(struct how *how, size_t offset, const char *value)
{
	(void)value;
	*(uint64_t *)((char *)how + offset) = HUGE;
}

static void set_flag(struct how *how, size_t offset, const char *value)
{
	(void)value;
	*(bool *)((char *)how + offset) = true;
}

static void add_header(struct how *how, size_t offset, const char *value)
{
	(void)offset;
	if (how->headers < WEB_HEADERS_MAX)
		how->answer.headers[how->headers++] = keep(how->answerer, value)->text;
}

static void redirect(struct how *how, size_t offset, const char *value)
{
	char header[1024];

	snprintf(header, sizeof(header), "Location: %s", value);
	how->answer.status = 302;
	add_header(how, offset, header);
}

static void require(struct how *how, size_t offset, const char *value)
{
	(void)offset;
	if (how->required_count < REQUIRED_MAX)
		how->required[how->required_count++] = keep(how->answerer, value)->text;
}

#define PLACE(member) offsetof(struct how, member)
static const struct {
	const char *word;
	void (*set)(struct how *how, size_t offset, const char *value);
	size_t offset;
} words[] = {
	{ "status", set_number, PLACE(answer.status) }, /* 503 */
	{ "redirect", redirect, 0 }, /* URL */
	{ "slow", set_number, PLACE(answer.delay_ms) }, /* ms before the answer */
	{ "hang", set_forever, PLACE(answer.delay_ms) }, /* no answer */
	{ "drip", set_number, PLACE(answer.piece_ms) }, /* ms between each 16 bytes */
	{ "huge", set_huge, PLACE(answer.fill) }, /* 64 MiB of blanks behind it */
	{ "cut", set_flag, PLACE(answer.is_cut) }, /* the connection breaks before the end */
	{ "end", set_flag, PLACE(is_end) }, /* of a watch */
	{ "header", add_header, 0 }, /* Name: value */
	{ "require", require, 0 }, /* Name: value; else 401 without it, 403 with another */
};
#undef PLACE

static void apply(struct how *how, char *line)
{
	char *value = line + strcspn(line, " ");

	if (*value)
		*value++ = '\0';
	for (size_t i = 0; i < array_size(words); i++) {
		if (!strcmp(words[i].word, line)) {
			words[i].set(how, words[i].offset, value);
			return;
		}
	}
	fprintf(stderr, "answer: no such word: '%s'\n", line);
}

static struct how read_how(struct answerer *answerer, const char *path)
{
	struct how how = { .answerer = answerer };
	cleanup_free char *text = NULL;
	char name[PATH_MAX + 8], *rest = NULL;
	size_t size;

	snprintf(name, sizeof(name), "%s.how", path);
	if (file_read(name, FILE_MAX, &text, &size))
		return how;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		apply(&how, line);
	return how;
}

/* 0, or the status that tells what is missing. */
static unsigned int check(const struct how *how, const struct web_request *request)
{
	for (size_t i = 0; i < how->required_count; i++) {
		cleanup_free char *name = must(strdup(how->required[i]));
		char *wanted = strstr(name, ": ");
		const char *value;

		if (!wanted)
			continue;
		*wanted = '\0';
		value = request->header(request, name);
		if (!value)
			return 401;
		if (strcmp(value, wanted + 2) != 0)
			return 403;
	}
	return 0;
}

struct tail {
	struct answerer *answerer;
	char path[PATH_MAX];
	int fd; /* -1: not there yet */
};

static ssize_t read_tail(char *out, size_t size, void *ctx)
{
	struct tail *tail = ctx;
	char name[PATH_MAX + 8];
	ssize_t count;
	struct how how;

	snprintf(name, sizeof(name), "%s.watch", tail->path);
	if (tail->fd < 0)
		tail->fd = open(name, O_RDONLY | O_CLOEXEC);
	count = tail->fd < 0 ? 0 : read(tail->fd, out, size);
	if (count > 0)
		return count;
	how = read_how(tail->answerer, tail->path);
	return how.answer.is_cut ? -2 : how.is_end ? -1 : 0;
}

static void free_tail(void *ctx)
{
	struct tail *tail = ctx;

	close_fd(tail->fd);
	free(tail);
}

static void watch(struct answerer *answerer, const char *path, struct web_answer *out)
{
	struct tail *tail = must(calloc(1, sizeof(*tail)));

	*tail = (struct tail){ .answerer = answerer, .fd = -1 };
	snprintf(tail->path, sizeof(tail->path), "%s", path);
	out->more = read_tail;
	out->more_free = free_tail;
	out->more_ctx = tail;
}

/* Never out of DIR. */
static void find(const struct answerer *answerer, const char *url, char path[static PATH_MAX])
{
	int length = (int)strcspn(url, "?");
	struct stat st;

	snprintf(path, PATH_MAX, "%s%.*s", answerer->dir, length, url);
	if (strstr(path + strlen(answerer->dir), ".."))
		snprintf(path, PATH_MAX, "%s/.", answerer->dir);
	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		strncat(path, "/index", PATH_MAX - strlen(path) - 1);
}

static bool is_watch(const char *url)
{
	const char *query = strchr(url, '?');
	const char *at = query ? strstr(query, "watch=") : NULL;

	return at && strchr("?&", at[-1]) &&
	       (!strncmp(at, "watch=1", 7) || !strncmp(at, "watch=true", 10));
}

static void answer(const struct web_request *request, struct web_answer *out, void *ctx)
{
	struct answerer *answerer = ctx;
	cleanup_free char *text = NULL;
	char path[PATH_MAX];
	unsigned int refusal;
	const struct kept *kept;
	struct how how;
	size_t size;

	printf("%s %s\n", request->method, request->url);
	find(answerer, request->url, path);
	how = read_how(answerer, path);
	*out = how.answer;
	refusal = check(&how, request);
	if (refusal) {
		out->status = refusal;
	} else if (is_watch(request->url) && !how.answer.status) {
		watch(answerer, path, out);
	} else if (!file_read(path, FILE_MAX, &text, &size)) {
		kept = keep(answerer, text);
		out->pieces = how.answer.piece_ms ? kept->drops : kept->whole;
	} else if (!out->status) {
		out->status = 404;
	}
}

static void free_kept(struct kept *kept)
{
	while (kept) {
		struct kept *next = kept->next;

		for (size_t i = 0; kept->drops[i]; i++)
			free((void *)kept->drops[i]);
		free(kept->drops);
		free(kept->text);
		free(kept);
		kept = next;
	}
}

/* At once, so that who waits for the file does not read half of it. */
static int write_file(const char *path, const char *text)
{
	char new_path[PATH_MAX];
	cleanup_fclose FILE *file = NULL;

	snprintf(new_path, sizeof(new_path), "%s.new", path);
	file = fopen(new_path, "we");
	if (!file || fputs(text, file) < 0 || fflush(file))
		return -errno;
	return rename(new_path, path) < 0 ? -errno : 0;
}

static int copy_authority(const char *path)
{
	cleanup_free char *text = NULL;
	size_t size;
	int err;

	err = file_read(web_ca_file(), FILE_MAX, &text, &size);
	return err ? err : write_file(path, text);
}

static int run(const struct web_config *config, const char *port_path, const char *ca_path)
{
	cleanup_web struct web *web = NULL;
	sigset_t ends;
	int signal, err = 0;

	/* Before there are threads: they all inherit it. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	web = web_open(config);
	if (*ca_path)
		err = copy_authority(ca_path);
	if (!err && *port_path)
		err = write_file(port_path, strrchr(web_url(web), ':') + 1);
	if (!err)
		sigwait(&ends, &signal);
	return err;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "tls", no_argument, NULL, 't' },
		{ "ca-file", required_argument, NULL, 'c' },
		{ "socket", required_argument, NULL, 's' },
		{ "port-file", required_argument, NULL, 'p' },
		{ 0 },
	};
	struct answerer answerer = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct web_config config = { .answer = answer, .ctx = &answerer };
	const char *port_path = "", *ca_path = "";
	int option, err;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 't')
			config.has_tls = true;
		else if (option == 'c')
			ca_path = optarg;
		else if (option == 's')
			config.socket_path = optarg;
		else if (option == 'p')
			port_path = optarg;
		else
			optind = argc + 1;
	}
	if (optind != argc - 1) {
		fputs("usage: answer [--tls] [--ca-file FILE] [--socket PATH] [--port-file FILE] DIR\n",
		      stderr);
		return 2;
	}
	answerer.dir = argv[optind];
	err = run(&config, port_path, ca_path);
	if (err)
		fprintf(stderr, "answer: %s\n", strerror(-err));
	free_kept(answerer.kept);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

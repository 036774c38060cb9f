// SPDX-License-Identifier: Apache-2.0
/*
 * Two hash tables: calls by what makes them one (container, interface, command),
 * processes by pid. A value that was cut may be equal in two calls and differ in
 * what is missing; a call without a whole key is therefore its process's alone.
 */
#define HASH_NONFATAL_OOM 1
#include "core/pod/calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <uthash.h>
#include <utlist.h>

#include "core/base/text.h"

/* uthash reports a failed allocation by this macro; every HASH_ADD below has a local `oom`. */
/* NOLINTBEGIN(clang-analyzer-core.*): it takes uthash's and utlist's rings for broken ones. */

#undef uthash_nonfatal_oom
#define uthash_nonfatal_oom(element) (oom = true)

struct key {
	char container_id[CALL_CONTAINER_ID_SIZE];
	char ifname[CALL_IFNAME_SIZE];
	char command[CALL_COMMAND_SIZE];
	uint32_t pid; /* of a call that nothing else tells from others, else 0 */
};

_Static_assert(sizeof(struct key) == 116, "keys are compared as bytes: no padding");

struct process {
	uint32_t pid;
	struct running *running;
	struct process *prev, *next; /* of the call */
	UT_hash_handle hh;
};

struct running {
	struct key key;
	struct call call;
	uint32_t pid; /* of the outermost process: its end is the call's */
	uint64_t out; /* its stdout; 0 not known */
	struct process *processes;
	UT_hash_handle hh;
};

struct calls {
	struct running *running; /* go on with ->hh.next */
	struct process *processes;
	struct running *ended; /* lent out by calls_exit() */
	struct calls_stats stats;
};

static const char *const command_names[] = {
	[CALL_ADD] = "ADD",	    [CALL_DEL] = "DEL",	      [CALL_CHECK] = "CHECK",
	[CALL_VERSION] = "VERSION", [CALL_STATUS] = "STATUS", [CALL_GC] = "GC",
	[CALL_OTHER] = "other",
};

static const char *const result_names[] = {
	[CALL_SUCCESS] = "success",
	[CALL_ERROR] = "error",
	[CALL_KILLED] = "killed",
};

_Static_assert(array_size(command_names) == CALL_COMMAND_COUNT, "a command lacks its name");
_Static_assert(array_size(result_names) == CALL_RESULT_COUNT, "a result lacks its name");

const char *call_command_name(enum call_command command)
{
	return command < CALL_COMMAND_COUNT ? command_names[command] : NULL;
}

const char *call_result_name(enum call_result result)
{
	return result < CALL_RESULT_COUNT ? result_names[result] : NULL;
}

static enum call_command command_of(const char *text)
{
	for (size_t i = 0; i < CALL_OTHER; i++)
		if (!strcmp(text, command_names[i]))
			return i;
	return CALL_OTHER;
}

#define FIELD(name) offsetof(struct call_exec, name), sizeof(((struct call_exec *)NULL)->name)

static const struct {
	size_t offset, size;
} fields[] = {
	[CALL_COMMAND] = { FIELD(command) }, [CALL_CONTAINER_ID] = { FIELD(container_id) },
	[CALL_NETNS] = { FIELD(netns) },     [CALL_IFNAME] = { FIELD(ifname) },
	[CALL_ARGS] = { FIELD(args) },	     [CALL_PATH] = { FIELD(path) },
	[CALL_FILE] = { FIELD(file) },
};

_Static_assert(array_size(fields) == CALL_FIELD_COUNT, "a field lacks its place");

static bool is_whole(const struct call_exec *exec, enum call_field field)
{
	const char *text = (const char *)exec + fields[field].offset;

	return !(exec->cut & (1U << field)) && memchr(text, '\0', fields[field].size);
}

/* Half a value is a wrong one: "" stands for it. */
static const char *value(const struct call_exec *exec, enum call_field field)
{
	return is_whole(exec, field) ? (const char *)exec + fields[field].offset : "";
}

static struct key key_of(const struct call_exec *exec)
{
	struct key key = { 0 };

	text_copy(key.container_id, sizeof(key.container_id), value(exec, CALL_CONTAINER_ID));
	text_copy(key.ifname, sizeof(key.ifname), value(exec, CALL_IFNAME));
	text_copy(key.command, sizeof(key.command), value(exec, CALL_COMMAND));
	if (!*key.container_id || !is_whole(exec, CALL_IFNAME) || !is_whole(exec, CALL_COMMAND))
		key.pid = exec->pid;
	return key;
}

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

static size_t without_slashes(const char *directory, size_t size)
{
	while (size > 1 && directory[size - 1] == '/')
		size--;
	return size;
}

/* What a plugin runs has the plugin's environment, and is told from it by where it lies. Where that
 * cannot be told, the environment decides. */
static bool is_plugin(const struct call_exec *exec)
{
	const char *file = value(exec, CALL_FILE);
	size_t size = without_slashes(file, (size_t)(base_name(file) - file));

	if (!*file || !(exec->found & (1U << CALL_PATH)) || !is_whole(exec, CALL_PATH))
		return true;
	for (const char *at = exec->path;; at++) {
		size_t length = strcspn(at, ":");

		if (without_slashes(at, length) == size && !memcmp(at, file, size))
			return true;
		at += length;
		if (!*at)
			return false;
	}
}

static void fill(struct call *out, const struct call_exec *exec)
{
	const char *container_id = value(exec, CALL_CONTAINER_ID);
	const char *plugin = base_name(value(exec, CALL_FILE));
	char args[CALL_ARGS_SIZE + 1];

	out->start_ns = exec->time_ns;
	out->command = command_of(value(exec, CALL_COMMAND));
	text_copy(out->plugin, sizeof(out->plugin), *plugin ? plugin : "unknown");
	text_copy(out->ifname, sizeof(out->ifname), value(exec, CALL_IFNAME));
	text_copy(out->netns, sizeof(out->netns), value(exec, CALL_NETNS));

	for (enum call_field field = 0; field < CALL_FIELD_COUNT; field++)
		out->is_cut |= !is_whole(exec, field);
	text_copy(args, sizeof(args), exec->args);
	if (!pod_set_args(&out->pod, args, !is_whole(exec, CALL_ARGS)))
		out->is_cut = true;
	if (*container_id || !is_whole(exec, CALL_CONTAINER_ID))
		text_copy(out->pod.container_id, sizeof(out->pod.container_id), container_id);
}

static struct process *find_process(const struct calls *calls, uint32_t pid)
{
	struct process *process;

	HASH_FIND(hh, calls->processes, &pid, sizeof(pid), process);
	return process;
}

static void remove_process(struct calls *calls, struct process *process)
{
	DL_DELETE(process->running->processes, process);
	HASH_DEL(calls->processes, process);
	free(process);
}

static bool add_process(struct calls *calls, struct running *running, uint32_t pid)
{
	cleanup_free struct process *process = NULL;
	bool oom = false;

	if (HASH_COUNT(calls->processes) >= CALLS_PROCESS_MAX)
		return false;
	process = calloc(1, sizeof(*process));
	if (!process)
		return false;
	process->pid = pid;
	process->running = running;
	HASH_ADD(hh, calls->processes, pid, sizeof(process->pid), process);
	if (oom)
		return false;
	DL_APPEND(running->processes, process);
	take_ptr(process);
	return true;
}

static struct running *find_running(const struct calls *calls, const struct key *key)
{
	struct running *running;

	HASH_FIND(hh, calls->running, key, sizeof(*key), running);
	return running;
}

static void detach(struct calls *calls, struct running *running)
{
	while (running->processes)
		remove_process(calls, running->processes);
	HASH_DEL(calls->running, running);
}

static void forget(struct calls *calls, struct running *running)
{
	detach(calls, running);
	free(running);
	calls->stats.forgotten++;
}

static struct running *begin(struct calls *calls, const struct call_exec *exec,
			     const struct key *key)
{
	cleanup_free struct running *running = NULL;
	bool oom = false;

	if (HASH_COUNT(calls->running) >= CALLS_MAX)
		return NULL;
	running = calloc(1, sizeof(*running));
	if (!running)
		return NULL;
	running->key = *key;
	running->pid = exec->pid;
	running->out = exec->out;
	fill(&running->call, exec);
	HASH_ADD(hh, calls->running, key, sizeof(running->key), running);
	if (oom)
		return NULL;
	if (!add_process(calls, running, exec->pid)) {
		HASH_DEL(calls->running, running);
		return NULL;
	}
	return take_ptr(running);
}

static void end_loan(struct calls *calls)
{
	free(calls->ended);
	calls->ended = NULL;
}

int calls_new(struct calls **out)
{
	struct calls *calls = calloc(1, sizeof(*calls));

	if (!calls)
		return -ENOMEM;
	*out = calls;
	return 0;
}

void calls_free(struct calls *calls)
{
	if (!calls)
		return;
	end_loan(calls);
	while (calls->running)
		forget(calls, calls->running);
	free(calls);
}

const struct call *calls_exec(struct calls *calls, const struct call_exec *exec)
{
	const struct key key = key_of(exec);
	struct process *process;
	struct running *running;

	process = find_process(calls, exec->pid);
	if (process && !memcmp(&process->running->key, &key, sizeof(key)))
		return NULL;
	/* The pid is another process's by now, or its own environment has changed. */
	if (process && process->running->pid == exec->pid)
		forget(calls, process->running);
	else if (process)
		remove_process(calls, process);

	running = find_running(calls, &key);
	if (running) {
		calls->stats.refused += !add_process(calls, running, exec->pid);
		return NULL;
	}
	if (!is_plugin(exec)) {
		calls->stats.strays++;
		return NULL;
	}
	running = begin(calls, exec, &key);
	if (!running) {
		calls->stats.refused++;
		return NULL;
	}
	calls->stats.cut += running->call.is_cut;
	return &running->call;
}

/* Children that inherit stdout speak for the call; one with a pipe of its own to its parent. */
static bool is_heard(const struct running *running, const struct call_output *output)
{
	return running->pid == output->pid || (output->out && output->out == running->out);
}

void calls_output(struct calls *calls, const struct call_output *output)
{
	struct process *process = find_process(calls, output->pid);
	size_t size = output->size, room;
	struct call *call;

	if (!process || !is_heard(process->running, output))
		return;
	call = &process->running->call;
	room = sizeof(call->text) - call->text_size;
	if (size > sizeof(output->text))
		size = sizeof(output->text);
	if (size > room)
		size = room;
	memcpy(call->text + call->text_size, output->text, size);
	call->text_size += size;
	call->is_text_cut |= size < output->size;
}

static void end(struct call *call, const struct call_exit *exit)
{
	int status = (int)exit->status;

	call->duration_ns = exit->time_ns > call->start_ns ? exit->time_ns - call->start_ns : 0;
	if (WIFSIGNALED(status)) {
		call->result = CALL_KILLED;
		call->status = WTERMSIG(status);
		return;
	}
	call->status = WIFEXITED(status) ? WEXITSTATUS(status) : status;
	call->result = call->status ? CALL_ERROR : CALL_SUCCESS;
}

const struct call *calls_exit(struct calls *calls, const struct call_exit *exit)
{
	struct process *process = find_process(calls, exit->pid);
	struct running *running;

	end_loan(calls);
	if (!process)
		return NULL;
	running = process->running;
	if (running->pid != exit->pid) {
		remove_process(calls, process);
		return NULL;
	}
	detach(calls, running);
	end(&running->call, exit);
	calls->ended = running;
	return &running->call;
}

void calls_expire(struct calls *calls, uint64_t now_ns, uint64_t age_ns)
{
	struct running *running, *next;

	HASH_ITER(hh, calls->running, running, next) {
		if (now_ns > running->call.start_ns && now_ns - running->call.start_ns > age_ns)
			forget(calls, running);
	}
}

struct calls_stats calls_stats(const struct calls *calls)
{
	struct calls_stats stats = calls->stats;

	stats.under_way = HASH_COUNT(calls->running);
	return stats;
}

/* NOLINTEND(clang-analyzer-core.*) */

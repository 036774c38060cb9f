// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "walk.h" /* the skeleton names its types */

#include "podip.skel.h"

/* With triggers the ring is emptied every millisecond and has hints and calls alone: 2,048 hints,
 * or 110 runs of plugins, a line of output each. */
enum { HINT_RING_SIZE = 256 << 10 };

/* A verifier's log is one call with many lines. */
static int print_to_debug_log(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	cleanup_free char *text = NULL;
	char *save = NULL;

	(void)level;
	if (!log_is_on(LOG_LEVEL_DEBUG) || vasprintf(&text, fmt, ap) < 0)
		return 0;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		log_debug("%s", line);
	return 0;
}

/* What is loaded beside the walker. */
struct selection {
	enum walk_form form;
	bool has_calls;
	enum capture capture;
	const char *capture_limit;
};

/* Optional rows of a backend hear plugins' words; those of all, their runs. */
static bool is_selected(const struct hook *hook, const struct selection *selection)
{
	if (hook->need == HOOK_NEEDED)
		return true;
	return selection->has_calls &&
	       (hook->backend == BACKEND_NONE || selection->capture != CAPTURE_NONE);
}

static void select_hooks(struct podip_bpf *skel, const struct object_config *config,
			 const struct selection *selection)
{
	struct bpf_program *program;

	for (size_t i = 0; i < HOOK_COUNT; i++) {
		const struct hook *hook = &hooks[i];
		bool is_ours = hook->backend == config->backend || hook->backend == BACKEND_NONE;

		if (!is_ours || !config->kernel->hook_found[i] || !is_selected(hook, selection))
			continue;
		program = bpf_object__find_program_by_name(skel->obj, hook->program);
		if (program)
			bpf_program__set_autoload(program, true);
	}
}

static void select_programs(struct podip_bpf *skel, const struct object_config *config,
			    const struct selection *selection)
{
	enum walk_form form = selection->form;
	bool is_walking = config->backend == BACKEND_TRACEPOINT;
	bool has_triggers = is_walking &&
			    config->kernel->backends[BACKEND_TRACEPOINT].verdict == VERDICT_WORKS;
	bool has_loop;
	struct bpf_program *program;

	bpf_object__for_each_program(program, skel->obj) bpf_program__set_autoload(program, false);

	bpf_program__set_autoload(skel->progs.walk_direct, form == WALK_FORM_DIRECT);
	bpf_program__set_autoload(skel->progs.walk_loop, form == WALK_FORM_LOOP);
	bpf_program__set_autoload(skel->progs.walk_tail, form == WALK_FORM_TAIL);
	bpf_program__set_autoload(skel->progs.walk_tail_chunk, form == WALK_FORM_TAIL);
	bpf_program__set_autoload(skel->progs.nsid_find, is_walking);
	bpf_map__set_autocreate(skel->maps.running, selection->has_calls);
	bpf_map__set_autocreate(skel->maps.searches, selection->has_calls);
	if (config->backend == BACKEND_NONE) {
		bpf_map__set_autocreate(skel->maps.events, false);
		return;
	}
	if (has_triggers) {
		bpf_map__set_max_entries(skel->maps.events, HINT_RING_SIZE);
		bpf_program__set_autoload(skel->progs.find_functions, true);
	}
	select_hooks(skel, config, selection);
	has_loop = config->kernel->features[FEATURE_BPF_LOOP].verdict == VERDICT_WORKS;
	bpf_program__set_autoload(has_loop ? skel->progs.tp_exec_bounded : skel->progs.tp_exec,
				  false);
	bpf_program__set_autoload(skel->progs.tp_write, selection->capture == CAPTURE_SYSCALL);
}

static int link_chunks(struct podip_bpf *skel)
{
	int program = bpf_program__fd(skel->progs.walk_tail_chunk);
	uint32_t zero = 0;

	return bpf_map_update_elem(bpf_map__fd(skel->maps.walk_chunks), &zero, &program, BPF_ANY);
}

/* What the kernel lacks libbpf looks for among its modules, which takes CAP_SYS_ADMIN; and being
 * refused there fails the load, though bpf_rdonly_cast() is weak. It looks once for each object:
 * let that be here, for a name that nobody has and that nothing depends on. */
static void look_into_modules(struct podip_bpf *skel, const struct kernel *kernel)
{
	if (kernel->features[FEATURE_RDONLY_CAST].verdict != VERDICT_WORKS)
		bpf_program__set_attach_target(skel->progs.walk_tail, 0,
					       "podip_has_no_such_function");
}

static int load(const struct object_config *config, const struct selection *selection,
		struct podip_bpf **out)
{
	struct podip_bpf *skel = podip_bpf__open();
	int err;

	if (!skel)
		return -errno;
	select_programs(skel, config, selection);
	skel->rodata->walk_peers = config->peers;
	look_into_modules(skel, config->kernel);
	err = podip_bpf__load(skel);
	if (!err && selection->form == WALK_FORM_TAIL)
		err = link_chunks(skel);
	if (err) {
		podip_bpf__destroy(skel);
		return err;
	}
	*out = skel;
	return 0;
}

/* A form that should work and does not load is worth a slower walk, not a failure. */
static int load_some_form(const struct object_config *config, struct selection *selection,
			  struct podip_bpf **out)
{
	int err = -EOPNOTSUPP;

	for (enum walk_form form = config->walk_form; form < WALK_FORM_COUNT; form++) {
		selection->form = form;
		err = load(config, selection, out);
		if (!err)
			return 0;
		log_debug("walker form '%s' does not load: %s", walk_form_name(form),
			  strerror(-err));
	}
	return err;
}

static struct selection select_calls(const struct object_config *config)
{
	const struct kernel *kernel = config->kernel;
	struct selection selection = { .capture = CAPTURE_NONE };

	if (config->backend == BACKEND_NONE ||
	    kernel->features[FEATURE_TP_EXEC].verdict != VERDICT_WORKS)
		return selection;
	selection.has_calls = true;
	selection.capture = kernel_best_capture(kernel, config->backend);
	if (selection.capture == CAPTURE_NONE)
		selection.capture_limit = kernel->captures[CAPTURE_SYSCALL].why;
	return selection;
}

int object_open(const struct object_config *config, struct object **out)
{
	cleanup_object struct object *object = calloc(1, sizeof(*object));
	struct selection selection = select_calls(config);
	int err;

	if (!object)
		return -ENOMEM;
	libbpf_set_print(print_to_debug_log);
	err = load_some_form(config, &selection, &object->skel);
	if (err && selection.capture != CAPTURE_NONE) {
		log_warn("the programs that hear what CNI plugins say do not load: %s, ignoring",
			 strerror(-err));
		selection.capture = CAPTURE_NONE;
		selection.capture_limit = "the programs do not load";
		err = load_some_form(config, &selection, &object->skel);
	}
	if (err && selection.has_calls) {
		log_warn("the programs that hear of CNI plugins do not load: %s, ignoring: pods "
			 "are known by files alone",
			 strerror(-err));
		selection = (struct selection){ .capture = CAPTURE_NONE };
		err = load_some_form(config, &selection, &object->skel);
	}
	if (err)
		return err;

	object->backend = config->backend;
	object->walk_form = selection.form;
	object->has_calls = selection.has_calls;
	object->capture = selection.capture;
	object->capture_limit = selection.capture_limit;
	*out = take_ptr(object);
	return 0;
}

void object_close(struct object *object)
{
	if (!object)
		return;
	podip_bpf__destroy(object->skel);
	free(object);
}

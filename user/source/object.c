// SPDX-License-Identifier: Apache-2.0
#include "source/object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "walk.h" /* the skeleton names its types */

#include "podip.skel.h"

/* The tracepoint backend puts hints into the ring and walks for the rest: 2,048 of them. */
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

static void select_hooks(struct podip_bpf *skel, const struct object_config *config)
{
	struct bpf_program *program;

	for (size_t i = 0; i < kernel_hook_count; i++) {
		const struct hook *hook = &kernel_hooks[i];

		if (hook->backend != config->backend || !config->kernel->hook_found[i])
			continue;
		program = bpf_object__find_program_by_name(skel->obj, hook->program);
		if (program)
			bpf_program__set_autoload(program, true);
	}
}

static void select_programs(struct podip_bpf *skel, const struct object_config *config,
			    enum walk_form form)
{
	bool has_triggers = config->backend == BACKEND_TRACEPOINT;
	struct bpf_program *program;

	bpf_object__for_each_program(program, skel->obj) bpf_program__set_autoload(program, false);

	bpf_program__set_autoload(skel->progs.walk_direct, form == WALK_FORM_DIRECT);
	bpf_program__set_autoload(skel->progs.walk_loop, form == WALK_FORM_LOOP);
	bpf_program__set_autoload(skel->progs.walk_tail, form == WALK_FORM_TAIL);
	bpf_program__set_autoload(skel->progs.walk_tail_chunk, form == WALK_FORM_TAIL);
	bpf_program__set_autoload(skel->progs.nsid_find, has_triggers);
	if (config->backend == BACKEND_NONE) {
		bpf_map__set_autocreate(skel->maps.events, false);
		return;
	}
	if (has_triggers)
		bpf_map__set_max_entries(skel->maps.events, HINT_RING_SIZE);
	if (has_triggers && config->kernel->backends[BACKEND_TRACEPOINT].verdict == VERDICT_WORKS)
		bpf_program__set_autoload(skel->progs.find_functions, true);
	select_hooks(skel, config);
}

static int link_chunks(struct podip_bpf *skel)
{
	int program = bpf_program__fd(skel->progs.walk_tail_chunk);
	uint32_t zero = 0;

	return bpf_map_update_elem(bpf_map__fd(skel->maps.walk_chunks), &zero, &program, BPF_ANY);
}

static int load(const struct object_config *config, enum walk_form form, struct podip_bpf **out)
{
	struct podip_bpf *skel = podip_bpf__open();
	int err;

	if (!skel)
		return -errno;
	select_programs(skel, config, form);
	skel->rodata->walk_peers = config->peers;
	err = podip_bpf__load(skel);
	if (!err && form == WALK_FORM_TAIL)
		err = link_chunks(skel);
	if (err) {
		podip_bpf__destroy(skel);
		return err;
	}
	*out = skel;
	return 0;
}

int object_open(const struct object_config *config, struct object **out)
{
	cleanup_object struct object *object = calloc(1, sizeof(*object));
	int err = -EOPNOTSUPP;

	if (!object)
		return -ENOMEM;
	libbpf_set_print(print_to_debug_log);
	object->backend = config->backend;

	/* A form that should work and does not load is worth a slower walk, not a failure. */
	for (enum walk_form form = config->walk_form; form < WALK_FORM_COUNT && !object->skel;
	     form++) {
		err = load(config, form, &object->skel);
		object->walk_form = form;
		if (err)
			log_debug("walker form '%s' does not load: %s", walk_form_name(form),
				  strerror(-err));
	}
	if (err)
		return err;

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

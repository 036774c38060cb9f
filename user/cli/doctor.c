// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/output.h"
#include "log.h"
#include "source/base/proc.h"
#include "source/kernel/kernel.h"
#include "source/kernel/privilege.h"

enum { STATUS_DEGRADED = 3, STATUS_CANNOT_RUN = 4 };

static const char *const verdicts[] = {
	[VERDICT_WORKS] = "works",
	[VERDICT_LIMITED] = "limited",
	[VERDICT_REFUSED] = "refused",
};

_Static_assert(array_size(verdicts) == VERDICT_COUNT, "a verdict lacks its name");

static const char *const phases[] = {
	[PRIVILEGE_START] = "start",
	[PRIVILEGE_RUN] = "run",
};

_Static_assert(array_size(phases) == PRIVILEGE_PHASE_COUNT, "a phase lacks its name");

/* All that was found out. */
struct diagnosis {
	struct kernel kernel;
	struct privilege_scene scene; /* of the best backend */
	uint64_t held;
	const char *refusals[PRIVILEGE_COUNT]; /* of what is held; NULL: none is known */
	const char *proc_dir;
	int host_err; /* of the netns of process 1 */
};

static enum capture best_capture(const struct kernel *kernel)
{
	enum backend best = kernel_best_backend(kernel);

	return best == BACKEND_NONE ? CAPTURE_NONE : kernel_best_capture(kernel, best);
}

/* Refused, and missed: kprobes are one way of three, and so is the trace file system. */
static bool is_missed(const struct kernel *kernel, enum feature feature)
{
	if (kernel->features[feature].verdict != VERDICT_REFUSED || feature == FEATURE_KPROBE)
		return false;
	return feature != FEATURE_TRACEFS || best_capture(kernel) == CAPTURE_NONE;
}

/* The best backend is what users have on current kernels; with another one the agent is degraded.
 */
static int status_of(const struct diagnosis *it)
{
	enum backend best = kernel_best_backend(&it->kernel);

	if (best == BACKEND_NONE || (it->host_err && it->host_err != -EACCES))
		return STATUS_CANNOT_RUN;
	for (size_t i = 0; i < FEATURE_COUNT; i++)
		if (is_missed(&it->kernel, i))
			return STATUS_DEGRADED;
	for (size_t i = 0; i < PRIVILEGE_COUNT; i++)
		if (privilege_is_missing(&privileges[i], &it->scene, it->held) || it->refusals[i])
			return STATUS_DEGRADED;
	return best == BACKEND_FENTRY ? 0 : STATUS_DEGRADED;
}

static void print_finding(const char *name, const struct finding *finding)
{
	if (*finding->why)
		printf("  %-30s %-8s %s\n", name, verdicts[finding->verdict], finding->why);
	else
		printf("  %-30s %s\n", name, verdicts[finding->verdict]);
	if (finding->remedy)
		printf("  %-30s %-8s -> %s\n", "", "", finding->remedy);
}

static void print_hooks(const struct kernel *kernel)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		const struct hook *hook = &hooks[i];
		const char *verdict = kernel->hook_found[i] ? "found" : "-";

		printf("  %-11s %-34s %-8s %s\n",
		       hook->backend == BACKEND_NONE ? "each" : backend_name(hook->backend),
		       hook->function, verdict, hook->fact);
	}
}

static void print_privileges(const struct diagnosis *it)
{
	for (size_t i = 0; i < PRIVILEGE_COUNT; i++) {
		const struct privilege *row = &privileges[i];
		bool is_missing = privilege_is_missing(row, &it->scene, it->held);
		char name[64];

		if (!row->is_used(&it->scene))
			continue;
		snprintf(name, sizeof(name), "%s (%s)", privilege_capability_name(row->capability),
			 row->what);
		if (it->refusals[i]) {
			printf("  %-33s %-8s held, but %s: %s\n", name, verdicts[VERDICT_REFUSED],
			       it->refusals[i], row->cost);
			continue;
		}
		if (!is_missing) {
			printf("  %-33s %s\n", name, verdicts[VERDICT_WORKS]);
			continue;
		}
		printf("  %-33s %-8s not held: %s\n", name, verdicts[VERDICT_REFUSED], row->cost);
		printf("  %-33s %-8s -> add %s, for %s\n", "", "",
		       privilege_capability_name(row->capability), row->check);
	}
}

/* What is used with this backend here. */
static struct privilege_scene scene_with(const struct diagnosis *it, enum backend backend)
{
	struct privilege_scene scene = it->scene;

	scene.backend = backend;
	scene.capture = privilege_capture(&it->kernel, backend);
	return scene;
}

static void print_sets(const struct diagnosis *it)
{
	for (enum backend i = 0; i < BACKEND_COUNT; i++) {
		struct privilege_scene scene = scene_with(it, i);
		uint64_t run = privilege_set(&scene, PRIVILEGE_RUN);
		char names[PRIVILEGE_NAMES_SIZE];

		privilege_names(run | privilege_set(&scene, PRIVILEGE_START), names);
		printf("  %-11s %s\n", backend_name(i), names);
		privilege_names(run, names);
		printf("  %-11s of these once it listens: %s\n", "", names);
	}
}

static void print_summary(const struct diagnosis *it)
{
	const struct kernel *kernel = &it->kernel;
	enum capture capture = best_capture(kernel);
	int status = status_of(it);

	if (it->host_err)
		printf("\nthe netns of process 1 under '%s' cannot be read: %s%s\n", it->proc_dir,
		       strerror(-it->host_err),
		       it->host_err == -EACCES ? "; the walker finds it" : "");
	if (status == STATUS_CANNOT_RUN)
		puts("\npodip cannot run here");
	else
		printf("\npodip runs here with backend '%s' and walker '%s'%s; %s%s%s\n",
		       backend_name(kernel_best_backend(kernel)),
		       walk_form_name(kernel_best_walk(kernel)), status ? ", with limits" : "",
		       capture == CAPTURE_NONE ? "why a CNI plugin failed is told by its exit "
						 "status and by what is full"
					       : "why a CNI plugin failed is heard by '",
		       capture == CAPTURE_NONE ? "" : capture_name(capture),
		       capture == CAPTURE_NONE ? "" : "'");
}

static int print_table(const struct diagnosis *it)
{
	const struct kernel *kernel = &it->kernel;

	printf("kernel %s %s\n\nfeatures\n", kernel->release, kernel->arch);
	for (size_t i = 0; i < FEATURE_COUNT; i++)
		print_finding(feature_name(i), &kernel->features[i]);
	puts("\nbackends, best first");
	for (size_t i = 0; i < BACKEND_COUNT; i++)
		print_finding(backend_name(i), &kernel->backends[i]);
	puts("\nforms of the walker, fastest first");
	for (size_t i = 0; i < WALK_FORM_COUNT; i++)
		print_finding(walk_form_name(i), &kernel->walk_forms[i]);
	puts("\nways to hear why a CNI plugin failed, best first");
	for (size_t i = 0; i < CAPTURE_COUNT; i++)
		print_finding(capture_name(i), &kernel->captures[i]);
	puts("\nhooks");
	print_hooks(kernel);
	puts("\ncapabilities that are used here");
	print_privileges(it);
	puts("\nthe least set of capabilities");
	print_sets(it);
	print_summary(it);
	return status_of(it);
}

static json_t *finding_to_json(const char *name, const struct finding *finding)
{
	return json_pack("{s:s, s:s, s:i, s:s, s:s*}", "name", name, "verdict",
			 verdicts[finding->verdict], "errno", -finding->err, "why", finding->why,
			 "remedy", finding->remedy);
}

static json_t *hooks_to_json(const struct kernel *kernel)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < HOOK_COUNT; i++)
		json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:b}", "backend",
						      backend_name(hooks[i].backend), "function",
						      hooks[i].function, "fact", hooks[i].fact,
						      "found", kernel->hook_found[i]));
	return rows;
}

static json_t *privileges_to_json(const struct diagnosis *it)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < PRIVILEGE_COUNT; i++) {
		const struct privilege *row = &privileges[i];

		json_array_append_new(
			rows,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:s*}", "capability",
				  privilege_capability_name(row->capability), "what", row->what,
				  "phase", phases[row->phase], "where", row->where, "check",
				  row->check, "cost", row->cost, "used", row->is_used(&it->scene),
				  "missing", privilege_is_missing(row, &it->scene, it->held),
				  "refusal", it->refusals[i]));
	}
	return rows;
}

static json_t *set_to_json(uint64_t set)
{
	json_t *names = json_array();

	for (unsigned int i = 0; i < 64; i++)
		if (set & (1ULL << i))
			json_array_append_new(names, json_string(privilege_capability_name(i)));
	return names;
}

static json_t *sets_to_json(const struct diagnosis *it)
{
	json_t *sets = json_object();

	for (enum backend i = 0; i < BACKEND_COUNT; i++) {
		struct privilege_scene scene = scene_with(it, i);
		json_t *set = json_object();

		for (enum privilege_phase phase = 0; phase < PRIVILEGE_PHASE_COUNT; phase++)
			json_object_set_new(set, phases[phase],
					    set_to_json(privilege_set(&scene, phase)));
		json_object_set_new(sets, backend_name(i), set);
	}
	return sets;
}

static json_t *findings_to_json(const struct finding *findings, size_t count,
				const char *(*name)(unsigned int i))
{
	json_t *rows = json_array();

	for (unsigned int i = 0; i < count; i++)
		json_array_append_new(rows, finding_to_json(name(i), &findings[i]));
	return rows;
}

static int print_json(const struct diagnosis *it)
{
	const struct kernel *kernel = &it->kernel;
	int status = status_of(it);
	json_t *all = json_pack(
		"{s:i, s:s, s:s, s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "v", 1,
		"kernel", kernel->release, "arch", kernel->arch, "status", status, "backend",
		backend_name(kernel_best_backend(kernel)), "walker",
		walk_form_name(kernel_best_walk(kernel)), "capture",
		capture_name(best_capture(kernel)), "features",
		findings_to_json(kernel->features, FEATURE_COUNT, feature_name), "backends",
		findings_to_json(kernel->backends, BACKEND_COUNT, backend_name), "walk_forms",
		findings_to_json(kernel->walk_forms, WALK_FORM_COUNT, walk_form_name), "captures",
		findings_to_json(kernel->captures, CAPTURE_COUNT, capture_name), "hooks",
		hooks_to_json(kernel), "capabilities", privileges_to_json(it), "capability_sets",
		sets_to_json(it));

	return output_json(all) ? STATUS_FAILED : status;
}

static const struct option_row rows[] = { OUTPUT_FORMAT_ROW, OUTPUT_PROC_ROW };

/* Where none runs for want of privileges, the one with the most uses of them. */
static void look(struct diagnosis *it)
{
	enum backend best = kernel_best_backend(&it->kernel);
	uint32_t host_inum;

	it->host_err = proc_host_netns(it->proc_dir, &host_inum);
	it->held = privilege_held();
	it->scene.is_own_netns = privilege_is_own_netns(it->proc_dir);
	privilege_look(&it->kernel, &it->scene);
	it->scene = scene_with(it, best == BACKEND_NONE ? BACKEND_TRACEPOINT : best);
	for (size_t i = 0; i < PRIVILEGE_COUNT; i++)
		it->refusals[i] = privilege_refusal(&privileges[i], &it->scene, it->held);
}

static int run(const struct command *command, int argc, char **argv)
{
	cleanup_output struct output_options options = { 0 };
	struct diagnosis it = { .proc_dir = NULL };
	int result = command_read(command, argc, argv, &options, NULL);

	if (result != COMMAND_RUN)
		return output_status(result);
	if (kernel_probe(&it.kernel))
		return STATUS_FAILED;
	it.proc_dir = options.proc_dir;
	look(&it);
	result = options.is_json ? print_json(&it) : print_table(&it);
	kernel_clear(&it.kernel);
	return result;
}

const struct command cli_doctor_command = {
	.name = "doctor",
	.summary = "what this kernel allows, and what to do about the rest",
	.examples = "  podip doctor              # what this kernel allows, and what to do\n"
		    "  podip doctor -o json\n",
	.text = "Tries all that the agent would use; nothing stays loaded. Exit status: 0 all is\n"
		"well, 3 the agent runs with limits, 4 it cannot run.\n",
	.rows = rows,
	.row_count = array_size(rows),
	.run = run,
};

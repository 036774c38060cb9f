// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/output.h"
#include "log.h"
#include "source/kernel.h"
#include "source/proc.h"

enum { STATUS_DEGRADED = 3, STATUS_CANNOT_RUN = 4 };

static const char *const verdicts[] = {
	[VERDICT_WORKS] = "works",
	[VERDICT_LIMITED] = "limited",
	[VERDICT_REFUSED] = "refused",
};

_Static_assert(array_size(verdicts) == VERDICT_COUNT, "a verdict lacks its name");

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
static int status_of(const struct kernel *kernel, int host_err)
{
	enum backend best = kernel_best_backend(kernel);

	if (best == BACKEND_NONE || (host_err && host_err != -EACCES))
		return STATUS_CANNOT_RUN;
	for (size_t i = 0; i < FEATURE_COUNT; i++)
		if (is_missed(kernel, i))
			return STATUS_DEGRADED;
	return best == BACKEND_FENTRY ? 0 : STATUS_DEGRADED;
}

static void print_finding(const char *name, const struct finding *finding)
{
	printf("  %-30s %-8s %s\n", name, verdicts[finding->verdict], finding->why);
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

static int print_table(const struct kernel *kernel, int host_err, const char *proc_dir)
{
	int status = status_of(kernel, host_err);
	enum capture capture = best_capture(kernel);

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
	if (host_err)
		printf("\nthe netns of process 1 under '%s' cannot be read: %s%s\n", proc_dir,
		       strerror(-host_err), host_err == -EACCES ? "; the walker finds it" : "");
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
	return status;
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

static int print_json(const struct kernel *kernel, int host_err)
{
	json_t *features = json_array(), *backends = json_array(), *forms = json_array();
	json_t *captures = json_array();
	enum backend best = kernel_best_backend(kernel);
	int status = status_of(kernel, host_err);
	json_t *all;

	for (size_t i = 0; i < FEATURE_COUNT; i++)
		json_array_append_new(features,
				      finding_to_json(feature_name(i), &kernel->features[i]));
	for (size_t i = 0; i < BACKEND_COUNT; i++)
		json_array_append_new(backends,
				      finding_to_json(backend_name(i), &kernel->backends[i]));
	for (size_t i = 0; i < WALK_FORM_COUNT; i++)
		json_array_append_new(forms,
				      finding_to_json(walk_form_name(i), &kernel->walk_forms[i]));
	for (size_t i = 0; i < CAPTURE_COUNT; i++)
		json_array_append_new(captures,
				      finding_to_json(capture_name(i), &kernel->captures[i]));
	all = json_pack(
		"{s:i, s:s, s:s, s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "v", 1, "kernel",
		kernel->release, "arch", kernel->arch, "status", status, "backend",
		backend_name(best), "walker", walk_form_name(kernel_best_walk(kernel)), "capture",
		capture_name(best_capture(kernel)), "features", features, "backends", backends,
		"walk_forms", forms, "captures", captures, "hooks", hooks_to_json(kernel));
	return output_json(all) ? STATUS_FAILED : status;
}

static const struct option_row rows[] = { OUTPUT_FORMAT_ROW, OUTPUT_PROC_ROW };

static int run(const struct command *command, int argc, char **argv)
{
	cleanup_kernel struct kernel kernel = { 0 };
	cleanup_output struct output_options options = { 0 };
	uint32_t host_inum;
	int result = command_read(command, argc, argv, &options, NULL), err;

	if (result != COMMAND_RUN)
		return output_status(result);
	if (kernel_probe(&kernel))
		return STATUS_FAILED;
	err = proc_host_netns(options.proc_dir, &host_inum);
	return options.is_json ? print_json(&kernel, err)
			       : print_table(&kernel, err, options.proc_dir);
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

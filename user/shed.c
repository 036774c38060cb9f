// SPDX-License-Identifier: Apache-2.0
#include "shed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "source/kernel/sandbox.h"

/* Ports below it are for those with CAP_NET_BIND_SERVICE. */
static unsigned long unprivileged_port(void)
{
	cleanup_fclose FILE *file = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");
	char text[16];

	return file && fgets(text, sizeof(text), file) ? strtoul(text, NULL, 10) : 1024;
}

static bool has_low_port(const struct shed_config *config)
{
	unsigned long first = unprivileged_port();

	for (size_t i = 0; i < config->listen_count; i++) {
		const char *colon = strrchr(config->listen[i], ':');
		unsigned long port = colon ? strtoul(colon + 1, NULL, 10) : 0;

		if (port && port < first)
			return true;
	}
	return false;
}

void shed_look(const struct shed_config *config, struct shed *out)
{
	struct shed shed = {
		.scene = { .backend = config->backend,
			   .capture = privilege_capture(config->kernel, config->backend),
			   .is_own_netns = privilege_is_own_netns(config->proc_dir),
			   .has_low_port = has_low_port(config) },
		.held = privilege_held(),
	};

	privilege_look(config->kernel, &shed.scene);
	for (size_t i = 0; i < PRIVILEGE_COUNT; i++)
		if (privilege_is_missing(&privileges[i], &shed.scene, shed.held))
			log_warn("'%s' is missing: %s, ignoring",
				 privilege_capability_name(privileges[i].capability),
				 privileges[i].cost);
	*out = shed;
}

static const char *filter(bool has_capture)
{
	if (!sandbox_filter(has_capture))
		return NULL;
	return "the kernel, or the container, refuses a filter of system calls";
}

int shed_now(struct shed *shed, enum capture capture)
{
	struct privilege_scene scene = shed->scene;
	uint64_t kept;
	char names[PRIVILEGE_NAMES_SIZE];
	int err;

	scene.capture = capture;
	kept = privilege_kept(&scene, shed->held);
	err = sandbox_drop(kept);
	if (err)
		return log_err(err, "cannot drop capabilities");
	shed->trouble = filter(capture == CAPTURE_SYSCALL);
	if (sandbox_threads() != 1)
		shed->trouble = "another thread of this process keeps its privileges";
	if (shed->trouble)
		log_warn("%s, ignoring", shed->trouble);
	privilege_names(kept, names);
	log_info("shed privileges, kept capabilities '%s'%s", names,
		 shed->trouble ? "" : " and the system calls that running needs");
	return 0;
}

void shed_measure(const struct shed *shed, struct metrics_input *out)
{
	for (size_t i = 0; i < PRIVILEGE_COUNT; i++) {
		const struct privilege *it = &privileges[i];
		struct metrics_degradation degradation = {
			.what = it->what,
			.capability = privilege_capability_name(it->capability),
			.why = it->cost,
			.is_degraded = privilege_is_missing(it, &shed->scene, shed->held),
		};

		if (it->is_used(&shed->scene))
			collect_add_degradation(out, &degradation);
	}
	collect_add_degradation(out, &(struct metrics_degradation){ .what = "sandbox",
								    .why = shed->trouble,
								    .is_degraded = shed->trouble });
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Backends, and the kernel functions and tracepoints that each of them hooks.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct symbol;

/* Ways to hear live changes, best first. */
enum backend { BACKEND_FENTRY, BACKEND_KPROBE, BACKEND_TRACEPOINT, BACKEND_COUNT, BACKEND_NONE };

const char *backend_name(enum backend backend);
int backend_parse(const char *text, enum backend *out); /* -EINVAL */

/* Without an optional one what it reports is missing, and the backend works all the same. */
enum hook_need { HOOK_NEEDED, HOOK_OPTIONAL };

/* One kernel function a backend hooks. */
struct hook {
	enum backend backend; /* BACKEND_NONE: attached whatever the backend */
	enum hook_need need;
	const char *program; /* in the BPF object */
	const char *function; /* kernel function or tracepoint */
	const char *fact; /* what it reports */
	const char *instead_of; /* another row's function that this one replaces where it exists */
};

enum { HOOK_COUNT = 27 };

extern const struct hook hooks[HOOK_COUNT];

/* Which rows exist on this kernel and are not replaced by a better one: symbols has one for each
 * row, looked up; kprobes are tried one by one. */
void hooks_find(const struct symbol *symbols, bool has_kprobes, bool *out_found);
/* A row that the backend cannot do without, of which neither it nor its stand-in was found; NULL.
 */
const struct hook *hooks_missing(enum backend backend, const bool *found);
/* Was any of the backend's optional rows found? */
bool hooks_have_optional(enum backend backend, const bool *found);

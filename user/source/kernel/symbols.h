/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names in the running kernel's BTF, looked up in one pass for all of them: a pass
 * costs milliseconds.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct symbol {
	const char *name; /* "btf_trace_..." for a tracepoint */
	uint32_t btf_id; /* 0: not in BTF */
};

/* Fill btf_id of each. -errno when the kernel has no BTF that can be read. */
int symbols_find_btf(struct symbol *symbols, size_t count);

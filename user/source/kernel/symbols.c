// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/symbols.h"

#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

#include "cleanup.h"

DEFINE_CLEANUP(btf, struct btf *, btf__free)
#define cleanup_btf cleanup(cleanup_btf_fn)

static struct symbol *find(struct symbol *symbols, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (symbols[i].name[0] == name[0] && !strcmp(symbols[i].name, name))
			return &symbols[i];
	return NULL;
}

/* One name may be asked for in several rows; the pass fills the first. */
static void copy_to_namesakes(struct symbol *symbols, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const struct symbol *first = find(symbols, i, symbols[i].name);

		if (first)
			symbols[i] = *first;
	}
}

int symbols_find_btf(struct symbol *symbols, size_t count)
{
	cleanup_btf struct btf *btf = btf__load_vmlinux_btf();
	uint32_t types;

	if (!btf)
		return -errno;

	types = btf__type_cnt(btf);
	for (uint32_t id = 1; id < types; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		struct symbol *symbol;

		if (!btf_is_func(type) && !btf_is_typedef(type))
			continue;
		symbol = find(symbols, count, btf__name_by_offset(btf, type->name_off));
		if (symbol && !symbol->btf_id)
			symbol->btf_id = id;
	}
	copy_to_namesakes(symbols, count);
	return 0;
}

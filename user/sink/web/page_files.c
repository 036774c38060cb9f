// SPDX-License-Identifier: Apache-2.0
/*
 * The assembler takes the files in: it is there whatever the program is built for.
 */
#include "sink/web/page_files.h"

#define EMBED(name, path)                                                              \
	__asm__(".pushsection .rodata\n" #name "_start:\n.incbin \"" path "\"\n" #name \
		"_end:\n.popsection\n");                                               \
	extern const char name##_start[], name##_end[]

EMBED(page_style, "sink/web/page.css");
EMBED(page_script, "sink/web/page.js");

struct page_file page_file(enum page_file_name name)
{
	if (name == PAGE_FILE_STYLE)
		return (struct page_file){ "text/css; charset=utf-8", page_style_start,
					   (size_t)(page_style_end - page_style_start) };
	return (struct page_file){ "text/javascript; charset=utf-8", page_script_start,
				   (size_t)(page_script_end - page_script_start) };
}

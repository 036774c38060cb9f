/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Style and script of the page: files beside this one, a part of the program.
 */
#pragma once

#include <stddef.h>

struct page_file {
	const char *content_type;
	const char *text; /* not terminated */
	size_t size;
};

enum page_file_name { PAGE_FILE_STYLE, PAGE_FILE_SCRIPT };

struct page_file page_file(enum page_file_name name);

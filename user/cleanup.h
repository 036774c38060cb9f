/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scope-bound ownership. A local that owns something says so in its type:
 *
 *	cleanup_close int fd = open(...);
 *	cleanup_probe struct probe *probe = NULL;
 *
 * Every owner starts valid (NULL or -1). take_ptr() and take_fd() hand it on.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define cleanup(fn) __attribute__((__cleanup__(fn)))

#define DEFINE_CLEANUP(name, type, call)                 \
	static inline void cleanup_##name##_fn(type *it) \
	{                                                \
		call(*it);                               \
	}

static inline void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static inline void close_file(FILE *file)
{
	if (file)
		fclose(file);
}

static inline void cleanup_free_fn(void *owner)
{
	free(*(void **)owner);
}

#define cleanup_free cleanup(cleanup_free_fn)

DEFINE_CLEANUP(close, int, close_fd)
#define cleanup_close cleanup(cleanup_close_fn)

DEFINE_CLEANUP(fclose, FILE *, close_file)
#define cleanup_fclose cleanup(cleanup_fclose_fn)

#define take(lvalue, empty)                       \
	({                                        \
		__typeof__(lvalue) it = (lvalue); \
		(lvalue) = (empty);               \
		it;                               \
	})
#define take_ptr(ptr) take(ptr, NULL)
#define take_fd(fd) take(fd, -1)

#define array_size(array) (sizeof(array) / sizeof((array)[0]))

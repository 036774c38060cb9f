// SPDX-License-Identifier: Apache-2.0
#include "source/kernel/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "cleanup.h"

/* A mount that has no place in any tree: it ends with its descriptor. */
static int mount_aside(void)
{
	cleanup_close int context = fsopen("tracefs", FSOPEN_CLOEXEC);
	int mount;

	if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY);
	return mount < 0 ? -errno : mount;
}

/* -ENOENT where there is none. */
static int open_mounted(void)
{
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

	for (size_t i = 0; i < array_size(places); i++) {
		cleanup_close int place = open(places[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (place >= 0 && faccessat(place, "events", X_OK, 0) == 0)
			return take_fd(place);
	}
	return -ENOENT;
}

bool tracefs_is_mounted(void)
{
	cleanup_close int place = open_mounted();

	return place >= 0;
}

static int open_tracefs(void)
{
	int place = open_mounted();

	return place >= 0 ? place : mount_aside();
}

int tracefs_event_id(const char *event, uint32_t *out)
{
	cleanup_close int root = open_tracefs();
	cleanup_close int file = -1;
	char path[128], text[16];
	ssize_t size;

	if (root < 0)
		return root;
	if (snprintf(path, sizeof(path), "events/%s/id", event) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	file = openat(root, path, O_RDONLY | O_CLOEXEC);
	size = file < 0 ? -1 : read(file, text, sizeof(text) - 1);
	if (size < 0)
		return -errno;
	text[size] = '\0';
	*out = (uint32_t)strtoul(text, NULL, 10);
	return *out ? 0 : -EINVAL;
}

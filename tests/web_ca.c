// SPDX-License-Identifier: Apache-2.0
#include "web_ca.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "web_pem.h"

static char ca_file[64], other_ca_file[64];

static void remove_files(void)
{
	if (ca_file[0])
		unlink(ca_file);
	if (other_ca_file[0])
		unlink(other_ca_file);
}

static const char *write_once(char path[static 64], const char *pem)
{
	cleanup_close int fd = -1;

	if (path[0])
		return path;
	if (!ca_file[0] && !other_ca_file[0])
		atexit(remove_files);
	strcpy(path, "/tmp/podip-web-XXXXXX");
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0 || write(fd, pem, strlen(pem)) != (ssize_t)strlen(pem))
		abort();
	return path;
}

const char *web_ca_file(void)
{
	return write_once(ca_file, web_pem_authority);
}

const char *web_other_ca_file(void)
{
	return write_once(other_ca_file, web_pem_other_authority);
}

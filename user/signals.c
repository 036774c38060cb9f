// SPDX-License-Identifier: Apache-2.0
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cleanup.h"
#include "log.h"
#include "loop.h"

static int on_signal(void *ctx)
{
	const int *fd = ctx;
	struct signalfd_siginfo info;

	if (read(*fd, &info, sizeof(info)) == sizeof(info))
		log_info("stopping on signal '%s'", strsignal((int)info.ssi_signo));
	return LOOP_STOP;
}

int signals_open(struct loop *loop, int *out_fd)
{
	sigset_t mask;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	*out_fd = fd;
	return loop_add(loop, fd, on_signal, out_fd);
}

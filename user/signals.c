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
	const struct signals *signals = ctx;
	struct signalfd_siginfo info;

	if (read(signals->fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	if (info.ssi_signo == SIGHUP) {
		if (signals->on_reload)
			signals->on_reload(signals->ctx);
		return 0;
	}
	log_info("stopping on signal '%s'", strsignal((int)info.ssi_signo));
	return LOOP_STOP;
}

int signals_open(struct loop *loop, struct signals *signals)
{
	sigset_t mask;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signals->fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->fd < 0)
		return -errno;
	return loop_add(loop, signals->fd, on_signal, signals);
}

void signals_close(struct signals *signals)
{
	close_fd(signals->fd);
	signals->fd = -1;
}

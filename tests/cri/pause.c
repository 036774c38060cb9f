// SPDX-License-Identifier: Apache-2.0
/*
 * pause: what a pod's sandbox runs: nothing, until it is asked to end. As process
 * 1 of its namespace it reaps what others leave.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

int main(void)
{
	sigset_t wanted;
	int number;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &wanted, NULL) < 0) {
		fprintf(stderr, "pause: cannot block signals: %s\n", strerror(errno));
		return 1;
	}

	while (true) {
		number = sigwaitinfo(&wanted, NULL);
		if (number == SIGTERM || number == SIGINT)
			return 0;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

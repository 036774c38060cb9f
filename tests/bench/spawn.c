// SPDX-License-Identifier: Apache-2.0
/*
 * spawn COUNT VARIABLES PROGRAM: how long a program takes that nobody watches for,
 * with so many variables in its environment. Prints the median in microseconds.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { VARIABLES_MAX = 1024, VALUE_SIZE = 64 };

static char variables[VARIABLES_MAX][VALUE_SIZE];
static char *environment[VARIABLES_MAX + 1];

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double run(char *program)
{
	char *const arguments[] = { program, NULL };
	double start_us = now_us();
	pid_t pid;
	int status;

	if (posix_spawn(&pid, program, NULL, NULL, arguments, environment) ||
	    waitpid(pid, &status, 0) < 0)
		return -1;
	return now_us() - start_us;
}

int main(int argc, char **argv)
{
	unsigned long count = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long variable_count = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	double *took_us = calloc(count + 1, sizeof(*took_us));

	if (!count || variable_count > VARIABLES_MAX || !took_us) {
		fputs("usage: spawn COUNT VARIABLES PROGRAM\n", stderr);
		return 2;
	}
	for (unsigned long i = 0; i < variable_count; i++) {
		snprintf(variables[i], VALUE_SIZE, "SERVICE_%lu_PORT=tcp://172.20.%lu.%lu:443", i,
			 i / 250, i % 250);
		environment[i] = variables[i];
	}
	for (unsigned long i = 0; i < count; i++) {
		took_us[i] = run(argv[3]);
		if (took_us[i] < 0) {
			fprintf(stderr, "spawn: cannot run '%s'\n", argv[3]);
			return 1;
		}
	}
	qsort(took_us, count, sizeof(*took_us), compare);
	printf("%.2f\n", took_us[count / 2]);
	free(took_us);
	return 0;
}

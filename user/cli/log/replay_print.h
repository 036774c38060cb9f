/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `podip replay -o summary` prints.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "core/metrics/collect.h"
#include "replay.h"
#include "source/log/log_reader.h"

struct replay_times {
	double took_s;
	uint64_t lines, damaged; /* handed out by the reader; of these no records */
	struct log_reader_stats reader;
};

void replay_print(const struct metrics_input *input, const struct replay_stats *stats,
		  const struct replay_times *times, FILE *out);

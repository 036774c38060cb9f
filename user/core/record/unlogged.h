/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unlogged: metrics of which no event log tells: those of the agent's process and kernel
 * programs, of the sources that it asks, of what it found by comparing with the kernel;
 * and whose a namespace is, which may become known behind its last record. Pure.
 */
#pragma once

/* Names of families, ends with NULL: metrics_input.left_out. */
extern const char *const unlogged_metrics[];

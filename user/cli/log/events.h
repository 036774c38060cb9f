/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `podip events`: what the event log tells, for who is called in the night.
 */
#pragma once

struct command;

extern const struct command cli_events_command;

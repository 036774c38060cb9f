/* SPDX-License-Identifier: Apache-2.0 */
/* `podip run`: options to agent. */
#pragma once

int cli_run(int argc, char **argv);

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `podip leaks`; argv[0] is the command's name. Gives the exit status. */
int cli_leaks(int argc, char **argv);

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* `podip cluster`; argv[0] is the command's name. Gives the exit status. */
int cli_cluster(int argc, char **argv);

/* SPDX-License-Identifier: Apache-2.0 */
/* `podip version`. */
#pragma once

int cli_version(int argc, char **argv);

/* SPDX-License-Identifier: Apache-2.0 */
/* `podip snapshot`: walk once, print which namespace holds what, exit. */
#pragma once

int cli_snapshot(int argc, char **argv);

/* SPDX-License-Identifier: Apache-2.0 */
/* `podip doctor`: what works on this kernel, what is refused and why, what to do. */
#pragma once

/* 0 all works, 3 degraded, 4 cannot run. */
int cli_doctor(int argc, char **argv);

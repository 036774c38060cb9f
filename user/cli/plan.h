/* SPDX-License-Identifier: Apache-2.0 */
/* `podip plan`: how far a range goes, worked out offline; asks neither node nor API. */
#pragma once

int cli_plan(int argc, char **argv);
/* The planners; argv[0] is their name. They give the exit status. */
int cli_plan_gke(int argc, char **argv);
int cli_plan_eks(int argc, char **argv);
int cli_plan_node_cidr(int argc, char **argv);

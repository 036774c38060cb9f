/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How `podip cluster` shows a view that is finished.
 */
#pragma once

#include <jansson.h>

struct cluster_view;

/* On stdout; gives the exit status. What is not known is "-". */
int cluster_print_table(const struct cluster_view *view);
/* What is not known is left out. NULL: out of memory. The caller owns it. */
json_t *cluster_print_json(const struct cluster_view *view);

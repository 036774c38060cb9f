/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of `podip top`: what each does to the view.
 */
#pragma once

#include "cli/status/top_view.h"

enum top_action { TOP_STAY, TOP_REDRAW, TOP_ASK, TOP_QUIT };

/* A key was hit: a character, or one of these. */
enum top_key { TOP_KEY_UP = 256, TOP_KEY_DOWN, TOP_KEY_PAGE_UP, TOP_KEY_PAGE_DOWN, TOP_KEY_HOME };
enum top_action top_key(struct top_view *view, int key);

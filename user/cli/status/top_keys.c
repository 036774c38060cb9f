// SPDX-License-Identifier: Apache-2.0
#include "cli/status/top_keys.h"

#include <string.h>

enum {
	PAGE = 10,
	PERIOD_MAX_S = 60,
	KEY_INTERRUPT = 3,
	KEY_BACK = 8,
	KEY_ESCAPE = 27,
	KEY_DELETE = 127
};

static enum top_action type_filter(struct top_view *view, int key)
{
	size_t used = strlen(view->filter);

	if (key == '\n' || key == '\r')
		view->is_typing = false;
	else if (key == KEY_ESCAPE) {
		view->is_typing = false;
		view->filter[0] = '\0';
	} else if ((key == KEY_DELETE || key == KEY_BACK) && used)
		view->filter[used - 1] = '\0';
	else if (key >= ' ' && key < KEY_DELETE && used + 1 < sizeof(view->filter)) {
		view->filter[used] = (char)key;
		view->filter[used + 1] = '\0';
	}
	view->first = 0;
	return TOP_REDRAW;
}

static enum top_action scroll(struct top_view *view, int by)
{
	if (by < 0 && view->first < (size_t)-by)
		view->first = 0;
	else
		view->first += (size_t)by; /* top_draw() bounds it */
	return TOP_REDRAW;
}

static enum top_action change_period(struct top_view *view, int by)
{
	unsigned int period_s = view->period_s + (unsigned int)by;

	if (period_s >= 1 && period_s <= PERIOD_MAX_S)
		view->period_s = period_s;
	return TOP_REDRAW;
}

enum top_action top_key(struct top_view *view, int key)
{
	if (view->is_typing)
		return type_filter(view, key);
	switch (key) {
	case 'q':
	case KEY_INTERRUPT:
		return TOP_QUIT;
	case 's':
		view->sort = (view->sort + 1) % TOP_SORT_COUNT;
		view->first = 0;
		return TOP_REDRAW;
	case '/':
		view->is_typing = true;
		return TOP_REDRAW;
	case KEY_ESCAPE:
		view->filter[0] = '\0';
		view->has_help = false;
		return TOP_REDRAW;
	case 'p':
		view->is_paused = !view->is_paused;
		return view->is_paused ? TOP_REDRAW : TOP_ASK;
	case '?':
	case 'h':
		view->has_help = !view->has_help;
		return TOP_REDRAW;
	case '+':
		return change_period(view, 1);
	case '-':
		return change_period(view, -1);
	case ' ':
	case '\n':
		return TOP_ASK;
	case TOP_KEY_UP:
	case 'k':
		return scroll(view, -1);
	case TOP_KEY_DOWN:
	case 'j':
		return scroll(view, 1);
	case TOP_KEY_PAGE_UP:
		return scroll(view, -PAGE);
	case TOP_KEY_PAGE_DOWN:
		return scroll(view, PAGE);
	case TOP_KEY_HOME:
		view->first = 0;
		return TOP_REDRAW;
	default:
		return TOP_STAY;
	}
}

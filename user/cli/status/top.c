// SPDX-License-Identifier: Apache-2.0
/*
 * A loop of its own: keys, the next question to the agent, a new size. The screen is
 * curses'; what is on it is top_view's.
 */
#include "cli/status/top.h"

#include <curses.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/base/output.h"
#include "cli/option/flags.h"
#include "cli/option/option_values.h"
#include "cli/status/top_keys.h"
#include "cli/status/top_view.h"
#include "core/log/log_text.h"
#include "core/record/record_parse.h"
#include "core/status/status_json.h"
#include "source/base/json.h"
#include "source/peer/agent_client.h"

enum { LINE_ROOM = 8192 };

struct fields {
	const char *socket;
	unsigned int period_s;
	enum color_when color;
};

struct top {
	struct fields fields;
	struct top_view view;
	struct status status, before;
	bool has_status, has_before;
	double rates[STATUS_RANGES_MAX];
	char trouble[AGENT_CLIENT_ERROR_SIZE];
	double trouble_since_s;
	char *lines[TOP_EVENTS_MAX]; /* owned */
	bool is_loud[TOP_EVENTS_MAX];
};

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- asking ---- */

static const struct status_range *range_before(const struct top *top, size_t index)
{
	const struct status_range *range = &top->status.ranges[index];

	for (size_t i = 0; i < top->before.range_count; i++) {
		const struct status_range *at =
			&top->before.ranges[(index + i) % top->before.range_count];

		if (!strcmp(at->name, range->name) && !strcmp(at->cidr, range->cidr) &&
		    at->is_v4 == range->is_v4)
			return at;
	}
	return NULL;
}

/* What was assigned since the last answer; before there is one, what the agent reckons. */
static void work_out_rates(struct top *top)
{
	double passed_s = (double)(top->status.wall_ns - top->before.wall_ns) / 1e9;

	for (size_t i = 0; i < top->status.range_count; i++) {
		const struct status_range *range = &top->status.ranges[i];
		const struct status_range *last = top->has_before ? range_before(top, i) : NULL;
		double assigned = last ? range->assigned_total - last->assigned_total : NAN;

		top->rates[i] = assigned >= 0 && passed_s > 0 ? assigned / passed_s
							      : range->assign_per_s;
	}
}

static int take_status(struct top *top, const char *body, size_t size)
{
	cleanup_json json_t *json = NULL;
	struct status status;
	int err = json_read(body, size, &json);

	if (!err)
		err = status_from_json(json, &status);
	if (err)
		return err;
	if (top->has_before)
		status_clear(&top->before);
	top->before = top->status;
	top->has_before = top->has_status;
	top->status = status;
	top->has_status = true;
	top->view.status = &top->status;
	work_out_rates(top);
	return 0;
}

static bool is_loud(const struct record *record)
{
	static const enum record_type loud[] = { RECORD_CNI_FAILED,   RECORD_ALERT_FIRING,
						 RECORD_EVENTS_LOST,  RECORD_IP_LEAKED,
						 RECORD_IP_DUPLICATE, RECORD_AGENT_GAP };

	for (size_t i = 0; i < array_size(loud); i++)
		if (record->type == loud[i])
			return true;
	return false;
}

static void drop_lines(struct top *top)
{
	for (size_t i = 0; i < top->view.event_count; i++)
		free(top->lines[i]);
	top->view.event_count = 0;
}

/* The day has a line of its own, which is not worth a row here. */
static void take_event(struct top *top, char *line, size_t size)
{
	struct log_text text = { 0 };
	char out[LINE_ROOM];
	struct record record;
	const char *last;
	size_t used;

	if (top->view.event_count == TOP_EVENTS_MAX || record_parse(line, size, &record))
		return;
	used = log_text_compact(&text, &record, out, sizeof(out));
	if (used && out[used - 1] == '\n')
		out[used - 1] = '\0';
	last = strrchr(out, '\n');
	top->lines[top->view.event_count] = strdup(last ? last + 1 : out);
	if (!top->lines[top->view.event_count])
		return;
	top->is_loud[top->view.event_count++] = is_loud(&record);
}

static void take_events(struct top *top, char *body)
{
	char *at = body, *end;

	drop_lines(top);
	for (; *at; at = end + 1) {
		end = strchrnul(at, '\n');
		take_event(top, at, (size_t)(end - at));
		if (!*end)
			break;
	}
}

static int ask_for(struct top *top, const char *path, char **out_body, size_t *out_size)
{
	cleanup_agent_client struct agent_client *client = NULL;
	int err = agent_client_open(top->fields.socket, &client);

	if (err)
		snprintf(top->trouble, sizeof(top->trouble), "%s: %s", top->fields.socket,
			 agent_client_why(err));
	return err ? err : agent_client_get(client, path, out_body, out_size, top->trouble);
}

static int ask_status(struct top *top)
{
	cleanup_free char *body = NULL;
	size_t size;
	int err = ask_for(top, "/v1/status", &body, &size);

	if (err)
		return err;
	err = take_status(top, body, size);
	if (err)
		snprintf(top->trouble, sizeof(top->trouble), "its answer is of another version");
	return err;
}

static int ask_events(struct top *top)
{
	cleanup_free char *body = NULL;
	size_t size;
	int err = ask_for(top, "/v1/events?last=64", &body, &size);

	if (!err)
		take_events(top, body);
	return err;
}

static void ask(struct top *top)
{
	int err = ask_status(top);

	if (!err)
		err = ask_events(top);
	if (!err) {
		top->trouble[0] = '\0';
		top->trouble_since_s = 0;
	} else if (!top->trouble_since_s) {
		top->trouble_since_s = now_s();
	}
}

/* ---- the screen ---- */

static int attributes_of(int color)
{
	static const int of[] = {
		[TINT_RED] = COLOR_PAIR(1) | A_BOLD,
		[TINT_YELLOW] = COLOR_PAIR(2),
		[TINT_GREEN] = COLOR_PAIR(3),
		[TINT_CYAN] = COLOR_PAIR(4),
		[TINT_BOLD] = A_BOLD,
		[TINT_DIM] = A_DIM,
	};

	return color == TOP_REVERSE ? (int)A_REVERSE : color < 0 ? 0 : of[color];
}

static void put(unsigned int row, unsigned int column, int color, const char *text, void *ctx)
{
	(void)ctx;
	attrset((attr_t)attributes_of(color));
	mvaddnstr((int)row, (int)column, text, COLS - (int)column);
	attrset(A_NORMAL);
}

static void draw(struct top *top)
{
	const struct canvas canvas = { (unsigned int)LINES, (unsigned int)COLS, put, NULL };

	top->view.trouble = top->trouble;
	top->view.trouble_s = top->trouble_since_s ? now_s() - top->trouble_since_s : 0;
	erase();
	top_draw(&top->view, &canvas);
	refresh();
}

static int key_of(int c)
{
	static const int keys[][2] = {
		{ KEY_UP, TOP_KEY_UP },
		{ KEY_DOWN, TOP_KEY_DOWN },
		{ KEY_PPAGE, TOP_KEY_PAGE_UP },
		{ KEY_NPAGE, TOP_KEY_PAGE_DOWN },
		{ KEY_HOME, TOP_KEY_HOME },
		{ KEY_BACKSPACE, 127 },
		{ KEY_ENTER, '\n' },
	};

	for (size_t i = 0; i < array_size(keys); i++)
		if (c == keys[i][0])
			return keys[i][1];
	return c < 256 ? c : 0;
}

static void loop(struct top *top)
{
	double due_s = 0;
	int c;

	for (;;) {
		enum top_action action;

		if (now_s() >= due_s && !top->view.is_paused) {
			ask(top);
			due_s = now_s() + top->view.period_s;
		}
		draw(top);
		timeout(top->view.is_paused ? 1000 : (int)fmax((due_s - now_s()) * 1000, 1));
		c = getch();
		if (c == ERR || c == KEY_RESIZE)
			continue;
		action = top_key(&top->view, key_of(c));
		if (action == TOP_QUIT)
			return;
		if (action == TOP_ASK) {
			ask(top);
			due_s = now_s() + top->view.period_s;
		}
	}
}

static void paint(const struct fields *fields)
{
	static const short colors[] = { 1, 3, 2, 6 }; /* of curses: red, yellow, green, cyan */

	if (!color_is_on(fields->color, STDOUT_FILENO) || !has_colors() || start_color() == ERR)
		return;
	use_default_colors();
	for (short i = 0; i < (short)array_size(colors); i++)
		init_pair((short)(i + 1), colors[i], -1);
}

static int show(struct top *top)
{
	const char *terminal = getenv("TERM") ?: "";
	bool is_dumb = !strcmp(terminal, "dumb"); /* curses would draw one line over another */
	SCREEN *screen = is_dumb ? NULL : newterm(NULL, stdout, stdin);

	if (!screen) {
		flags_complain("top: terminal '%s' %s; podip status needs none", terminal,
			       is_dumb ? "cannot be drawn on" : "is not known");
		return STATUS_FAILED;
	}
	paint(&top->fields);
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	set_escdelay(50);
	curs_set(0);
	loop(top);
	endwin();
	delscreen(screen);
	return STATUS_DONE;
}

/* ---- the command ---- */

static int parse_period(const char *text, void *field)
{
	char *end;
	unsigned long seconds = strtoul(text, &end, 10);

	if (end == text || (*end && strcmp(end, "s") != 0) || seconds < 1 || seconds > 60)
		return -EINVAL;
	*(unsigned int *)field = (unsigned int)seconds;
	return 0;
}

static const struct option_row rows[] = {
	{ .flag = "interval",
	  .letter = 'n',
	  .arg = "SECONDS",
	  .fallback = "2",
	  .help = "between two looks",
	  .expected = "a number of seconds from 1 to 60",
	  .parse = parse_period,
	  .offset = offsetof(struct fields, period_s) },
	OUTPUT_SOCKET_ROW(struct fields, socket),
	COLOR_ROW(struct fields, color),
};

static int run(const struct command *command, int argc, char **argv)
{
	cleanup_free struct top *top = calloc(1, sizeof(*top));
	int result, status;

	if (!top)
		return STATUS_FAILED;
	result = command_read(command, argc, argv, &top->fields, NULL);
	if (result != COMMAND_RUN)
		return output_status(result);
	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)) {
		flags_complain("top: this is no terminal; podip status needs none");
		return STATUS_FAILED;
	}
	setlocale(LC_CTYPE, "");
	top->view = (struct top_view){ .rates = top->rates,
				       .events = (const char *const *)top->lines,
				       .is_loud = top->is_loud,
				       .period_s = top->fields.period_s };
	status = show(top);
	drop_lines(top);
	if (top->has_status)
		status_clear(&top->status);
	if (top->has_before)
		status_clear(&top->before);
	return status;
}

const struct command cli_top_command = {
	.name = "top",
	.summary = "ranges filling, live: who waits, what fails, newest events",
	.examples = "  podip top                 # ? shows the keys, q quits\n"
		    "  kubectl exec -it ds/podip -- podip top\n",
	.text = "Asks the agent of this node over its unix socket, as podip status does.\n",
	.rows = rows,
	.row_count = array_size(rows),
	.run = run,
};

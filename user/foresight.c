// SPDX-License-Identifier: Apache-2.0
#include "foresight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/books/leaks.h"
#include "core/capacity/enis.h"
#include "core/forecast/outlook.h"
#include "log.h"
#include "source/log/recall.h"

struct foresight {
	struct foresight_config config;
	struct outlook *outlook;
	int64_t wall_ns; /* of the last change; 0 before the first walk is over */
	struct forecast_answer *answers; /* of the last measure */
};

int foresight_open(const struct foresight_config *config, struct foresight **out)
{
	cleanup_foresight struct foresight *foresight = calloc(1, sizeof(*foresight));
	int err;

	if (!foresight)
		return -ENOMEM;
	foresight->config = *config;
	err = outlook_new(&foresight->outlook);
	if (err)
		return err;
	*out = take_ptr(foresight);
	return 0;
}

void foresight_close(struct foresight *foresight)
{
	if (!foresight)
		return;
	outlook_free(foresight->outlook);
	free(foresight->answers);
	free(foresight);
}

/* ---- the past ---- */

static void on_recalled(const struct recalled *recalled, void *ctx)
{
	struct outlook *outlook = ctx;
	const struct outlook_past past = { .cidr = recalled->cidr,
					   .used = recalled->used,
					   .delta = recalled->delta,
					   .wall_ns = recalled->wall_ns };

	if (recalled->kind == RECALLED_GAP)
		outlook_gap(outlook, recalled->wall_ns);
	else
		outlook_recall(outlook, &past);
}

static void recall(struct foresight *foresight)
{
	for (size_t i = 0; i < foresight->config.path_count; i++) {
		const char *path = foresight->config.paths[i];
		int err;

		if (!strcmp(path, "-"))
			continue;
		err = recall_read(path, on_recalled, foresight->outlook);
		if (err)
			log_err(err, "cannot read '%s' for the forecasts, ignoring", path);
		return;
	}
}

void foresight_ranges(struct foresight *foresight)
{
	int err = outlook_set_ranges(foresight->outlook, account_ranges(foresight->config.account));

	if (err) {
		log_err(err, "cannot forecast these ranges, ignoring");
		return;
	}
	/* It may be 16 MiB. */
	if (outlook_wants_past(foresight->outlook))
		recall(foresight);
	if (foresight->wall_ns)
		outlook_observe_all(foresight->outlook, foresight->config.account,
				    foresight->wall_ns);
}

/* ---- now ---- */

void foresight_start(struct foresight *foresight, int64_t wall_ns)
{
	foresight->wall_ns = wall_ns;
	outlook_observe_all(foresight->outlook, foresight->config.account, wall_ns);
}

void foresight_changed(struct foresight *foresight, int range, int64_t wall_ns)
{
	if (!foresight->wall_ns)
		return;
	foresight->wall_ns = wall_ns;
	outlook_observe(foresight->outlook, foresight->config.account, range, wall_ns);
}

void foresight_restart(struct foresight *foresight, const struct account *account, int64_t wall_ns)
{
	outlook_end(foresight->outlook, wall_ns);
	foresight->config.account = account;
	foresight->wall_ns = 0;
}

/* Addresses that the books have and nobody holds. */
static void count_leaks(const struct metrics_input *input, double *held_back)
{
	const struct range_table *ranges = account_ranges(input->account);

	for (size_t i = 0; input->leaks && i < leaks_count(input->leaks); i++) {
		const struct leak *leak = leaks_at(input->leaks, i);

		for (int at = leak->kind == LEAK_IPAM_ONLY ? range_table_find(ranges, &leak->ip)
							   : RANGE_NONE;
		     at != RANGE_NONE; at = range_table_at(ranges, (size_t)at)->parent)
			held_back[at]++;
	}
}

void foresight_measure(struct foresight *foresight, int64_t wall_ns, struct metrics_input *out)
{
	const struct range_table *ranges = account_ranges(out->account);
	size_t count = range_table_count(ranges);
	cleanup_free double *held_back = calloc(count + 1, sizeof(*held_back));

	free(take_ptr(foresight->answers));
	foresight->answers = calloc(count + 1, sizeof(*foresight->answers));
	collect_add_loss(out, "forecasts", outlook_lost(foresight->outlook));
	if (!held_back || !foresight->answers || !foresight->wall_ns)
		return;
	count_leaks(out, held_back);
	for (size_t i = 0; i < count; i++) {
		struct forecast_room room = { .bound = range_bound(range_table_at(ranges, i)),
					      .held_back = held_back[i] };

		if (out->range_sums && out->range_sums[i].attached > 0) {
			room.cooldown = out->range_sums[i].cooldown;
			room.cooldown_s = (double)ENI_COOLDOWN_NS / 1e9;
		}
		outlook_ask(foresight->outlook, i, wall_ns, &room, &foresight->answers[i]);
	}
	out->forecasts = foresight->answers;
}

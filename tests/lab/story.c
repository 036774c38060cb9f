// SPDX-License-Identifier: Apache-2.0
#include "story.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/if_addr.h>
#include <string.h>

#include "step.h"

enum { LIST_TRIES = 100 };

/* What no pod can own: the kernel or the story puts them there, and none may be announced. */
static const char *const uncountable[] = { "127.", "169.254.", "::1/", "fe80:" };

static bool is_countable(const struct address_seen *seen)
{
	for (size_t i = 0; i < array_size(uncountable); i++) {
		if (!strncmp(seen->text, uncountable[i], strlen(uncountable[i])))
			return false;
	}
	return !(seen->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED));
}

static size_t find(const struct address_set *set, const char *text)
{
	size_t i = 0;

	while (i < set->count && strcmp(set->texts[i], text))
		i++;
	return i;
}

static int insert(struct address_set *set, const char *text)
{
	if (set->count == STORY_ADDRESS_MAX)
		return -ENOSPC;
	snprintf(set->texts[set->count++], ADDRESS_TEXT_SIZE, "%s", text);
	return 0;
}

static int list_one(void *ctx, const struct address_seen *seen)
{
	return is_countable(seen) ? insert(ctx, seen->text) : 0;
}

/* Does the kernel list what was announced, and nothing else? */
static int check_place(const struct place *place)
{
	struct address_set listed;
	int err = -EINTR;

	/* The kernel says EINTR when a list changed under it: its own link-local addresses do. */
	for (int i = 0; err == -EINTR && i < LIST_TRIES; i++) {
		listed.count = 0;
		err = address_each(place->net, list_one, &listed);
	}
	if (err)
		return err;

	for (size_t i = 0; i < listed.count; i++) {
		if (find(&place->present, listed.texts[i]) == place->present.count)
			return lab_err(-EPROTO, "%s has unexpected '%s'", place->label,
				       listed.texts[i]);
	}
	for (size_t i = 0; i < place->present.count; i++) {
		if (find(&listed, place->present.texts[i]) == listed.count)
			return lab_err(-EPROTO, "%s lacks expected '%s'", place->label,
				       place->present.texts[i]);
	}
	return 0;
}

static int check(const struct story *story)
{
	for (size_t i = 0; i < story->place_count; i++) {
		const struct place *place = &story->places[i];
		int err = 0;

		if (place->net)
			err = check_place(place);
		else if (place->present.count)
			err = lab_err(-EPROTO, "%s is gone, and '%s' was not", place->label,
				      place->present.texts[0]);
		if (err)
			return err;
	}
	return 0;
}

/* One event, "+ ADDRESS" or "- ADDRESS". */
static int announce(const struct story *story, struct place *place, const char *event)
{
	struct address_set *present = &place->present;
	const char *text = event + 2;
	size_t at = find(present, text);

	if ((event[0] == '+') != (at == present->count))
		return lab_err(-EPROTO, "%s cannot have '%s' now", place->label, event);
	if (story->log)
		fprintf(story->log, "%s %s\n", event, place->label);
	if (event[0] == '+')
		return insert(present, text);

	memcpy(present->texts[at], present->texts[--present->count], ADDRESS_TEXT_SIZE);
	return 0;
}

struct place *story_place(struct story *story, const char *label)
{
	struct place *place = story->places;

	for (; place < story->places + story->place_count; place++) {
		if (!strcmp(place->label, label))
			return place;
	}
	if (story->place_count == STORY_PLACE_MAX)
		return NULL;

	story->place_count++;
	*place = (struct place){ .label = label, .control = -1 };
	return place;
}

static int take_step(struct story *story, struct place *place, const struct step *step)
{
	bool existed = place->net;
	int err = step->run(story, place, step);

	if (err == -EOPNOTSUPP && step->kind) {
		printf("%s: skipped, the kernel has no %s\n", step->place, step->kind);
		place->is_lacking = true;
		return 0;
	}
	if (err != step->err)
		return lab_err(err ? err : -EPROTO, "%s: %s", step->place, step->text);

	printf("%s: %s\n", step->place, step->text);
	if (!existed && place->net)
		printf("netns %s %" PRIu32 "\n", step->place, net_inum(place->net));
	for (size_t i = 0; i < STEP_EVENT_MAX && step->expect[i]; i++) {
		err = announce(story, place, step->expect[i]);
		if (err)
			return err;
	}
	return 0;
}

int story_tell(struct story *story, const struct step *step)
{
	struct place *place = story_place(story, step->place);
	unsigned int pauses = step->pauses ? step->pauses : 1;
	int err;

	if (!place)
		return -ENOSPC;
	/* Without its link nothing happens in it; story_close() deletes it. */
	if (place->is_lacking)
		return 0;

	err = take_step(story, place, step);
	fflush(stdout);
	if (story->log)
		fflush(story->log);
	if (!err && lab_pause_us(story->pause_us * pauses))
		err = -EINTR;
	return err ? err : check(story);
}

int story_open(const char *prefix, uint64_t pause_us, FILE *log, struct story *out)
{
	struct story story = { .pause_us = pause_us, .log = log };
	/* For the pair that links of other kinds sit on. */
	int err = lab_open(prefix, LAB_MACVLAN, &story.lab);

	if (!err)
		*out = story;
	return err;
}

void story_close(struct story *story)
{
	for (size_t i = 0; i < story->place_count; i++) {
		struct place *place = &story->places[i];
		struct step end = { .place = place->label };

		if (place->process)
			step_process_end(story, place, &end);
		else if (place->net)
			step_netns_delete(story, place, &end);
	}
	lab_close(&story->lab);
	*story = (struct story){ 0 };
}

// SPDX-License-Identifier: Apache-2.0
#include "core/status/status_json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/text.h"
#include "core/status/status_fields.h"

enum { STATUS_VERSION = 1 };

#define INTEGER_MAX 9007199254740992.0 /* 2^53: up to there a double is exact */

/* ---- out ---- */

/* json_*_set_new() takes NULL for out of memory, and says so. */
static json_t *number_to_json(double value)
{
	if (value == floor(value) && fabs(value) <= INTEGER_MAX)
		return json_integer((json_int_t)value);
	return json_real(value);
}

static json_t *time_to_json(int64_t wall_ns)
{
	char text[TEXT_TIME_SIZE];

	text_time(wall_ns, text);
	return json_string(text);
}

static int put_field(json_t *json, const struct status_field *field, const void *item)
{
	const void *at = (const char *)item + field->offset;
	double number = field->kind == STATUS_FIELD_NUMBER ? *(const double *)at : 0;
	int64_t time = field->kind == STATUS_FIELD_TIME ? *(const int64_t *)at : 1;

	if (!isfinite(number) || !time)
		return 0;
	switch (field->kind) {
	case STATUS_FIELD_NUMBER:
		return json_object_set_new(json, field->key, number_to_json(number));
	case STATUS_FIELD_TEXT:
		return json_object_set_new(json, field->key, text_to_json(at));
	case STATUS_FIELD_FLAG:
		return json_object_set_new(json, field->key, json_boolean(*(const bool *)at));
	case STATUS_FIELD_TIME:
		return json_object_set_new(json, field->key, time_to_json(time));
	default:
		return json_object_set_new(json, field->key,
					   json_integer((json_int_t) * (const size_t *)at));
	}
}

static int put_fields(json_t *json, const struct status_shape *shape, const void *item)
{
	int err = 0;

	for (size_t i = 0; i < shape->field_count; i++)
		err |= put_field(json, &shape->fields[i], item);
	return err;
}

static int put_family(json_t *json, const struct status_range *range)
{
	return json_object_set_new(json, "family", json_string(range->is_v4 ? "ipv4" : "ipv6"));
}

static int put_list(json_t *root, const char *key, const struct status_shape *shape,
		    const void *items, size_t count)
{
	json_t *list = json_array();
	int err = json_object_set_new(root, key, list);

	for (size_t i = 0; !err && i < count; i++) {
		const char *item = (const char *)items + i * shape->item_size;
		json_t *json = json_object();

		err = json_array_append_new(list, json);
		if (!err)
			err = put_fields(json, shape, item);
		if (!err && shape == &status_range_shape)
			err = put_family(json, (const void *)item);
	}
	return err;
}

static int put_reasons(json_t *root, const char *key, const double counts[static REASON_COUNT])
{
	json_t *json = json_object();
	int err = json_object_set_new(root, key, json);

	for (enum reason i = 0; !err && i < REASON_COUNT; i++)
		if (isfinite(counts[i]))
			err = json_object_set_new(json, reason_name(i), number_to_json(counts[i]));
	return err;
}

json_t *status_to_json(const struct status *status)
{
	json_t *root = json_pack("{s:i, s:s}", "v", STATUS_VERSION, "level",
				 status_level_name(status->level));

	if (!root)
		return NULL;
	if (put_fields(root, &status_root_shape, status) ||
	    put_reasons(root, "failures", status->failures) ||
	    put_reasons(root, "incidents", status->incidents) ||
	    put_list(root, "ranges", &status_range_shape, status->ranges, status->range_count) ||
	    put_list(root, "alerts", &status_alert_shape, status->alerts, status->alert_count) ||
	    put_list(root, "sources", &status_source_shape, status->sources,
		     status->source_count) ||
	    put_list(root, "losses", &status_loss_shape, status->losses, status->loss_count)) {
		json_decref(root);
		return NULL;
	}
	return root;
}

/* ---- in ---- */

static int get_number(const json_t *value, double *out)
{
	if (value && !json_is_number(value))
		return -EINVAL;
	*out = value ? json_number_value(value) : NAN;
	return 0;
}

static int get_text(const json_t *value, char *out, size_t size)
{
	if (value && !json_is_string(value))
		return -EINVAL;
	text_copy(out, size, value ? json_string_value(value) : "");
	return 0;
}

static int get_time(const json_t *value, int64_t *out)
{
	*out = 0;
	if (!value)
		return 0;
	return json_is_string(value) ? text_time_parse(json_string_value(value), out) : -EINVAL;
}

static int get_count(const json_t *value, size_t *out)
{
	if (value && (!json_is_integer(value) || json_integer_value(value) < 0))
		return -EINVAL;
	*out = (size_t)json_integer_value(value);
	return 0;
}

static int get_field(const json_t *json, const struct status_field *field, void *item)
{
	const json_t *value = json_object_get(json, field->key);
	void *at = (char *)item + field->offset;

	switch (field->kind) {
	case STATUS_FIELD_NUMBER:
		return get_number(value, at);
	case STATUS_FIELD_TEXT:
		return get_text(value, at, field->size);
	case STATUS_FIELD_FLAG:
		*(bool *)at = json_is_true(value);
		return !value || json_is_boolean(value) ? 0 : -EINVAL;
	case STATUS_FIELD_TIME:
		return get_time(value, at);
	default:
		return get_count(value, at);
	}
}

static int get_fields(const json_t *json, const struct status_shape *shape, void *item)
{
	int err = json_is_object(json) ? 0 : -EINVAL;

	for (size_t i = 0; !err && i < shape->field_count; i++)
		err = get_field(json, &shape->fields[i], item);
	return err;
}

static int get_family(const json_t *json, struct status_range *out)
{
	const char *family = json_string_value(json_object_get(json, "family"));

	out->is_v4 = family && !strcmp(family, "ipv4");
	return out->is_v4 || (family && !strcmp(family, "ipv6")) ? 0 : -EINVAL;
}

/* Up to `room` of them. */
static int get_list(const json_t *list, const struct status_shape *shape, size_t room, void *items,
		    size_t *out_count)
{
	size_t count = json_array_size(list) < room ? json_array_size(list) : room;

	for (size_t i = 0; i < count; i++) {
		const json_t *json = json_array_get(list, i);
		char *item = (char *)items + i * shape->item_size;
		int err = get_fields(json, shape, item);

		if (!err && shape == &status_range_shape)
			err = get_family(json, (void *)item);
		if (err)
			return err;
	}
	*out_count = count;
	return 0;
}

static int get_reasons(const json_t *json, double out[static REASON_COUNT])
{
	int err = json_is_object(json) ? 0 : -EINVAL;

	for (enum reason i = 0; !err && i < REASON_COUNT; i++)
		err = get_number(json_object_get(json, reason_name(i)), &out[i]);
	return err;
}

static int get_level(const json_t *root, enum status_level *out)
{
	const char *name = json_string_value(json_object_get(root, "level"));

	for (enum status_level i = 0; name && i < STATUS_LEVEL_COUNT; i++) {
		if (strcmp(name, status_level_name(i)) == 0) {
			*out = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int get_ranges(const json_t *list, struct status *out)
{
	size_t count = json_array_size(list);
	size_t room = count < STATUS_RANGES_MAX ? count : STATUS_RANGES_MAX;

	out->ranges = calloc(room + 1, sizeof(*out->ranges));
	if (!out->ranges)
		return -ENOMEM;
	out->ranges_left_out += count - room;
	return get_list(list, &status_range_shape, room, out->ranges, &out->range_count);
}

/* Into what may be half-built then. */
static int get_status(const json_t *root, struct status *out)
{
	const json_t *alerts = json_object_get(root, "alerts");
	int err = get_fields(root, &status_root_shape, out);

	if (!err)
		err = get_level(root, &out->level);
	if (!err)
		err = get_reasons(json_object_get(root, "failures"), out->failures);
	if (!err)
		err = get_reasons(json_object_get(root, "incidents"), out->incidents);
	if (!err)
		err = get_ranges(json_object_get(root, "ranges"), out);
	if (!err)
		err = get_list(alerts, &status_alert_shape, STATUS_ALERTS_MAX, out->alerts,
			       &out->alert_count);
	if (!err)
		out->alerts_left_out += json_array_size(alerts) - out->alert_count;
	if (!err)
		err = get_list(json_object_get(root, "sources"), &status_source_shape,
			       STATUS_SOURCES_MAX, out->sources, &out->source_count);
	if (!err)
		err = get_list(json_object_get(root, "losses"), &status_loss_shape,
			       STATUS_LOSSES_MAX, out->losses, &out->loss_count);
	return err;
}

static bool has_lists(const json_t *root)
{
	static const char *const keys[] = { "ranges", "alerts", "sources", "losses" };

	for (size_t i = 0; i < array_size(keys); i++)
		if (!json_is_array(json_object_get(root, keys[i])))
			return false;
	return true;
}

int status_from_json(const json_t *json, struct status *out)
{
	const json_t *version = json_object_get(json, "v");
	struct status status = { 0 };
	int err;

	if (!json_is_integer(version))
		return -EINVAL;
	if (json_integer_value(version) != STATUS_VERSION)
		return -EPROTO;
	if (!has_lists(json))
		return -EINVAL;
	err = get_status(json, &status);
	if (err) {
		status_clear(&status);
		return err;
	}
	*out = status;
	return 0;
}

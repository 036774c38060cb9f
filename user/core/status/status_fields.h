/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which key of a status in JSON is which field of its structs. Pure.
 */
#pragma once

#include <stddef.h>

enum status_field_kind {
	STATUS_FIELD_NUMBER, /* double; NAN is left out */
	STATUS_FIELD_TEXT, /* char[size] */
	STATUS_FIELD_FLAG, /* bool */
	STATUS_FIELD_TIME, /* int64_t of ns since the epoch; 0 is left out */
	STATUS_FIELD_COUNT, /* size_t */
};

struct status_field {
	const char *key;
	enum status_field_kind kind;
	size_t offset, size;
};

/* Of one kind of object. */
struct status_shape {
	const struct status_field *fields;
	size_t field_count, item_size;
};

extern const struct status_shape status_root_shape; /* what is no list */
extern const struct status_shape status_range_shape, status_alert_shape, status_source_shape,
	status_loss_shape;

// SPDX-License-Identifier: Apache-2.0
#include "source/kube/kube_event.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/text.h"
#include "source/base/json.h"

enum { STATUS_UNKNOWN = 500 };

static bool is_named(const json_t *object, const char *name)
{
	const char *text = json_text(json_child(object, "metadata"), "name");

	return text && !strcmp(text, name);
}

static int copy_version(const json_t *object, char out[static KUBE_VERSION_SIZE])
{
	const char *version = json_text(json_child(object, "metadata"), "resourceVersion");

	if (!version || !version[0] || strlen(version) >= KUBE_VERSION_SIZE)
		return -EINVAL;
	text_copy(out, KUBE_VERSION_SIZE, version);
	return 0;
}

int kube_event_read_list(const char *text, size_t size, const char *name, struct kube_event *out)
{
	struct kube_event event = { .kind = KUBE_EVENT_ABSENT };
	cleanup_json json_t *root = NULL;
	const json_t *items;
	int err = json_read(text, size, &root);

	if (err)
		return err;
	items = json_list(root, "items");
	if (!items || copy_version(root, event.version))
		return -EINVAL;
	for (size_t i = 0; !event.object && i < json_array_size(items); i++) {
		if (is_named(json_array_get(items, i), name))
			event.object = json_incref(json_array_get(items, i));
	}
	if (event.object)
		event.kind = KUBE_EVENT_OBJECT;

	*out = event;
	return 0;
}

/* Another object's is of none, whatever it says. */
static enum kube_event_kind kind_of(const char *type, bool is_ours)
{
	static const struct {
		const char *type;
		enum kube_event_kind kind;
	} rows[] = {
		{ "ADDED", KUBE_EVENT_OBJECT },	  { "MODIFIED", KUBE_EVENT_OBJECT },
		{ "DELETED", KUBE_EVENT_ABSENT }, { "BOOKMARK", KUBE_EVENT_NONE },
		{ "ERROR", KUBE_EVENT_ERROR },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		if (strcmp(type, rows[i].type) != 0)
			continue;
		return is_ours || rows[i].kind == KUBE_EVENT_ERROR ? rows[i].kind : KUBE_EVENT_NONE;
	}
	return KUBE_EVENT_UNKNOWN;
}

/* The server ends a watch that cannot go on with an object of the kind Status. */
static int status_of(const json_t *object)
{
	json_int_t code = json_integer_value(json_object_get(object, "code"));

	return code >= 400 && code < 600 ? (int)code : STATUS_UNKNOWN;
}

int kube_event_read(const char *line, size_t size, const char *name, struct kube_event *out)
{
	struct kube_event event = { 0 };
	cleanup_json json_t *root = NULL;
	const char *type;
	json_t *object;
	int err = json_read(line, size, &root);

	if (err)
		return err;
	type = json_text(root, "type");
	object = json_object_get(root, "object");
	if (!type || !json_is_object(object))
		return -EINVAL;

	event.kind = kind_of(type, is_named(object, name));
	if (event.kind == KUBE_EVENT_ERROR)
		event.status = status_of(object);
	else if (event.kind != KUBE_EVENT_UNKNOWN && copy_version(object, event.version))
		return -EINVAL;
	if (event.kind == KUBE_EVENT_OBJECT)
		event.object = json_incref(object);

	*out = event;
	return 0;
}

void kube_event_clear(struct kube_event *event)
{
	json_decref(event->object);
	*event = (struct kube_event){ 0 };
}

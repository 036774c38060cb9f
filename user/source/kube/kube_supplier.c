// SPDX-License-Identifier: Apache-2.0
#include "source/kube/kube_supplier.h"

#include <errno.h>

#include "log.h"
#include "source/kube/kube_watch.h"

struct kube_supplier {
	struct kube_watch *watch;
	kube_parse_fn parse;
	struct capacity capacity; /* of the last good object */
	uint64_t version;
};

static int take_object(const json_t *object, void *ctx)
{
	cleanup_capacity struct capacity capacity = { 0 };
	struct kube_supplier *supplier = ctx;
	struct capacity before = supplier->capacity;
	int result;

	if (!object)
		return 0;
	result = supplier->parse(object, &capacity);
	if (result < 0)
		return result;

	supplier->version += !capacity_is_equal(&capacity, &before);
	supplier->capacity = capacity;
	capacity = before;
	return result;
}

int kube_supplier_open(const struct supplier_config *config, const char *path, kube_parse_fn parse,
		       void **out)
{
	struct kube_supplier *supplier = calloc(1, sizeof(*supplier));
	struct kube_watch_config watch_config = {
		.settings = config->settings,
		.fetcher = config->fetcher,
		.path = path,
		.on_object = take_object,
		.ctx = supplier,
	};
	int err;

	if (!supplier)
		return log_err(-ENOMEM, "cannot watch '%s' of Kubernetes", path);
	err = kube_watch_open(&watch_config, &supplier->watch);
	if (err) {
		free(supplier);
		return err;
	}

	supplier->parse = parse;
	*out = supplier;
	return 0;
}

void kube_supplier_close(void *data)
{
	struct kube_supplier *supplier = data;

	if (!supplier)
		return;
	kube_watch_close(supplier->watch);
	capacity_clear(&supplier->capacity);
	free(supplier);
}

uint64_t kube_supplier_turn(void *data, uint64_t now_ns)
{
	struct kube_supplier *supplier = data;

	return kube_watch_turn(supplier->watch, now_ns);
}

const struct capacity *kube_supplier_capacity(const void *data)
{
	const struct kube_supplier *supplier = data;

	return &supplier->capacity;
}

uint64_t kube_supplier_version(const void *data)
{
	const struct kube_supplier *supplier = data;

	return supplier->version;
}

struct supplier_status kube_supplier_status(const void *data)
{
	const struct kube_supplier *supplier = data;
	const struct capacity *capacity = &supplier->capacity;
	struct supplier_status status = kube_watch_status(supplier->watch);

	status.entries =
		capacity->range_count + capacity->enis.eni_count + (capacity->max_pods > 0);
	return status;
}

// SPDX-License-Identifier: Apache-2.0
/*
 * A cgroup path names a pod in one of its parts, "pod<uid>" of cgroupfs or
 * "...-pod<uid with _ for ->.slice" of systemd, and a container in one below it.
 * What lies above differs by node (a kubelet's own root, a cgroup namespace seen
 * from outside as "/../.."), so that only the shape of the uid says that a part
 * is a pod. containerd's "<slice>:cri-containerd:<id>" is read as if ':' were '/'.
 */
#include "core/pod/pod.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"

enum {
	UID_MIN = 32, /* a static pod's hash */
	ID_MIN = 12, /* a container id as docker abbreviates it */
};

/* Part of a text; not terminated. */
struct span {
	const char *at;
	size_t size;
};

static struct span span_of(const char *text)
{
	return (struct span){ .at = text, .size = strlen(text) };
}

/* What comes before one of `stops`, which goes too. False when nothing is left. */
static bool take_until(struct span *rest, const char *stops, struct span *out)
{
	size_t size = 0;

	if (!rest->at)
		return false;
	while (size < rest->size && !strchr(stops, rest->at[size]))
		size++;

	*out = (struct span){ .at = rest->at, .size = size };
	if (size == rest->size)
		*rest = (struct span){ 0 };
	else
		*rest = (struct span){ .at = rest->at + size + 1, .size = rest->size - size - 1 };
	return true;
}

static bool is_equal(struct span span, const char *text)
{
	return span.size == strlen(text) && memcmp(span.at, text, span.size) == 0;
}

static bool cut_suffix(struct span *span, const char *suffix)
{
	size_t size = strlen(suffix);

	if (span->size < size || memcmp(span->at + span->size - size, suffix, size) != 0)
		return false;
	span->size -= size;
	return true;
}

static bool set_arg(struct pod *pod, struct span key, struct span value)
{
	const struct {
		const char *key;
		char *out;
		size_t size;
	} rows[] = {
		{ "K8S_POD_NAMESPACE", pod->namespace, sizeof(pod->namespace) },
		{ "K8S_POD_NAME", pod->name, sizeof(pod->name) },
		{ "K8S_POD_UID", pod->uid, sizeof(pod->uid) },
		{ "K8S_POD_INFRA_CONTAINER_ID", pod->container_id, sizeof(pod->container_id) },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		if (!is_equal(key, rows[i].key))
			continue;
		if (value.size >= rows[i].size)
			return false;
		memcpy(rows[i].out, value.at, value.size);
		memset(rows[i].out + value.size, 0, rows[i].size - value.size);
		return true;
	}
	return true;
}

bool pod_set_arg(struct pod *pod, const char *key, const char *value)
{
	return set_arg(pod, span_of(key), span_of(value));
}

bool pod_set_args(struct pod *pod, const char *args, bool is_cut)
{
	struct span rest = span_of(args), pair, key;
	bool is_complete = !is_cut;

	while (take_until(&rest, ";", &pair)) {
		if (is_cut && !rest.at)
			break;
		take_until(&pair, "=", &key);
		/* Without "=" it is no pair, and nothing that a plugin could have read. */
		if (pair.at && !set_arg(pod, key, pair))
			is_complete = false;
	}
	return is_complete;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool read_uid(struct span part, char out[static POD_UID_SIZE])
{
	bool is_slice = cut_suffix(&part, ".slice");
	size_t start = is_slice ? part.size : 0, size;

	/* No uid has a 'p': what follows the last "-pod" is all of it. */
	while (start > 0 && !(part.size - start >= 3 && part.at[start - 1] == '-' &&
			      memcmp(part.at + start, "pod", 3) == 0))
		start--;
	if (part.size - start < 3 || memcmp(part.at + start, "pod", 3) != 0)
		return false;
	start += 3;
	size = part.size - start;
	if (size < UID_MIN || size >= POD_UID_SIZE)
		return false;

	for (size_t i = 0; i < size; i++) {
		char c = part.at[start + i];

		if (!is_hex(c) && c != '-' && c != '_')
			return false;
	}
	for (size_t i = 0; i < size; i++) {
		char c = part.at[start + i];

		out[i] = (char)(c == '_' ? '-' : c);
	}
	out[size] = '\0';
	return true;
}

/* "<id>", "cri-containerd-<id>.scope", "crio-<id>", "kata_<id>". */
static bool read_id(struct span part, char out[static POD_CONTAINER_ID_SIZE])
{
	size_t size = 0;

	cut_suffix(&part, ".scope");
	while (size < part.size && is_hex(part.at[part.size - size - 1]))
		size++;
	if (size < ID_MIN || size >= POD_CONTAINER_ID_SIZE ||
	    (size < part.size && !strchr("-_", part.at[part.size - size - 1])))
		return false;

	memcpy(out, part.at + part.size - size, size);
	out[size] = '\0';
	return true;
}

/* One line: "<number>:<controllers>:<path>". Of pods inside a pod the outermost is this node's. */
static void read_line(struct span line, struct pod *pod)
{
	struct span part;

	if (!take_until(&line, ":", &part) || !take_until(&line, ":", &part))
		return;
	cut_suffix(&line, " (deleted)");
	while (take_until(&line, "/:", &part)) {
		if (!pod->uid[0])
			read_uid(part, pod->uid);
		else if (read_id(part, pod->container_id))
			return;
	}
}

bool pod_from_cgroup(const char *text, struct pod *out)
{
	struct span rest = span_of(text), line;
	struct pod best = { 0 };

	while (!best.container_id[0] && take_until(&rest, "\n", &line)) {
		struct pod pod = { 0 };

		read_line(line, &pod);
		if (pod.container_id[0] || !best.uid[0])
			best = pod;
	}
	if (!best.uid[0])
		return false;

	*out = best;
	return true;
}

const char *pod_full_name(const struct pod *pod, char out[static POD_FULL_NAME_SIZE])
{
	if (!*pod->name)
		return NULL;
	snprintf(out, POD_FULL_NAME_SIZE, "%s/%s", pod->namespace, pod->name);
	return out;
}

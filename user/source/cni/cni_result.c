// SPDX-License-Identifier: Apache-2.0
#include "source/cni/cni_result.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "core/base/text.h"
#include "source/base/json.h"

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* Half a name would be another one. */
static void read_text(const json_t *object, const char *key, char *out, size_t size)
{
	const char *text = text_of(object, key);

	if (text && strlen(text) < size)
		text_copy(out, size, text);
}

static void read_pod(const json_t *root, struct pod *out)
{
	const json_t *args = json_object_get(root, "cniArgs");

	for (size_t i = 0; i < json_array_size(args); i++) {
		const json_t *pair = json_array_get(args, i);
		const char *key = json_string_value(json_array_get(pair, 0));
		const char *value = json_string_value(json_array_get(pair, 1));

		if (key && value)
			pod_set_arg(out, key, value);
	}
	read_text(root, "containerId", out->container_id, sizeof(out->container_id));
}

static void add_sandbox(const char *path, struct cni_result *result)
{
	if (!path || path[0] != '/' || strlen(path) >= CNI_SANDBOX_SIZE ||
	    result->sandbox_count == CNI_RESULT_SANDBOXES_MAX)
		return;
	for (size_t i = 0; i < result->sandbox_count; i++) {
		if (strcmp(result->sandboxes[i], path) == 0)
			return;
	}
	text_copy(result->sandboxes[result->sandbox_count++], CNI_SANDBOX_SIZE, path);
}

/* "10.0.0.5/24", or the address alone. */
static int parse_address(const char *text, struct ip *out)
{
	const char *slash = strchr(text, '/');
	struct prefix prefix;
	char host[IP_TEXT_SIZE];

	if (!slash)
		return ip_parse(text, out);
	if (prefix_parse_masked(text, &prefix))
		return -EINVAL;
	text_copy(host, (size_t)(slash - text) + 1, text);
	return ip_parse(host, out);
}

static void add_ip(const char *text, struct cni_result *result)
{
	struct ip ip;

	if (!text || parse_address(text, &ip) || !ip_is_countable(&ip))
		return;
	for (size_t i = 0; i < result->ip_count; i++) {
		if (ip_compare(&result->ips[i], &ip) == 0)
			return;
	}
	if (result->ip_count < CNI_RESULT_IPS_MAX)
		result->ips[result->ip_count++] = ip;
	else
		result->dropped_ips++;
}

/* In its fields the AWS VPC CNI tells itself what to undo. The plugin "dummy" gives pods real ones,
 * named as the runtime wants. */
static bool is_dummy(const json_t *interface, const struct cni_result *result)
{
	const char *name = text_of(interface, "name");

	return name && strncmp(name, "dummy", strlen("dummy")) == 0 &&
	       strcmp(name, result->ifname) != 0;
}

static void read_ips(const json_t *json, struct cni_result *result)
{
	const json_t *interfaces = json_object_get(json, "interfaces");
	const json_t *ips = json_object_get(json, "ips");

	for (size_t i = 0; i < json_array_size(ips); i++) {
		const json_t *ip = json_array_get(ips, i);
		const json_t *index = json_object_get(ip, "interface");
		const json_t *interface = NULL;

		if (json_is_integer(index))
			interface = json_array_get(interfaces, (size_t)json_integer_value(index));
		if (!is_dummy(interface, result))
			add_ip(text_of(ip, "address"), result);
	}

	/* versions 0.1 and 0.2 */
	add_ip(text_of(json_object_get(json, "ip4"), "ip"), result);
	add_ip(text_of(json_object_get(json, "ip6"), "ip"), result);
}

int cni_result_parse(const char *text, size_t size, struct cni_result *out)
{
	cleanup_json json_t *root = NULL;
	const json_t *json, *interfaces;
	struct cni_result result = { 0 };
	int err = json_read_last(text, size, &root);

	if (err)
		return err;
	if (!json_is_object(root))
		return -EINVAL;
	json = json_object_get(root, "result");
	interfaces = json_object_get(json, "interfaces");

	read_pod(root, &result.pod);
	read_text(root, "networkName", result.network, sizeof(result.network));
	read_text(root, "ifName", result.ifname, sizeof(result.ifname));
	for (size_t i = 0; i < json_array_size(interfaces); i++)
		add_sandbox(text_of(json_array_get(interfaces, i), "sandbox"), &result);
	add_sandbox(text_of(root, "netns"), &result);
	read_ips(json, &result);

	*out = result;
	return 0;
}

/* Without padding that is not zero: compared as bytes. */
struct cni_kept {
	int64_t since_ns;
	uint32_t netns[CNI_RESULT_SANDBOXES_MAX];
	uint8_t netns_count, ip_count, is_gone, zero;
	uint32_t size; /* of all this */
	struct ip ips[]; /* behind them the texts of a struct cni_pod, each with its NUL */
};

int cni_pod_keep(const struct cni_pod *pod, struct cni_kept **out)
{
	const char *const texts[] = { pod->network,  pod->ifname,  pod->pod.namespace,
				      pod->pod.name, pod->pod.uid, pod->pod.container_id };
	size_t size = sizeof(struct cni_kept) + pod->ip_count * sizeof(pod->ips[0]);
	struct cni_kept *kept;
	char *at;

	for (size_t i = 0; i < array_size(texts); i++)
		size += strlen(texts[i]) + 1;
	kept = calloc(1, size);
	if (!kept)
		return -ENOMEM;

	kept->since_ns = pod->since_ns;
	kept->netns_count = (uint8_t)pod->netns_count;
	kept->ip_count = (uint8_t)pod->ip_count;
	kept->is_gone = pod->is_gone;
	kept->size = (uint32_t)size;
	memcpy(kept->netns, pod->netns, pod->netns_count * sizeof(pod->netns[0]));
	memcpy(kept->ips, pod->ips, pod->ip_count * sizeof(pod->ips[0]));
	at = (char *)&kept->ips[pod->ip_count];
	for (size_t i = 0; i < array_size(texts); i++)
		at = stpcpy(at, texts[i]) + 1;

	*out = kept;
	return 0;
}

static const char *next_text(const char **at)
{
	const char *text = *at;

	*at += strlen(text) + 1;
	return text;
}

void cni_pod_load(const struct cni_kept *kept, struct cni_pod *out)
{
	const char *at = (const char *)&kept->ips[kept->ip_count];
	struct cni_pod pod = {
		.netns_count = kept->netns_count,
		.ip_count = kept->ip_count,
		.is_gone = kept->is_gone,
		.since_ns = kept->since_ns,
	};

	memcpy(pod.netns, kept->netns, sizeof(pod.netns));
	memcpy(pod.ips, kept->ips, kept->ip_count * sizeof(pod.ips[0]));
	pod.network = next_text(&at);
	pod.ifname = next_text(&at);
	text_copy(pod.pod.namespace, sizeof(pod.pod.namespace), next_text(&at));
	text_copy(pod.pod.name, sizeof(pod.pod.name), next_text(&at));
	text_copy(pod.pod.uid, sizeof(pod.pod.uid), next_text(&at));
	text_copy(pod.pod.container_id, sizeof(pod.pod.container_id), next_text(&at));
	*out = pod;
}

bool cni_kept_is_equal(const struct cni_kept *a, const struct cni_kept *b)
{
	if (!a || !b)
		return a == b;
	return a->size == b->size && memcmp(a, b, a->size) == 0;
}

int cni_kept_compare(const struct cni_kept *a, const struct cni_kept *b)
{
	return (a->since_ns > b->since_ns) - (a->since_ns < b->since_ns);
}

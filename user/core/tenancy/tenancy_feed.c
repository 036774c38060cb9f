// SPDX-License-Identifier: Apache-2.0
#include "core/tenancy/tenancy_feed.h"

#include <string.h>

#include "core/record/record_glance.h"
#include "core/record/record_parse.h"

#define BEFORE_IP ",\"ip\":\""
#define POD_KEY "\"pod\":\""

/* As record_format() writes it without an escape. */
static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text >= 0x7f || *text == '"' || *text == '\\')
			return false;
	return true;
}

void tenancy_feed_init(struct tenancies *tenancies, struct tenancy_feed *out)
{
	const struct tenancy_query *query = tenancies_query(tenancies);
	struct tenancy_feed feed = { .tenancies = tenancies };

	if (query->has_ip)
		ip_format(&query->ip, feed.ip);
	else
		feed.is_plain = is_plain(query->pod);
	*out = feed;
}

static bool is_type(const struct record_glance *glance, const char *type)
{
	return glance->type_size == strlen(type) && !memcmp(glance->type, type, glance->type_size);
}

/* The address stands right behind the type; where it does not, a parser finds it. */
static bool is_of_ip(const struct tenancy_feed *feed, const char *rest, size_t size)
{
	size_t ip_size = strlen(feed->ip);

	if (size < sizeof(BEFORE_IP) + ip_size ||
	    memcmp(rest, BEFORE_IP, sizeof(BEFORE_IP) - 1) != 0)
		return true;
	rest += sizeof(BEFORE_IP) - 1;
	return !memcmp(rest, feed->ip, ip_size) && rest[ip_size] == '"';
}

/* Or of a pod that is not known yet: what releases the address may know it. */
static bool is_of_pod(const struct tenancy_feed *feed, const char *rest, size_t size)
{
	const char *pod = tenancies_query(feed->tenancies)->pod;

	return !feed->is_plain || memmem(rest, size, pod, strlen(pod)) ||
	       !memmem(rest, size, POD_KEY, sizeof(POD_KEY) - 1);
}

static bool is_wanted(const struct tenancy_feed *feed, const struct record_glance *glance,
		      size_t rest_size)
{
	bool is_address = is_type(glance, "ip.assigned") || is_type(glance, "ip.released");

	if (tenancies_want_all(feed->tenancies) || is_type(glance, "events.lost") ||
	    (glance->type_size > 6 && !memcmp(glance->type, "agent.", 6)))
		return true;
	if (tenancies_query(feed->tenancies)->has_ip)
		return is_address && is_of_ip(feed, glance->rest, rest_size);
	return (is_address || is_type(glance, "cni.failed")) &&
	       is_of_pod(feed, glance->rest, rest_size);
}

static struct tenancy_moment moment_of(const struct record_glance *glance)
{
	struct tenancy_moment moment = { .seq = glance->seq,
					 .wall_ns = glance->wall_ns,
					 .mono_ns = glance->mono_ns };
	size_t size = glance->boot_id_size;

	if (size >= sizeof(moment.boot_id))
		size = sizeof(moment.boot_id) - 1;
	if (glance->boot_id)
		memcpy(moment.boot_id, glance->boot_id, size);
	return moment;
}

int tenancy_feed_line(struct tenancy_feed *feed, char *line, size_t size)
{
	struct record_glance glance;
	struct tenancy_moment moment;
	struct record record;

	if (!record_glance(line, size, &glance) &&
	    !is_wanted(feed, &glance, (size_t)(line + size - glance.rest))) {
		moment = moment_of(&glance);
		tenancies_pass(feed->tenancies, &moment);
		return 0;
	}
	if (record_parse(line, size, &record)) {
		feed->unread++;
		return 0;
	}
	return tenancies_put(feed->tenancies, &record);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of ipamd, with ' for ", and what is read of them as a text. */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "source/cloud/ipamd_parse.h"

enum { NOW_S = 1750000000 }; /* 2025-06-15T15:06:40Z */

#define NEVER "'UnassignedTime':'0001-01-01T00:00:00Z'"
/* Given to a pod, and what is left when it goes. */
#define HELD                                                             \
	"'IPAMKey':{'networkName':'aws-cni','containerID':'c81e728d9d'," \
	"'ifName':'eth0'},'IPAMMetadata':{'k8sPodNamespace':'shop',"     \
	"'k8sPodName':'web-0'},'AssignedTime':'2025-06-15T14:00:00.5Z'," NEVER
#define FREE                                                         \
	"'IPAMKey':{'networkName':'','containerID':'','ifName':''}," \
	"'IPAMMetadata':{},'AssignedTime':'2025-06-15T14:00:00Z'," NEVER
#define RELEASED(time)                                               \
	"'IPAMKey':{'networkName':'','containerID':'','ifName':''}," \
	"'IPAMMetadata':{},'AssignedTime':'2025-06-15T14:00:00Z','UnassignedTime':'" time "'"
#define ADDRESS(ip, rest) "'" ip "':{'Address':'" ip "'," rest "}"
#define SINGLE(ip, addresses)                                                                  \
	"'" ip "/32':{'Cidr':{'IP':'" ip "','Mask':'/////w=='},'IPAddresses':{" addresses "}," \
	"'IsPrefix':false,'AddressFamily':''}"
#define PREFIX(ip, addresses)                                                                  \
	"'" ip "/28':{'Cidr':{'IP':'" ip "','Mask':'////8A=='},'IPAddresses':{" addresses "}," \
	"'IsPrefix':true,'AddressFamily':''}"
#define ENI(id, device, blocks)                                                    \
	"'" id "':{'ID':'" id "','IsPrimary':false,'IsTrunk':false,'IsEFA':false," \
	"'DeviceNumber':" device ",'AvailableIPv4Cidrs':{" blocks "},'IPv6Cidrs':{}}"
#define CARD(enis) "{'TotalIPs':0,'AssignedIPs':0,'ENIs':{" enis "}}"

static inline int parse_at(int64_t now_ns, const char *text, struct ipamd_report *out)
{
	cleanup_free char *json = strdup(text);

	assert_non_null(json);
	for (char *at = json; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	return ipamd_parse(json, strlen(json), now_ns, out);
}

static inline int parse(const char *text, struct ipamd_report *out)
{
	return parse_at(NOW_S * INT64_C(1000000000), text, out);
}

/* "eni-1 card.device flags subnet [block address ...] ...": an address with = is held, with the
 * time of its release behind it. */
static inline const char *text_of(const struct enis *enis)
{
	static char text[16384];
	size_t used = 0;

	text[0] = '\0';
#define put(...) used += (size_t)snprintf(text + used, sizeof(text) - used, __VA_ARGS__)
	for (size_t i = 0; i < enis->eni_count; i++) {
		const struct eni *eni = &enis->enis[i];

		put("%s%s %u.%u", i ? "; " : "", eni->id, eni->card, eni->device);
		put("%s%s%s%s", eni->is_primary ? " primary" : "", eni->is_trunk ? " trunk" : "",
		    eni->is_efa ? " efa" : "", eni->is_excluded ? " excluded" : "");
		put("%s%s", eni->subnet_id[0] ? " " : "", eni->subnet_id);
		for (size_t j = 0; j < enis->block_count; j++) {
			const struct eni_block *block = &enis->blocks[j];
			char cidr[PREFIX_TEXT_SIZE];

			prefix_format(&block->cidr, cidr);
			if (block->eni == i)
				put(" %s%s", cidr, block->is_prefix ? "!" : "");
		}
		for (size_t j = 0; j < enis->address_count; j++) {
			const struct eni_address *address = &enis->addresses[j];
			char ip[IP_TEXT_SIZE];

			ip_format(&address->ip, ip);
			if (address->eni == i)
				put(" %s%s", ip, address->is_assigned ? "=" : "");
			if (address->eni == i && address->unassigned_ns)
				put("-%lld", (long long)address->unassigned_ns);
		}
	}
#undef put
	return text;
}

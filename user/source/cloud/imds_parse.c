// SPDX-License-Identifier: Apache-2.0
#include "source/cloud/imds_parse.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/text.h"

enum {
	WORD_SIZE = 64, /* longer than any CIDR: what is cut is none */
	IP_BITS = 128,
	DEVICE_MAX = 65535,
	SUBNET_RESERVED = 5, /* FIELD: AWS keeps them of every subnet */
};

#define BLANKS " \t\r\n"

const char *imds_key_name(enum imds_key key)
{
	static const char *const names[] = {
		[IMDS_INTERFACE_ID] = "interface-id",
		[IMDS_NETWORK_CARD] = "network-card",
		[IMDS_SUBNET_ID] = "subnet-id",
		[IMDS_VPC_ID] = "vpc-id",
		[IMDS_SUBNET_IPV4] = "subnet-ipv4-cidr-block",
		[IMDS_SUBNET_IPV6] = "subnet-ipv6-cidr-blocks",
		[IMDS_VPC_IPV4] = "vpc-ipv4-cidr-blocks",
		[IMDS_VPC_IPV6] = "vpc-ipv6-cidr-blocks",
		[IMDS_LOCAL_IPV4S] = "local-ipv4s",
		[IMDS_IPV4_PREFIX] = "ipv4-prefix",
		[IMDS_DEVICE_NUMBER] = "device-number",
	};

	return names[key];
}

/* text NULL has none. */
static bool next_word(const char **text, char out[static WORD_SIZE])
{
	size_t size;

	if (!*text)
		return false;
	*text += strspn(*text, BLANKS);
	size = strcspn(*text, BLANKS);
	snprintf(out, WORD_SIZE, "%.*s", (int)size, *text);
	*text += size;
	return size > 0;
}

/* Of two words none is the value. */
static int get_word(const char *text, char out[static WORD_SIZE])
{
	char rest[WORD_SIZE];

	return next_word(&text, out) && !next_word(&text, rest) ? 0 : -EINVAL;
}

int imds_parse_token(const char *text, char out[static IMDS_TOKEN_SIZE])
{
	size_t size = strlen(text);

	if (!size || size >= IMDS_TOKEN_SIZE)
		return -EINVAL;
	for (size_t i = 0; i < size; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return -EINVAL;
	}
	memcpy(out, text, size + 1);
	return 0;
}

int imds_parse_label(const char *text, char out[static CAPACITY_LABEL_SIZE])
{
	char word[WORD_SIZE];

	if (get_word(text, word) || word[strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789.-")])
		return -EINVAL;
	text_copy(out, CAPACITY_LABEL_SIZE, word);
	return 0;
}

static bool is_mac(const char *word)
{
	if (strlen(word) != IMDS_MAC_SIZE - 1)
		return false;
	for (size_t i = 0; word[i]; i++) {
		if (i % 3 == 2 ? word[i] != ':' : !strchr("0123456789abcdefABCDEF", word[i]))
			return false;
	}
	return true;
}

size_t imds_parse_macs(const char *text, char out[static ENIS_MAX][IMDS_MAC_SIZE],
		       struct poll_result *result)
{
	char word[WORD_SIZE];
	size_t count = 0;

	while (next_word(&text, word)) {
		size_t size = strlen(word);

		if (size && word[size - 1] == '/')
			word[size - 1] = '\0';
		if (!is_mac(word))
			poll_complain(result, "'%s' is no MAC address", word);
		else if (count == ENIS_MAX)
			result->capacity.enis.dropped++;
		else
			text_copy(out[count++], IMDS_MAC_SIZE, word);
	}
	return count;
}

/* The values of one ENI, and where they go. */
struct reader {
	const char *const *values;
	struct poll_result *result;
	uint32_t eni; /* its index */
	int err; /* -ENOMEM ends it all */
};

static void complain(struct reader *reader, enum imds_key key)
{
	poll_complain(reader->result, "'%.*s' as %s", WORD_SIZE, reader->values[key],
		      imds_key_name(key));
}

static void keep(struct reader *reader, int err)
{
	if (err == -ENOMEM)
		reader->err = err;
}

/* An absent one is "". */
static void get_id(struct reader *reader, enum imds_key key, char out[static ENI_ID_SIZE])
{
	char word[WORD_SIZE];

	if (!reader->values[key])
		return;
	if (get_word(reader->values[key], word) || eni_id_parse(word, out))
		complain(reader, key);
}

/* An absent one is 0. -EINVAL none. */
static int get_number(struct reader *reader, enum imds_key key, uint32_t *out)
{
	char word[WORD_SIZE];
	unsigned long number;

	if (!reader->values[key])
		return 0;
	if (!get_word(reader->values[key], word) && !word[strspn(word, "0123456789")]) {
		number = strtoul(word, NULL, 10);
		if (number <= DEVICE_MAX) {
			*out = (uint32_t)number;
			return 0;
		}
	}
	complain(reader, key);
	return -EINVAL;
}

static int parse_cidr(const char *word, bool is_v4, struct prefix *out)
{
	struct prefix cidr;

	if (prefix_parse(word, &cidr) || ip_is_v4(&cidr.base) != is_v4)
		return -EINVAL;
	*out = cidr;
	return 0;
}

/* Every CIDR of a list is a range. */
static void add_ranges(struct reader *reader, enum imds_key key, const struct range *naming)
{
	bool is_v4 = key == IMDS_SUBNET_IPV4 || key == IMDS_VPC_IPV4;
	const char *text = reader->values[key];
	struct range range = *naming;
	char word[WORD_SIZE];

	while (next_word(&text, word)) {
		if (parse_cidr(word, is_v4, &range.cidr))
			complain(reader, key);
		else if (range.name[0])
			keep(reader, capacity_add_range(&reader->result->capacity, &range));
	}
}

/* A range without a name is none: its id was not understood. */
static void add_all_ranges(struct reader *reader, const char *subnet_id)
{
	struct range subnet = { .scope = RANGE_SCOPE_SUBNET,
				.reserved = SUBNET_RESERVED,
				.source = "imds",
				.parent = RANGE_NONE };
	struct range vpc = subnet;
	char vpc_id[ENI_ID_SIZE] = "";

	get_id(reader, IMDS_VPC_ID, vpc_id);
	vpc.scope = RANGE_SCOPE_CLUSTER;
	vpc.reserved = 0;
	text_copy(subnet.name, sizeof(subnet.name), subnet_id);
	text_copy(vpc.name, sizeof(vpc.name), vpc_id);
	add_ranges(reader, IMDS_SUBNET_IPV4, &subnet);
	add_ranges(reader, IMDS_SUBNET_IPV6, &subnet);
	add_ranges(reader, IMDS_VPC_IPV4, &vpc);
	add_ranges(reader, IMDS_VPC_IPV6, &vpc);
}

static void get_subnet(const char *text, struct eni *eni)
{
	char word[WORD_SIZE];

	if (text && !get_word(text, word))
		eni->has_subnet = !parse_cidr(word, true, &eni->subnet);
}

static void get_primary(const char *text, struct eni *eni)
{
	char word[WORD_SIZE];

	if (next_word(&text, word))
		eni->has_primary = !ip_parse(word, &eni->primary) && ip_is_v4(&eni->primary);
}

static void add_secondaries(struct reader *reader)
{
	const char *text = reader->values[IMDS_LOCAL_IPV4S];
	char word[WORD_SIZE];

	for (bool is_first = true; next_word(&text, word); is_first = false) {
		struct eni_block block = { .eni = reader->eni };
		struct ip ip;

		if (ip_parse(word, &ip) || !ip_is_v4(&ip)) {
			complain(reader, IMDS_LOCAL_IPV4S);
			continue;
		}
		block.cidr = prefix_of(&ip, IP_BITS);
		if (!is_first)
			keep(reader, enis_add_block(&reader->result->capacity.enis, &block));
	}
}

static void add_prefixes(struct reader *reader)
{
	const char *text = reader->values[IMDS_IPV4_PREFIX];
	struct eni_block block = { .eni = reader->eni, .is_prefix = true };
	char word[WORD_SIZE];

	while (next_word(&text, word)) {
		if (parse_cidr(word, true, &block.cidr))
			complain(reader, IMDS_IPV4_PREFIX);
		else
			keep(reader, enis_add_block(&reader->result->capacity.enis, &block));
	}
}

int imds_add_eni(const char *const values[static IMDS_KEY_COUNT], struct poll_result *result)
{
	struct reader reader = { .values = values, .result = result };
	struct eni eni = { 0 };
	int index;

	get_id(&reader, IMDS_INTERFACE_ID, eni.id);
	if (!eni.id[0])
		return 0;
	if (enis_find(&result->capacity.enis, eni.id)) {
		complain(&reader, IMDS_INTERFACE_ID);
		return 0;
	}
	get_id(&reader, IMDS_SUBNET_ID, eni.subnet_id);
	eni.is_primary = !get_number(&reader, IMDS_NETWORK_CARD, &eni.card) &&
			 !get_number(&reader, IMDS_DEVICE_NUMBER, &eni.device) && !eni.card &&
			 !eni.device;
	get_subnet(values[IMDS_SUBNET_IPV4], &eni);
	get_primary(values[IMDS_LOCAL_IPV4S], &eni);

	index = enis_add(&result->capacity.enis, &eni);
	if (index < 0)
		return index == -ENOMEM ? index : 0;
	reader.eni = (uint32_t)index;
	add_all_ranges(&reader, eni.subnet_id);
	add_secondaries(&reader);
	add_prefixes(&reader);
	return reader.err;
}

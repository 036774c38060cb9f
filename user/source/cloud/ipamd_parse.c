// SPDX-License-Identifier: Apache-2.0
/*
 * Shapes by version, as its data_store.go and introspect.go have them:
 *	<= 1.6     ENIIPPools: {eni: {IPv4Addresses: {ip: {Assigned}}}}
 *	1.7, 1.8   ENIs: {eni: {IPv4Addresses: {ip: {IPAMKey, UnassignedTime}}}}
 *	1.9        ENIs: {eni: {AvailableIPv4Cidrs: {cidr: {Cidr, IPv4Addresses}}}}
 *	>= 1.10    ENIs: {eni: {AvailableIPv4Cidrs, IPv6Cidrs: {cidr: {Cidr, IPAddresses}}}}
 *	>= 1.20    {"0": {ENIs: ...}, "1": {ENIs: ...}} by network card
 * Each key is looked for wherever it may be: the version is not told. Go writes a map
 * or pointer that it does not have as null: as good as absent.
 */
#include "source/cloud/ipamd_parse.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "source/base/json.h"

enum {
	IP_BITS = 128,
	V4_LEN_MIN = 16, /* no subnet of a VPC is larger, so neither is a block of one */
	V6_LEN_MIN = 44,
	CARD_DIGITS_MAX = 3,
	DEVICE_MAX = 65535,
};

#define NS_PER_S INT64_C(1000000000)

struct reader {
	struct ipamd_report report;
	int64_t now_ns;
	uint32_t card;
	uint32_t eni; /* whose entries are read */
	int err; /* -ENOMEM ends it all */
};

static void complain(struct reader *reader, const char *what)
{
	if (!reader->report.errors++)
		reader->report.error = what;
}

/* The value of a key with the type that it has to have; NULL it is not there. */
static const json_t *get(struct reader *reader, const json_t *object, const char *key,
			 json_type type)
{
	const json_t *value = json_object_get(object, key);

	if (!value || json_is_null(value))
		return NULL;
	if (json_typeof(value) == type)
		return value;
	complain(reader, "a value of another type than expected");
	return NULL;
}

static bool get_flag(struct reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (value && !json_is_boolean(value) && !json_is_null(value))
		complain(reader, "a value of another type than expected");
	return json_is_true(value);
}

/* As many digits as are asked for, and a number within the bounds. */
static int get_number(const char **at, size_t digits, int min, int max)
{
	int number = 0;

	for (size_t i = 0; i < digits; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return -EINVAL;
		number = number * 10 + (**at - '0');
	}
	return number < min || number > max ? -EINVAL : number;
}

/* ".123" in ns; what is below a nanosecond is cut off. */
static int get_fraction(const char **at, int64_t *out_ns)
{
	int64_t ns = 0, unit = NS_PER_S / 10;

	*out_ns = 0;
	if (**at != '.')
		return 0;
	(*at)++;
	if (**at < '0' || **at > '9')
		return -EINVAL;
	for (; **at >= '0' && **at <= '9'; (*at)++, unit /= 10)
		ns += (**at - '0') * unit;
	*out_ns = ns;
	return 0;
}

/* "Z" or "+02:00", to the text's end. */
static int get_offset(const char *at, int *out_s)
{
	int hours, minutes, sign = *at == '-' ? -1 : 1;

	if (strcmp(at, "Z") == 0) {
		*out_s = 0;
		return 0;
	}
	if (*at != '+' && *at != '-')
		return -EINVAL;
	at++;
	hours = get_number(&at, 2, 0, 23);
	if (hours < 0 || *at++ != ':')
		return -EINVAL;
	minutes = get_number(&at, 2, 0, 59);
	if (minutes < 0 || *at)
		return -EINVAL;
	*out_s = sign * (hours * 3600 + minutes * 60);
	return 0;
}

/* RFC 3339. Up to 1970 it is 0: Go's zero time is of the year 1. */
static int parse_time(const char *text, int64_t *out_ns)
{
	static const struct {
		size_t digits;
		int min, max;
		char end;
	} parts[] = {
		{ 4, 0, 9999, '-' }, { 2, 1, 12, '-' }, { 2, 1, 31, 'T' },
		{ 2, 0, 23, ':' },   { 2, 0, 59, ':' }, { 2, 0, 60, '\0' },
	};
	int numbers[array_size(parts)];
	int64_t time_s, ns;
	int offset_s;
	struct tm tm;

	for (size_t i = 0; i < array_size(parts); i++) {
		numbers[i] = get_number(&text, parts[i].digits, parts[i].min, parts[i].max);
		if (numbers[i] < 0 || (parts[i].end && *text++ != parts[i].end))
			return -EINVAL;
	}
	if (get_fraction(&text, &ns) || get_offset(text, &offset_s))
		return -EINVAL;
	tm = (struct tm){ .tm_year = numbers[0] - 1900,
			  .tm_mon = numbers[1] - 1,
			  .tm_mday = numbers[2],
			  .tm_hour = numbers[3],
			  .tm_min = numbers[4] };
	time_s = timegm(&tm) + numbers[5] - offset_s;
	if (tm.tm_mday != numbers[2] || time_s >= INT64_MAX / NS_PER_S)
		return -EINVAL;

	*out_ns = time_s < 0 ? 0 : time_s * NS_PER_S + ns;
	return 0;
}

/* Base64, the bytes of a mask: as many as asked for, ones before zeros. */
static int parse_mask(const char *text, size_t size, uint8_t *out_ones)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789+/";
	size_t digits = (size * 8 + 5) / 6;
	uint8_t ones = 0;
	bool has_zero = false;

	/* Both sizes of a mask leave one byte over three, and so two signs of padding. */
	if (strlen(text) != digits + 2 || strcmp(text + digits, "==") != 0)
		return -EINVAL;
	for (size_t i = 0; i < digits * 6; i++) {
		const char *digit = strchr(alphabet, text[i / 6]);
		bool is_one;

		if (!digit)
			return -EINVAL;
		is_one = (digit - alphabet) >> (5 - i % 6) & 1;
		if (is_one && (has_zero || i >= size * 8))
			return -EINVAL;
		has_zero |= !is_one;
		ones += is_one;
	}
	*out_ones = ones;
	return 0;
}

/* {"IP": "10.0.1.16", "Mask": "////8A=="} */
static int parse_cidr(const json_t *cidr, struct prefix *out)
{
	const char *base = json_text(cidr, "IP"), *mask = json_text(cidr, "Mask");
	struct ip ip;
	uint8_t ones;
	bool is_v4;

	if (!base || !mask || ip_parse(base, &ip))
		return -EINVAL;
	is_v4 = ip_is_v4(&ip);
	if (parse_mask(mask, is_v4 ? 4 : 16, &ones) || ones < (is_v4 ? V4_LEN_MIN : V6_LEN_MIN))
		return -EINVAL;
	*out = prefix_of(&ip, (uint8_t)(is_v4 ? IP_V4_BITS + ones : ones));
	return 0;
}

/* Past a bound they are counted in dropped. */
static void keep(struct reader *reader, int err)
{
	if (err == -ENOMEM)
		reader->err = err;
}

static int64_t get_unassigned(struct reader *reader, const json_t *address)
{
	const json_t *value = get(reader, address, "UnassignedTime", JSON_STRING);
	int64_t ns = 0;

	if (value && parse_time(json_string_value(value), &ns))
		complain(reader, "a time that is none");
	/* The clock was set back: ipamd goes by another one, and does not wait for so long. */
	return ns > reader->now_ns ? 0 : ns;
}

/* block NULL: the address is one itself. */
static void add_address(struct reader *reader, const char *key, const json_t *value,
			const struct prefix *block)
{
	struct eni_address address = { .eni = reader->eni };
	const json_t *owner;

	if (!json_is_object(value) || ip_parse(key, &address.ip) ||
	    (block && !prefix_holds_ip(block, &address.ip))) {
		complain(reader, "an address that is none of its block");
		return;
	}
	if (!block) {
		const struct eni_block single = { .cidr = prefix_of(&address.ip, IP_BITS),
						  .eni = reader->eni };

		keep(reader, enis_add_block(&reader->report.enis, &single));
	}
	owner = get(reader, value, "IPAMKey", JSON_OBJECT);
	owner = owner ? get(reader, owner, "networkName", JSON_STRING) : NULL;
	/* A released one has an owner without a name. */
	address.is_assigned = get_flag(reader, value, "Assigned") || json_string_length(owner) > 0;
	address.unassigned_ns = get_unassigned(reader, value);
	keep(reader, enis_add_address(&reader->report.enis, &address));
}

static void add_addresses(struct reader *reader, const json_t *object, const char *key,
			  const struct prefix *block)
{
	const json_t *addresses = get(reader, object, key, JSON_OBJECT);
	const char *ip;
	json_t *value;

	json_object_foreach((json_t *)addresses, ip, value) add_address(reader, ip, value, block);
}

static void add_blocks(struct reader *reader, const json_t *eni, const char *key)
{
	const uint64_t errors = reader->report.errors;
	const json_t *blocks = get(reader, eni, key, JSON_OBJECT);
	const char *name;
	json_t *value;

	reader->report.bad_blocks += reader->report.errors - errors;
	json_object_foreach((json_t *)blocks, name, value)
	{
		struct eni_block block = { .eni = reader->eni };

		if (parse_cidr(json_child(value, "Cidr"), &block.cidr)) {
			complain(reader, "a block without a usable CIDR");
			reader->report.bad_blocks++;
			continue;
		}
		block.is_prefix = block.cidr.len < IP_BITS;
		keep(reader, enis_add_block(&reader->report.enis, &block));
		add_addresses(reader, value, "IPv4Addresses", &block.cidr);
		add_addresses(reader, value, "IPAddresses", &block.cidr);
	}
}

/* 0 where it is not known. */
static uint32_t get_device(struct reader *reader, const json_t *eni)
{
	const json_t *value = get(reader, eni, "DeviceNumber", JSON_INTEGER);
	json_int_t device = json_integer_value(value);

	if (device >= 0 && device <= DEVICE_MAX)
		return (uint32_t)device;
	complain(reader, "a device number out of range");
	return 0;
}

static void add_eni(struct reader *reader, const char *id, const json_t *value)
{
	struct enis *enis = &reader->report.enis;
	struct eni eni = { .card = reader->card };
	const json_t *subnet;
	int index;

	if (!json_is_object(value) || eni_id_parse(id, eni.id) || enis_find(enis, eni.id)) {
		complain(reader, "an ENI that is none, or twice there");
		return;
	}
	eni.device = get_device(reader, value);
	eni.is_primary = get_flag(reader, value, "IsPrimary");
	eni.is_trunk = get_flag(reader, value, "IsTrunk");
	eni.is_efa = get_flag(reader, value, "IsEFA");
	eni.is_excluded = get_flag(reader, value, "IsExcludedForPodIPs");
	subnet = get(reader, value, "SubnetID", JSON_STRING);
	if (json_string_length(subnet) > 0 &&
	    eni_id_parse(json_string_value(subnet), eni.subnet_id))
		complain(reader, "a subnet's id that is none");

	index = enis_add(enis, &eni);
	keep(reader, index);
	if (index < 0)
		return;
	reader->eni = (uint32_t)index;
	add_addresses(reader, value, "IPv4Addresses", NULL);
	add_blocks(reader, value, "AvailableIPv4Cidrs");
	add_blocks(reader, value, "IPv6Cidrs");
}

static bool add_card(struct reader *reader, const json_t *card)
{
	const json_t *enis = get(reader, card, "ENIs", JSON_OBJECT);
	const char *id;
	json_t *value;

	if (!enis)
		enis = get(reader, card, "ENIIPPools", JSON_OBJECT);
	json_object_foreach((json_t *)enis, id, value) add_eni(reader, id, value);
	return enis;
}

static void add_cards(struct reader *reader, const json_t *root)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)root, key, value)
	{
		size_t digits = strspn(key, "0123456789");

		if (!digits || digits > CARD_DIGITS_MAX || key[digits])
			continue;
		reader->card = (uint32_t)strtoul(key, NULL, 10);
		if (!json_is_object(value))
			complain(reader, "a network card of another type than expected");
		add_card(reader, value);
	}
}

int ipamd_parse(const char *text, size_t size, int64_t now_ns, struct ipamd_report *out)
{
	struct reader reader = { .now_ns = now_ns, .report.enis.has_addresses = true };
	cleanup_json json_t *root = NULL;
	int err;

	err = json_read(text, size, &root);
	if (err)
		return err;
	if (!add_card(&reader, root))
		add_cards(&reader, root);
	err = reader.err;
	if (!err && !reader.report.enis.eni_count)
		err = -ENODATA;
	if (err) {
		enis_clear(&reader.report.enis);
		return err;
	}

	*out = reader.report;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the EC2 instance metadata service says, a text a key: a value, or a list
 * separated by white space. Text in, struct capacity out; nothing else is touched.
 * What is no address, CIDR or id is left out and complained of.
 */
#pragma once

#include <stddef.h>

#include "core/capacity/capacity.h"
#include "source/supplier/poll.h"

/* Of one ENI, in the order in which they are asked for. The first and the last one every ENI has:
 * when both are there, then so was the ENI in between. */
enum imds_key {
	IMDS_INTERFACE_ID,
	IMDS_NETWORK_CARD,
	IMDS_SUBNET_ID,
	IMDS_VPC_ID,
	IMDS_SUBNET_IPV4,
	IMDS_SUBNET_IPV6,
	IMDS_VPC_IPV4,
	IMDS_VPC_IPV6,
	IMDS_LOCAL_IPV4S,
	IMDS_IPV4_PREFIX,
	IMDS_DEVICE_NUMBER,
	IMDS_KEY_COUNT
};

enum { IMDS_MAC_SIZE = 18, IMDS_TOKEN_SIZE = 256 };

const char *imds_key_name(enum imds_key key);

/* Fit for a header? -EINVAL leaves out alone. */
int imds_parse_token(const char *text, char out[static IMDS_TOKEN_SIZE]);
/* "m5.large", "eu-west-1a". -EINVAL leaves out alone. */
int imds_parse_label(const char *text, char out[static CAPACITY_LABEL_SIZE]);
/* "0e:49:61:0f:c3:11/", a line each: fit for a URL. Gives how many; those past ENIS_MAX are
 * counted in result->capacity. */
size_t imds_parse_macs(const char *text, char out[static ENIS_MAX][IMDS_MAC_SIZE],
		       struct poll_result *result);
/* Adds an ENI, with its subnet and VPC, to result->capacity. An absent key is NULL. -ENOMEM. */
int imds_add_eni(const char *const values[static IMDS_KEY_COUNT], struct poll_result *result);

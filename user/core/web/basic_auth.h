/* SPDX-License-Identifier: Apache-2.0 */
/* Basic authentication (RFC 7617): a name and a password out of a header. Pure. */
#pragma once

enum { BASIC_AUTH_SIZE = 512 }; /* of both with the ':' between them */

struct basic_auth {
	char name[BASIC_AUTH_SIZE], password[BASIC_AUTH_SIZE];
};

/* Of "Basic bmFtZTpwYXNzd29yZA==". -EINVAL: another scheme, not Base64, no ':', a NUL byte, which
 * would end a password early, or too long. *out is untouched then. */
int basic_auth_parse(const char *header, struct basic_auth *out);
/* No trace stays. */
void basic_auth_clear(struct basic_auth *auth);

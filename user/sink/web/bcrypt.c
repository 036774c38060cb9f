// SPDX-License-Identifier: Apache-2.0
#include "sink/web/bcrypt.h"

#include <crypt.h>
#include <errno.h>
#include <gnutls/crypto.h>
#include <stdlib.h>
#include <string.h>

int bcrypt_judge(const char *password, const char *hash, bool *out_is_good)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	const char *got;
	int err = 0;

	if (!data)
		return -ENOMEM;
	got = crypt_r(password, hash, data);
	/* A password that is too long, or a hash that is none, is not good. */
	if ((!got || *got == '*') && errno == ENOMEM)
		err = -ENOMEM;
	else
		*out_is_good = got && strlen(got) == strlen(hash) &&
			       !gnutls_memcmp(got, hash, strlen(hash));
	explicit_bzero(data, sizeof(*data));
	free(data);
	return err;
}

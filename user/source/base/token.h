/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bearer tokens out of files that others replace at any time. They are read anew for
 * each request, and never shown.
 */
#pragma once

enum { TOKEN_MAX = 16 << 10 }; /* bytes of the file; a service account's has some 1200 */

/* "Authorization: Bearer ..." with what the file has now; NULL where there is no such file, or
 * token_file is NULL or "". -EINVAL what is in it is no token, -ENOMEM, or as file_read(). The
 * caller owns *out. */
int token_header(const char *token_file, char **out);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Percent-encoding, for values within a URL's query and within forms.
 */
#pragma once

/* RFC 3986's unreserved characters stay as they are. NULL: no memory. The caller owns it. */
char *percent_encode(const char *text);

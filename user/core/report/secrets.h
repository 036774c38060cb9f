/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets: text of others, to be given away, without what opens something. Pure.
 *
 * Replaced by SECRETS_HIDDEN are: user and password of a URL; what is said of a key that
 * ends in one of some words (token, password, secret, ...), in YAML, JSON, shell and
 * command lines, over as many lines as it has; what follows Bearer and Basic; the bodies
 * of private keys in PEM. A key that merely names a file (token-file) is left alone.
 */
#pragma once

#include <stddef.h>

#define SECRETS_HIDDEN "(hidden)"

/* -ENOMEM. The caller owns *out, which is NUL-terminated; other NULs of the text are kept. */
int secrets_hide(const char *text, size_t size, char **out, size_t *out_size);

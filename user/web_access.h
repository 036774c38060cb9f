/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Web access: the gate of the web server, made of the web configuration file, which is
 * read again when it, a certificate, a key or the clients' authorities change.
 */
#pragma once

#include "cleanup.h"
#include "core/metrics/collect.h"

struct gate;
struct loop;
struct web_access;

/* The path is borrowed; "" has no file and no gate. Says why in the log when it fails. The caller
 * owns *out. */
int web_access_open(const char *path, struct loop *loop, struct web_access **out);
void web_access_close(struct web_access *access);
DEFINE_CLEANUP(web_access, struct web_access *, web_access_close)
#define cleanup_web_access cleanup(cleanup_web_access_fn)

/* Would it be taken? "" is. 0 or -errno, after saying why not in the log; nothing is kept. */
int web_access_check(const char *path);

struct gate *web_access_gate(const struct web_access *access); /* borrowed; NULL: none */
/* Soon, whether or not a file has changed. */
void web_access_request(struct web_access *access);
void web_access_measure(const struct web_access *access, struct metrics_input *out);

/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a client of the tests' web server may trust. */
#pragma once

/* PEM files that exist until the program ends: of the authority that signed the server's
 * certificate (for 127.0.0.1 and localhost), and of another one. */
const char *web_ca_file(void);
const char *web_other_ca_file(void);

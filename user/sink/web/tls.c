// SPDX-License-Identifier: Apache-2.0
/*
 * Clients' certificates are judged within the handshake, by verify(): who has no good
 * one never gets to ask.
 */
#include "sink/web/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>

enum { SAN_SIZE = 512, SANS_MAX = 256 /* of one certificate that are looked at */ };

struct tls {
	unsigned int shares;
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priority;
	struct tls_validity validity;
	enum web_client_auth client_auth;
	char *sans[WEB_SANS_MAX];
	size_t san_count;
};

/* ---- clients ---- */

/* An address is told as bytes, the rest as text. */
static bool write_san(int kind, const char *raw, size_t size, char out[static SAN_SIZE])
{
	int family = size == 4 ? AF_INET : AF_INET6;

	switch (kind) {
	case GNUTLS_SAN_DNSNAME:
	case GNUTLS_SAN_RFC822NAME:
	case GNUTLS_SAN_URI:
		if (size >= SAN_SIZE || memchr(raw, '\0', size))
			return false;
		memcpy(out, raw, size);
		out[size] = '\0';
		return true;
	case GNUTLS_SAN_IPADDRESS:
		return (size == 4 || size == 16) && inet_ntop(family, raw, out, SAN_SIZE);
	default:
		return false;
	}
}

static bool is_allowed(const struct tls *tls, const char *san)
{
	for (size_t i = 0; i < tls->san_count; i++)
		if (!strcmp(tls->sans[i], san))
			return true;
	return false;
}

static bool has_allowed_san(const struct tls *tls, gnutls_x509_crt_t crt)
{
	for (unsigned int i = 0; i < SANS_MAX; i++) {
		char raw[SAN_SIZE], text[SAN_SIZE];
		size_t size = sizeof(raw);
		int kind = gnutls_x509_crt_get_subject_alt_name(crt, i, raw, &size, NULL);

		if (kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			return false;
		if (kind >= 0 && write_san(kind, raw, size, text) && is_allowed(tls, text))
			return true;
	}
	return false;
}

static bool is_one_of_sans(const struct tls *tls, const gnutls_datum_t *der)
{
	gnutls_x509_crt_t crt;
	bool is_one;

	if (gnutls_x509_crt_init(&crt) < 0)
		return false;
	is_one = gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER) >= 0 &&
		 has_allowed_san(tls, crt);
	gnutls_x509_crt_deinit(crt);
	return is_one;
}

static bool is_signed_for_clients(gnutls_session_t session)
{
	gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
					  .data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT };
	unsigned int status;

	return gnutls_certificate_verify_peers(session, &purpose, 1, &status) >= 0 && !status;
}

/* libmicrohttpd closes without a word; a client's log shall say why. */
static int turn_away(gnutls_session_t session)
{
	(void)gnutls_alert_send(session, GNUTLS_AL_FATAL, GNUTLS_A_BAD_CERTIFICATE);
	return GNUTLS_E_CERTIFICATE_ERROR;
}

/* Who must show one and does not is turned away by GnuTLS itself. */
static int verify(gnutls_session_t session)
{
	const struct tls *tls = gnutls_db_get_ptr(session);
	unsigned int count = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);

	if (!chain || !count)
		return 0;
	if (tls->client_auth >= WEB_CLIENT_VERIFY_GIVEN && !is_signed_for_clients(session))
		return turn_away(session);
	if (tls->san_count && !is_one_of_sans(tls, &chain[0]))
		return turn_away(session);
	return 0;
}

int tls_attach(struct tls *tls, void *session)
{
	static const gnutls_certificate_request_t requests[WEB_CLIENT_COUNT] = {
		[WEB_CLIENT_NONE] = GNUTLS_CERT_IGNORE,
		[WEB_CLIENT_REQUEST] = GNUTLS_CERT_REQUEST,
		[WEB_CLIENT_ANY] = GNUTLS_CERT_REQUIRE,
		[WEB_CLIENT_VERIFY_GIVEN] = GNUTLS_CERT_REQUEST,
		[WEB_CLIENT_VERIFY] = GNUTLS_CERT_REQUIRE,
	};
	gnutls_session_t at = session;

	/* Without credentials no handshake succeeds: what fails here lets nobody in. */
	gnutls_credentials_clear(at);
	if (gnutls_priority_set(at, tls->priority) < 0)
		return -EIO;
	gnutls_certificate_server_set_request(at, requests[tls->client_auth]);
	if (gnutls_credentials_set(at, GNUTLS_CRD_CERTIFICATE, tls->credentials) < 0)
		return -EIO;
	/* The session's own pointer is libmicrohttpd's; that of the database of sessions, which we
	 * have none of, is free. */
	gnutls_db_set_ptr(at, tls);
	return 0;
}

/* ---- life ---- */

static gnutls_datum_t datum(const char *text)
{
	return (gnutls_datum_t){ (unsigned char *)text, (unsigned int)strlen(text) };
}

static int complain(const char *what, int code, char *error)
{
	snprintf(error, WEB_ERROR_SIZE, "tls_server_config: %s: %s", what, gnutls_strerror(code));
	return code == GNUTLS_E_MEMORY_ERROR ? -ENOMEM : -EINVAL;
}

static int load_pair(struct tls *tls, const struct web_tls_settings *settings, char *error)
{
	gnutls_datum_t cert = datum(settings->cert), key = datum(settings->key);
	int code = gnutls_certificate_set_x509_key_mem2(tls->credentials, &cert, &key,
							GNUTLS_X509_FMT_PEM, NULL, 0);

	if (code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
		return complain("the key is not the certificate's", code, error);
	return code < 0 ? complain("cannot use certificate and key", code, error) : 0;
}

static int read_validity(const gnutls_datum_t *der, struct tls_validity *out)
{
	gnutls_x509_crt_t crt;
	int code = gnutls_x509_crt_init(&crt);

	if (code < 0)
		return code;
	code = gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER);
	if (code >= 0)
		*out = (struct tls_validity){ gnutls_x509_crt_get_activation_time(crt),
					      gnutls_x509_crt_get_expiration_time(crt) };
	gnutls_x509_crt_deinit(crt);
	return code;
}

/* Of the chain that a client is shown, whose own certificate comes first. */
static int look_at_validity(struct tls *tls, char *error)
{
	struct tls_validity one;
	gnutls_datum_t der;
	int code;

	for (unsigned int i = 0; gnutls_certificate_get_crt_raw(tls->credentials, 0, i, &der) >= 0;
	     i++) {
		code = read_validity(&der, &one);
		if (code < 0)
			return complain("cannot read the certificate", code, error);
		if (!i || one.not_after_s < tls->validity.not_after_s)
			tls->validity = one;
	}
	return 0;
}

static int load_authorities(struct tls *tls, const char *pem, char *error)
{
	gnutls_datum_t text;
	int code;

	if (!pem)
		return 0;
	text = datum(pem);
	code = gnutls_certificate_set_x509_trust_mem(tls->credentials, &text, GNUTLS_X509_FMT_PEM);
	if (!code)
		code = GNUTLS_E_NO_CERTIFICATE_FOUND;
	return code < 0 ? complain("cannot use the authorities of clients", code, error) : 0;
}

static int set_choice(struct tls *tls, const struct tls_choice *choice, char *error)
{
	char text[TLS_PRIORITY_SIZE];
	int code;

	tls_choice_priority(choice, text);
	code = gnutls_priority_init(&tls->priority, text, NULL);
	if (code >= 0)
		return 0;
	tls->priority = NULL;
	return complain("GnuTLS refuses these versions, suites and curves", code, error);
}

static int copy_sans(struct tls *tls, const struct web_tls_settings *settings)
{
	for (size_t i = 0; i < settings->san_count; i++) {
		tls->sans[i] = strdup(settings->sans[i]);
		if (!tls->sans[i])
			return -ENOMEM;
		tls->san_count++;
	}
	return 0;
}

int tls_new(const struct web_tls_settings *settings, char error[static WEB_ERROR_SIZE],
	    struct tls **out)
{
	cleanup_tls struct tls *tls = calloc(1, sizeof(*tls));
	int err;

	snprintf(error, WEB_ERROR_SIZE, "out of memory");
	if (!tls)
		return -ENOMEM;
	tls->shares = 1;
	tls->client_auth = settings->client_auth;
	if (gnutls_certificate_allocate_credentials(&tls->credentials) < 0) {
		tls->credentials = NULL;
		return -ENOMEM;
	}
	gnutls_certificate_set_verify_function(tls->credentials, verify);
	err = load_pair(tls, settings, error);
	if (!err)
		err = look_at_validity(tls, error);
	if (!err)
		err = load_authorities(tls, settings->client_ca, error);
	if (!err)
		err = set_choice(tls, &settings->choice, error);
	if (!err)
		err = copy_sans(tls, settings);
	if (err)
		return err;
	*out = take_ptr(tls);
	return 0;
}

struct tls_validity tls_validity(const struct tls *tls)
{
	return tls->validity;
}

struct tls *tls_share(struct tls *tls)
{
	tls->shares++;
	return tls;
}

void tls_drop(struct tls *tls)
{
	if (!tls || --tls->shares)
		return;
	if (tls->credentials)
		gnutls_certificate_free_credentials(tls->credentials);
	if (tls->priority)
		gnutls_priority_deinit(tls->priority);
	for (size_t i = 0; i < tls->san_count; i++)
		free(tls->sans[i]);
	free(tls);
}

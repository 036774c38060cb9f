// SPDX-License-Identifier: Apache-2.0
#include "net/curl.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "cleanup.h"
#include "log.h"
#include "podip_version.h"

/* The first one with CURLOPT_QUICK_EXIT and CURLOPT_CA_CACHE_TIMEOUT. */
#define VERSION_MIN CURL_VERSION_BITS(7, 87, 0)

#define FUNCTION(name)                                         \
	{                                                      \
		"curl_" #name, offsetof(struct curl_api, name) \
	}
static const struct {
	const char *name;
	size_t offset;
} functions[] = {
	FUNCTION(global_init),
	FUNCTION(version_info),
	FUNCTION(easy_init),
	FUNCTION(easy_cleanup),
	FUNCTION(easy_setopt),
	FUNCTION(easy_getinfo),
	FUNCTION(easy_strerror),
	FUNCTION(multi_init),
	FUNCTION(multi_cleanup),
	FUNCTION(multi_setopt),
	FUNCTION(multi_add_handle),
	FUNCTION(multi_remove_handle),
	FUNCTION(multi_socket_action),
	FUNCTION(multi_info_read),
	FUNCTION(slist_append),
	FUNCTION(slist_free_all),
	FUNCTION(url),
	FUNCTION(url_cleanup),
	FUNCTION(url_set),
	FUNCTION(url_get),
	FUNCTION(free),
};
#undef FUNCTION

_Static_assert(array_size(functions) * sizeof(void (*)(void)) == sizeof(struct curl_api),
	       "a function is not looked up");

static int find_functions(void *library, struct curl_api *out)
{
	for (size_t i = 0; i < array_size(functions); i++) {
		void *function = dlsym(library, functions[i].name);

		if (!function) {
			log_warn("cannot use libcurl: %s", dlerror());
			return -ENOSYS;
		}
		memcpy((char *)out + functions[i].offset, &function, sizeof(function));
	}
	return 0;
}

static int start(const struct curl_api *api)
{
	const curl_version_info_data *info = api->version_info(CURLVERSION_FIRST);
	CURLcode code;

	if (info->version_num < VERSION_MIN || !(info->features & CURL_VERSION_SSL)) {
		log_warn("cannot use libcurl '%s': 7.87.0 with TLS is needed", info->version);
		return -ENOSYS;
	}
	code = api->global_init(CURL_GLOBAL_DEFAULT);
	if (code) {
		log_warn("cannot start libcurl '%s': %s", info->version, api->easy_strerror(code));
		return -ENOSYS;
	}
	return 0;
}

int curl_load(const char *name, const struct curl_api **out)
{
	static struct curl_api loaded;
	static bool is_loaded;
	struct curl_api api = { 0 };
	void *library = NULL;
	int err;

	if (!is_loaded) {
		library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
		if (!library) {
			log_warn("cannot load libcurl: %s", dlerror());
			return -ENOSYS;
		}
		err = find_functions(library, &api);
		err = err ? err : start(&api);
		if (err) {
			dlclose(library);
			return err;
		}
		loaded = api;
		is_loaded = true;
	}

	*out = &loaded;
	return 0;
}

static CURLcode set_always(const struct curl_api *api, CURL *easy)
{
	static const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{ CURLOPT_FOLLOWLOCATION, 0 },
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
		{ CURLOPT_HTTP09_ALLOWED, 0 },
		{ CURLOPT_NETRC, CURL_NETRC_IGNORED },
		{ CURLOPT_NOSIGNAL, 1 },
		/* Or a name that is still looked up holds up whoever gives up on it. */
		{ CURLOPT_QUICK_EXIT, 1 },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
		{ CURLOPT_SSL_VERIFYPEER, 1 },
		{ CURLOPT_SSL_VERIFYHOST, 2 },
		/* What the authority's file says counts for each connection: none is verified by
		 * what was read, or resumes what was verified, before the file changed. */
		{ CURLOPT_CA_CACHE_TIMEOUT, 0 },
		{ CURLOPT_SSL_SESSIONID_CACHE, 0 },
	};
	static const struct {
		CURLoption option;
		const char *value;
	} texts[] = {
		{ CURLOPT_PROTOCOLS_STR, "http,https" },
		{ CURLOPT_PROXY, "" },
		{ CURLOPT_NOPROXY, "*" },
		{ CURLOPT_USERAGENT, "podip/" PODIP_VERSION },
	};
	CURLcode code = CURLE_OK;

	for (size_t i = 0; !code && i < array_size(numbers); i++)
		code = api->easy_setopt(easy, numbers[i].option, numbers[i].value);
	for (size_t i = 0; !code && i < array_size(texts); i++)
		code = api->easy_setopt(easy, texts[i].option, texts[i].value);
	return code;
}

int curl_easy_open(const struct curl_api *api, CURL **out)
{
	CURL *easy = api->easy_init();
	CURLcode code;

	if (!easy)
		return -ENOMEM;
	code = set_always(api, easy);
	if (code) {
		api->easy_cleanup(easy);
		return code == CURLE_OUT_OF_MEMORY ? -ENOMEM : -ENOSYS;
	}

	*out = easy;
	return 0;
}

int curl_errno(const struct curl_api *api, CURL *easy, CURLcode code)
{
	static const struct {
		CURLcode code;
		int err;
	} rows[] = {
		{ CURLE_OK, 0 },
		{ CURLE_URL_MALFORMAT, -EINVAL },
		{ CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH },
		{ CURLE_COULDNT_CONNECT, -ECONNREFUSED },
		{ CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT },
		{ CURLE_FILESIZE_EXCEEDED, -EFBIG },
		/* cut off */
		{ CURLE_PARTIAL_FILE, -ECONNRESET },
		{ CURLE_GOT_NOTHING, -ECONNRESET },
		{ CURLE_RECV_ERROR, -ECONNRESET },
		{ CURLE_SEND_ERROR, -ECONNRESET },
		/* not HTTP, of another version, or badly put */
		{ CURLE_UNSUPPORTED_PROTOCOL, -EPROTO },
		{ CURLE_WEIRD_SERVER_REPLY, -EPROTO },
		{ CURLE_BAD_CONTENT_ENCODING, -EPROTO },
		/* TLS */
		{ CURLE_SSL_CONNECT_ERROR, -EPROTO },
		{ CURLE_SSL_CIPHER, -EPROTO },
		{ CURLE_SSL_CERTPROBLEM, -EPROTO },
		{ CURLE_SSL_CACERT_BADFILE, -EPROTO },
		{ CURLE_SSL_ISSUER_ERROR, -EPROTO },
		{ CURLE_PEER_FAILED_VERIFICATION, -EPROTO },
	};
	long os_errno = 0;

	/* It knows why, as ENOENT of a UNIX socket. */
	if (code == CURLE_COULDNT_CONNECT)
		api->easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
	if (os_errno > 0)
		return -(int)os_errno;
	for (size_t i = 0; i < array_size(rows); i++) {
		if (rows[i].code == code)
			return rows[i].err;
	}
	/* CURLE_OUT_OF_MEMORY, too: libcurl says so of a header line of 100 KiB. */
	return -EIO;
}

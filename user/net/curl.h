/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl, loaded when it is first needed instead of with the program: an agent
 * that asks nobody does not carry it and the forty libraries that it needs. Only its
 * header is there at build time.
 */
#pragma once

#include <curl/curl.h>

#define CURL_LIBRARY "libcurl.so.4"

/* The functions, of the names that they have in libcurl behind "curl_". */
struct curl_api {
	CURLcode (*global_init)(long flags);
	curl_version_info_data *(*version_info)(CURLversion age);
	CURL *(*easy_init)(void);
	void (*easy_cleanup)(CURL *easy);
	CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
	CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
	const char *(*easy_strerror)(CURLcode code);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_cleanup)(CURLM *multi);
	CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
	CURLMcode (*multi_add_handle)(CURLM *multi, CURL *easy);
	CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *easy);
	CURLMcode (*multi_socket_action)(CURLM *multi, curl_socket_t fd, int events, int *running);
	CURLMsg *(*multi_info_read)(CURLM *multi, int *left);
	struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
	void (*slist_free_all)(struct curl_slist *list);
	CURLU *(*url)(void);
	void (*url_cleanup)(CURLU *url);
	CURLUcode (*url_set)(CURLU *url, CURLUPart part, const char *text, unsigned int flags);
	CURLUcode (*url_get)(const CURLU *url, CURLUPart part, char **out, unsigned int flags);
	void (*free)(void *text);
};

/* Loads `name` and sets it up; once that went well, later calls give the same whatever the name. It
 * stays until the program ends. -ENOSYS: it is not there, lacks a function, is older than 7.87.0 or
 * without TLS; the log says which. */
int curl_load(const char *name, const struct curl_api **out);

/* A handle that keeps to what all of ours do: http and https, no redirect, no proxy, no file of the
 * user's, TLS 1.2 or later with a verified peer. -ENOMEM, -ENOSYS an option is not known. The
 * caller owns *out. */
int curl_easy_open(const struct curl_api *api, CURL **out);

/* What the code that a transfer ended with means as -errno; -EIO for what says nothing to us. */
int curl_errno(const struct curl_api *api, CURL *easy, CURLcode code);

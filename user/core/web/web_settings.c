// SPDX-License-Identifier: Apache-2.0
#include "core/web/web_settings.h"

#include <errno.h>
#include <string.h>

/* Keys and hashes do not stay in freed memory. */
static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

void web_user_clear(struct web_user *user)
{
	free(user->name);
	wipe(user->hash);
	*user = (struct web_user){ 0 };
}

void web_settings_clear(struct web_settings *settings)
{
	wipe(settings->tls.key);
	free(settings->tls.cert);
	free(settings->tls.client_ca);
	for (size_t i = 0; i < settings->tls.san_count; i++)
		free(settings->tls.sans[i]);
	for (size_t i = 0; i < settings->header_count; i++)
		free(settings->headers[i].value);
	for (size_t i = 0; i < settings->user_count; i++)
		web_user_clear(&settings->users[i]);
	for (size_t i = 0; i < settings->file_count; i++)
		free(settings->files[i]);
	*settings = (struct web_settings){ 0 };
}

int web_settings_add_file(struct web_settings *settings, const char *path)
{
	char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	settings->files[settings->file_count++] = copy;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <string.h>

#include "sink/web/gate.h"
#include "sink/web/tls.h"
#include "web_pem.h"

#define SECOND 1000000000ULL
#define SECRET "$2b$04$9izARnyx5t3YnhTwyrUm9eYnb2nCR6Qu5j2VPj6EogSs632F13zui" /* "secret" */
#define ALICE "Basic YWxpY2U6c2VjcmV0" /* alice:secret */

static const struct web_settings open_settings = { 0 };
static const struct web_settings with_user = {
	.users = { { (char *)"alice", (char *)SECRET } },
	.user_count = 1,
	.headers = { { "X-Frame-Options", (char *)"deny" } },
	.header_count = 1,
};

static struct web_settings with_tls(const char *key)
{
	return (struct web_settings){ .tls = { .is_on = true,
					       .cert = (char *)web_pem_certificate,
					       .key = (char *)key,
					       .choice = tls_choice_default() } };
}

static struct gate *open_gate(const struct web_settings *settings)
{
	char error[WEB_ERROR_SIZE] = "";
	struct gate *gate = NULL;

	assert_int_equal(gate_new(settings, error, &gate), 0);
	return gate;
}

static const struct peer here = { .is_near = true };

static enum gate_verdict admit(struct gate *gate, const char *header, uint64_t now_ns)
{
	return gate_admit(gate, &(struct password_asker){ header, here }, now_ns);
}

static void is_as_it_was_told_last(void **state)
{
	cleanup_gate struct gate *gate = open_gate(&open_settings);
	char error[WEB_ERROR_SIZE] = "";

	(void)state;
	assert_int_equal(admit(gate, NULL, 0), GATE_OPEN);
	assert_null(gate_headers(gate)[0].name);
	assert_int_equal(gate_set(gate, &with_user, error), 0);
	assert_int_equal(admit(gate, NULL, 0), GATE_PASSWORD);
	assert_int_equal(admit(gate, ALICE, 0), GATE_OPEN);
	assert_string_equal(gate_headers(gate)[0].name, "X-Frame-Options");
	assert_string_equal(gate_headers(gate)[0].value, "deny");
	assert_null(gate_headers(gate)[1].name);
	assert_int_equal(gate_set(gate, &open_settings, error), 0);
	assert_int_equal(admit(gate, NULL, 0), GATE_OPEN);
	assert_null(gate_headers(gate)[0].name);
}

static void has_tls_or_has_it_not_for_life(void **state)
{
	const struct web_settings secure = with_tls(web_pem_key), broken = with_tls("nonsense");
	cleanup_gate struct gate *plain = open_gate(&with_user), *gate = open_gate(&secure);
	struct tls *tls = gate_tls(gate);
	char error[WEB_ERROR_SIZE] = "";

	(void)state;
	assert_null(gate_tls(plain));
	assert_int_equal(gate_set(plain, &secure, error), -EINVAL);
	assert_string_equal(error, "tls_server_config: TLS takes another start");
	assert_int_equal(admit(plain, NULL, 0), GATE_PASSWORD); /* as it was */
	assert_non_null(tls);
	assert_int_equal(gate_set(gate, &with_user, error), -EINVAL);
	assert_string_equal(error, "tls_server_config: to do without TLS takes another start");
	assert_int_equal(gate_set(gate, &broken, error), -EINVAL);
	assert_non_null(strstr(error, "cannot use certificate and key"));
	assert_ptr_equal(gate_tls(gate), tls);
	assert_int_equal(admit(gate, NULL, 0), GATE_OPEN);
	/* what a connection has a share of stays */
	tls_share(tls);
	assert_int_equal(gate_set(gate, &secure, error), 0);
	assert_ptr_not_equal(gate_tls(gate), tls);
	tls_drop(tls);
}

static void admits_so_many_requests_in_a_time(void **state)
{
	const struct web_settings slow = { .rate_period_ns = 2 * SECOND, .rate_burst = 2 };
	cleanup_gate struct gate *gate = open_gate(&slow);

	(void)state;
	assert_int_equal(admit(gate, NULL, 100 * SECOND), GATE_OPEN);
	assert_int_equal(admit(gate, NULL, 100 * SECOND), GATE_OPEN);
	assert_int_equal(admit(gate, NULL, 100 * SECOND), GATE_RATE);
	assert_int_equal(gate_wait_s(gate, GATE_RATE, &here, 100 * SECOND), 2);
	assert_int_equal(admit(gate, NULL, 102 * SECOND), GATE_OPEN);
	assert_int_equal(admit(gate, NULL, 102 * SECOND), GATE_RATE);
}

static void tells_when_a_new_password_is_judged(void **state)
{
	static const char *const wrong[] = { "Basic YTph", "Basic YTpi", "Basic YTpj" };
	cleanup_gate struct gate *gate = open_gate(&with_user);

	(void)state;
	for_each_case(c, wrong)
		assert_int_equal(admit(gate, *c, 0), GATE_PASSWORD);
	assert_int_equal(admit(gate, "Basic YTpk", 0), GATE_PASSWORD_LATER);
	assert_int_equal(gate_wait_s(gate, GATE_PASSWORD_LATER, &here, 0), 2);
	assert_int_equal(admit(gate, "Basic YTpk", 2 * SECOND), GATE_PASSWORD);
	/* what cannot be told now, soon */
	assert_int_equal(gate_wait_s(gate, GATE_PASSWORD_LATER, &here, 100 * SECOND), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_as_it_was_told_last),
		cmocka_unit_test(has_tls_or_has_it_not_for_life),
		cmocka_unit_test(admits_so_many_requests_in_a_time),
		cmocka_unit_test(tells_when_a_new_password_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

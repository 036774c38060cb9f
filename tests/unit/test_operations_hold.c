// SPDX-License-Identifier: Apache-2.0
/* For how long plugins' words are listened for, with a hook of the test's own in the place of the
 * kernel's. */
#include "test.h"

#include <stdio.h>

#include "call.h"
#include "loop.h"
#include "operations.h"
#include "source/kernel/capture.h"
#include "source/kernel/probe.h"

struct capture_hook {
	bool is_attached;
	unsigned int holds;
};

static struct capture_hook one;

int capture_open(const struct object *object, struct capture_hook **out)
{
	(void)object;
	one = (struct capture_hook){ 0 };
	*out = &one;
	return 0;
}

void capture_close(struct capture_hook *hook)
{
	(void)hook;
}

void capture_check(struct capture_hook *hook)
{
	(void)hook;
}

void capture_hold(struct capture_hook *hook, uint64_t now_ns)
{
	(void)now_ns;
	hook->is_attached = true;
	hook->holds++;
}

void capture_release(struct capture_hook *hook)
{
	hook->is_attached = false;
}

const char *capture_trouble(const struct capture_hook *hook)
{
	(void)hook;
	return NULL;
}

enum capture capture_way(const struct capture_hook *hook)
{
	(void)hook;
	return CAPTURE_SYSCALL;
}

bool capture_is_on(const struct capture_hook *hook)
{
	return hook->is_attached;
}

/* ---- a node ---- */

struct desk {
	struct loop *loop;
	struct identities *identities;
	struct account *account;
	struct journal journal;
	struct operations *operations;
};

static void ignore_line(const char *line, size_t size, void *ctx)
{
	(void)line;
	(void)size;
	(void)ctx;
}

static void ignore_sandbox(uint32_t netns, uint64_t time_ns, void *ctx)
{
	(void)netns;
	(void)time_ns;
	(void)ctx;
}

static int open_desk(void **state)
{
	static struct desk desk;
	struct operations_config config = { .host_root = "",
					    .on_sandbox = ignore_sandbox,
					    .hold_ns = 1000000 };

	desk = (struct desk){ .journal = { .node = "n", .boot_id = "b", .write = ignore_line } };
	assert_int_equal(loop_new(&desk.loop), 0);
	assert_int_equal(identities_new(&desk.identities), 0);
	assert_int_equal(account_new(&desk.account), 0);
	config.identities = desk.identities;
	config.account = desk.account;
	config.journal = &desk.journal;
	assert_int_equal(operations_open(&config, desk.loop, &desk.operations), 0);
	assert_int_equal(operations_listen(desk.operations, NULL), 0);
	*state = &desk;
	return 0;
}

static int close_desk(void **state)
{
	struct desk *desk = *state;

	operations_close(desk->operations);
	account_free(desk->account);
	identities_free(desk->identities);
	loop_free(desk->loop);
	return 0;
}

static void begin(struct desk *desk, uint32_t pid)
{
	struct call_exec exec = { .time_ns = loop_now_ns(), .pid = pid };

	exec.found = (1 << CALL_FIELD_COUNT) - 1;
	snprintf(exec.command, sizeof(exec.command), "ADD");
	snprintf(exec.container_id, sizeof(exec.container_id), "%08x", pid);
	snprintf(exec.netns, sizeof(exec.netns), "/var/run/netns/none");
	snprintf(exec.ifname, sizeof(exec.ifname), "eth0");
	snprintf(exec.path, sizeof(exec.path), "/opt/cni/bin");
	snprintf(exec.file, sizeof(exec.file), "/opt/cni/bin/slow");
	operations_record(desk->operations, &(struct probe_record){ .exec = &exec });
}

static void end(struct desk *desk, uint32_t pid)
{
	const struct call_exit exit = { .pid = pid, .time_ns = loop_now_ns() };

	operations_record(desk->operations, &(struct probe_record){ .exit = &exit });
}

/* Until the timer has fired once more. */
static void pass_a_hold(struct desk *desk)
{
	assert_int_equal(loop_turn(desk->loop, 10000), 0);
}

/* ---- tests ---- */

static void listens_from_a_plugin_until_a_while_after_it(void **state)
{
	struct desk *desk = *state;

	assert_false(one.is_attached);
	begin(desk, 7);
	assert_true(one.is_attached);
	end(desk, 7);
	assert_true(one.is_attached);
	pass_a_hold(desk);
	assert_false(one.is_attached);

	begin(desk, 8);
	assert_true(one.is_attached);
	assert_int_equal(one.holds, 2);
}

static void hears_a_slow_plugin_to_its_end(void **state)
{
	struct desk *desk = *state;

	begin(desk, 7);
	begin(desk, 8);
	for (int i = 0; i < 3; i++)
		pass_a_hold(desk);
	assert_true(one.is_attached);
	end(desk, 7);
	pass_a_hold(desk);
	assert_true(one.is_attached);
	end(desk, 8);
	pass_a_hold(desk);
	assert_false(one.is_attached);
}

/* Whose end was lost. */
static void does_not_listen_for_ever(void **state)
{
	struct desk *desk = *state;

	begin(desk, 7);
	pass_a_hold(desk);
	assert_true(one.is_attached);
	operations_expire(desk->operations, loop_now_ns() + 3600 * 1000000000ULL);
	pass_a_hold(desk);
	assert_false(one.is_attached);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_desk, close_desk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(listens_from_a_plugin_until_a_while_after_it),
		TEST(hears_a_slow_plugin_to_its_end),
		TEST(does_not_listen_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

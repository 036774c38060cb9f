// SPDX-License-Identifier: Apache-2.0
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "scratch.h"
#include "source/base/nsfs.h"

static void finds_the_inode_that_a_path_stands_for(void **state)
{
	struct stat own;
	uint32_t inum = 0;

	(void)state;
	assert_int_equal(stat("/proc/self/ns/net", &own), 0);
	assert_int_equal(nsfs_inode("", "/proc/self/ns/net", &inum), 0);
	assert_int_equal(inum, own.st_ino);
	inum = 0;
	assert_int_equal(nsfs_inode("/proc", "/self/ns/net", &inum), 0);
	assert_int_equal(inum, own.st_ino);
}

static void tells_a_namespace_that_is_gone_from_one_that_it_cannot_see(void **state)
{
	uint32_t inum = 7;

	(void)state;
	scratch_put("", 0);
	assert_int_equal(nsfs_inode(scratch_directory, "/file", &inum), -ESTALE);
	assert_int_equal(nsfs_inode(scratch_directory, "/gone", &inum), -ESTALE);
	assert_int_equal(nsfs_inode(scratch_directory, "/nowhere/gone", &inum), -ENOENT);
	assert_int_equal(nsfs_inode("", "relative/path", &inum), -EINVAL);
	assert_int_equal(nsfs_inode("", "", &inum), -EINVAL);
	assert_int_equal(inum, 7);
}

/* Under a root of its own the link /var/run -> /run would leave it. */
static void follows_var_run_under_a_root(void **state)
{
	char path[64], namespace[64];
	struct stat own;
	uint32_t inum = 0;

	(void)state;
	assert_int_equal(stat("/proc/self/ns/net", &own), 0);
	snprintf(path, sizeof(path), "%s/var", scratch_directory);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/var/run", scratch_directory);
	assert_int_equal(symlink("/run/podip-none", path), 0);
	snprintf(path, sizeof(path), "%s/run", scratch_directory);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(namespace, sizeof(namespace), "%s/run/net", scratch_directory);
	assert_int_equal(symlink("/proc/self/ns/net", namespace), 0);
	assert_int_equal(nsfs_inode(scratch_directory, "/var/run/net", &inum), 0);
	assert_int_equal(inum, own.st_ino);
	assert_int_equal(nsfs_inode(scratch_directory, "/var/run/none", &inum), -ESTALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(finds_the_inode_that_a_path_stands_for),
		scratch_test(tells_a_namespace_that_is_gone_from_one_that_it_cannot_see),
		scratch_test(follows_var_run_under_a_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

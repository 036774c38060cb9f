// SPDX-License-Identifier: Apache-2.0
#include "step.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "address.h"
#include "lab.h"
#include "link.h"
#include "story.h"

enum { USABLE_WAIT_MS = 20000, LABEL_MAX = LAB_NAME_SIZE - LAB_PREFIX_MAX - 2 };

static const char *link_name(const struct step *step)
{
	return step->link ? step->link : "eth0";
}

/* Of the namespace, and of the host's end of the link that it is made with. */
static void host_name(const struct story *story, const char *label, char out[static LAB_NAME_SIZE])
{
	snprintf(out, LAB_NAME_SIZE, "%.*s-%.*s", LAB_PREFIX_MAX, story->lab.prefix, LABEL_MAX,
		 label);
}

static int switch_link(struct net *net, const char *name, bool up)
{
	uint32_t ifindex;
	int err = link_index(net, name, &ifindex);

	return err ? err : link_set_up(net, ifindex, up);
}

int step_netns_add(struct story *story, struct place *place, const struct step *step)
{
	char name[LAB_NAME_SIZE];
	int err;

	host_name(story, step->place, name);
	err = net_create(name, &place->net);
	return err ? err : switch_link(place->net, "lo", true);
}

/* The kernel frees a namespace in its own time; a link's end in the host shows when. */
static int wait_freed(const struct story *story, const struct place *place)
{
	return *place->host_link ? lab_wait_gone(&story->lab, place->host_link) : 0;
}

int step_netns_delete(struct story *story, struct place *place, const struct step *step)
{
	char name[LAB_NAME_SIZE];
	int err;

	host_name(story, step->place, name);
	net_close(take_ptr(place->net));
	err = net_delete(name);
	return err ? err : wait_freed(story, place);
}

/* The child: tell that the namespace is there, then keep it until the parent closes or dies. */
static void keep_netns(int control)
{
	char byte = 0;

	if (unshare(CLONE_NEWNET) == 0 && write(control, &byte, 1) == 1) {
		while (read(control, &byte, 1) > 0)
			;
	}
	_exit(0);
}

int step_process_start(struct story *story, struct place *place, const struct step *step)
{
	cleanup_close int ours = -1;
	int control[2];
	char path[32], byte;
	pid_t process;

	(void)story;
	(void)step;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) < 0)
		return -errno;
	ours = control[0];
	fflush(NULL);
	process = fork();
	if (process == 0) {
		close(ours);
		keep_netns(control[1]);
	}
	close(control[1]);
	if (process < 0)
		return -errno;

	place->process = process;
	place->control = take_fd(ours);
	if (read(place->control, &byte, 1) != 1)
		return -ECHILD;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", place->process);
	return net_open(path, &place->net);
}

int step_process_end(struct story *story, struct place *place, const struct step *step)
{
	(void)step;
	net_close(take_ptr(place->net));
	close_fd(take_fd(place->control));
	if (waitpid(take(place->process, 0), NULL, 0) < 0)
		return -errno;
	return wait_freed(story, place);
}

int step_link_move_in(struct story *story, struct place *place, const struct step *step)
{
	char inside[LAB_NAME_SIZE];
	struct link link = { .kind = "veth", .name = place->host_link, .peer = inside };
	struct net *net = story->lab.host;
	uint32_t ifindex;
	int err;

	host_name(story, step->place, place->host_link);
	host_name(story, "in", inside);
	err = link_add(net, &link);
	if (!err)
		err = switch_link(net, place->host_link, true);
	if (!err)
		err = link_index(net, inside, &ifindex);
	if (!err)
		err = link_move(net, ifindex, place->net);
	if (!err)
		err = link_index(place->net, inside, &ifindex);
	return err ? err : link_rename(place->net, ifindex, link_name(step));
}

static int add_on_lower(struct story *story, struct place *place, const struct step *step)
{
	struct link link = { .kind = step->kind, .name = link_name(step), .into = place->net };
	char lower[LAB_NAME_SIZE];
	int err;

	host_name(story, step->lower, lower);
	err = link_index(story->lab.host, lower, &link.lower);
	return err ? err : link_add(story->lab.host, &link);
}

static int add_from_host(struct story *story, struct place *place, const struct step *step)
{
	struct link link = {
		.kind = step->kind ? step->kind : "veth",
		.name = place->host_link,
		.peer = link_name(step),
		.peer_into = place->net,
	};
	int err;

	host_name(story, step->place, place->host_link);
	err = link_add(story->lab.host, &link);
	return err ? err : switch_link(story->lab.host, place->host_link, true);
}

static int add_pair(struct place *place, const struct step *step)
{
	struct link link = { .kind = "veth", .name = link_name(step), .peer = step->peer };
	int err = link_add(place->net, &link);

	return err ? err : switch_link(place->net, step->peer, true);
}

int step_link_add(struct story *story, struct place *place, const struct step *step)
{
	int err;

	if (step->lower)
		err = add_on_lower(story, place, step);
	else if (step->peer)
		err = add_pair(place, step);
	else
		err = add_from_host(story, place, step);
	return err ? err : switch_link(place->net, link_name(step), true);
}

int step_link_single(struct story *story, struct place *place, const struct step *step)
{
	struct link link = { .kind = step->kind, .name = link_name(step) };
	int err = link_add(place->net, &link);

	(void)story;
	return err ? err : switch_link(place->net, link_name(step), true);
}

int step_link_delete(struct story *story, struct place *place, const struct step *step)
{
	(void)story;
	return link_delete(place->net, link_name(step));
}

int step_link_up(struct story *story, struct place *place, const struct step *step)
{
	(void)story;
	return switch_link(place->net, link_name(step), true);
}

int step_link_down(struct story *story, struct place *place, const struct step *step)
{
	(void)story;
	return switch_link(place->net, link_name(step), false);
}

int step_link_rename(struct story *story, struct place *place, const struct step *step)
{
	uint32_t ifindex;
	int err = link_index(place->net, link_name(step), &ifindex);

	(void)story;
	return err ? err : link_rename(place->net, ifindex, step->to);
}

int step_link_move(struct story *story, struct place *place, const struct step *step)
{
	struct place *to = story_place(story, step->to);
	uint32_t ifindex;
	int err = link_index(place->net, link_name(step), &ifindex);

	if (!to || !to->net)
		return -ENOENT;
	if (!err)
		err = link_move(place->net, ifindex, to->net);
	if (err)
		return err;

	memcpy(to->host_link, place->host_link, LAB_NAME_SIZE);
	*place->host_link = '\0';
	return 0;
}

typedef int (*change_fn)(struct net *net, const struct address *address);

static int change(struct net *net, const char *link, const struct step *step, change_fn fn)
{
	struct address address = {
		.text = step->address,
		.flags = step->flags,
		.valid_s = step->valid_s,
	};
	int err = link_index(net, link, &address.ifindex);

	if (!err)
		err = fn(net, &address);
	return err || fn != address_add ? err : address_wait(net, &address, USABLE_WAIT_MS);
}

int step_address_add(struct story *story, struct place *place, const struct step *step)
{
	(void)story;
	return change(place->net, link_name(step), step, address_add);
}

int step_address_replace(struct story *story, struct place *place, const struct step *step)
{
	(void)story;
	return change(place->net, link_name(step), step, address_replace);
}

int step_address_delete(struct story *story, struct place *place, const struct step *step)
{
	(void)story;
	return change(place->net, link_name(step), step, address_delete);
}

int step_host_address_add(struct story *story, struct place *place, const struct step *step)
{
	return change(story->lab.host, place->host_link, step, address_add);
}

int step_promote(struct story *story, struct place *place, const struct step *step)
{
	int err = net_sysctl(place->net, "ipv4/conf/all/promote_secondaries", step->to);
	char key[64];

	(void)story;
	snprintf(key, sizeof(key), "ipv4/conf/%s/promote_secondaries", link_name(step));
	return err ? err : net_sysctl(place->net, key, step->to);
}

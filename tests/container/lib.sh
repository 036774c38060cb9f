# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154,SC2034 # ../cri/lib.sh
#
# What the tests of the container share, on top of ../cri/lib.sh: the image in a
# node's containerd, the DaemonSet's pod on it as a kubelet makes it, and what the
# node has of it. Sourced by the tests.

container_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
deploy=$container_dir/../../deploy
manifest=${MANIFEST:-$deploy/kustomize/base/podip.yaml}
components=${manifest%/*/*}/components
image=registry.invalid/podip # pulled from nowhere
agent_uid=$(uid_of podip agent)

# ---- the node ----

# start_node: `node1`, whose pods are of 10.3.0.0/$1. The paths of a node that are no folder of its own are
# below $work; what was built is there as tags `old` and `new`.
start_node() {
	make_node node1
	write_conflist pods "10.3.0.0/$1"
	mkdir -p "$work"/{log/pods,tracing,lib/kubelet/{pods,seccomp}}
	cp "$deploy/seccomp/podip.json" "$work/lib/kubelet/seccomp/"
	start_containerd
	start_api node1 "10.3.0.0/$1"
	in_world --mount mount -t tracefs tracefs "$work/tracing"
	import_image old
	images tag $image:old $image:new
}

# import_image TAG: as kind does, which knows no name but the archive's
import_image() {
	local version
	version=$(sed -n 's/^VERSION *:= *//p' "$container_dir/../../Makefile")
	tar -cf "$work/podip.tar" -C "$O/image/oci" .
	images import --all-platforms --digests --snapshotter native podip.tar
	images tag "localhost/podip:$version" "$image:$1"
	rm "$work/podip.tar"
}

# images COMMAND...: containerd's
images() {
	(cd "$work" && ctr --address "$containerd_socket" --namespace k8s.io images "$@") >"$work/imported" 2>&1 ||
		fail "no image: $(tail -n 3 "$work/imported")"
}

# in_world NSENTER-OPTION COMMAND...: where containerd is
in_world() {
	nsenter --target "$(world_init)" "$@"
}

# ---- the DaemonSet's pod ----

# kubelet IMAGE ATTEMPT: what it would ask for, in $work/asked
kubelet() {
	"$container_dir/kubelet.py" "$manifest" "$work/asked" --node node1 --image "$1" --attempt "$2" \
		--uid "$agent_uid" --pods "$work/lib/kubelet/pods" --logs "$work/log/pods/podip" --map /proc=/proc \
		--map "/run=$work/run" --map "/var/lib=$work/lib" --map "/var/log=$work/log" \
		--api "${api#https://}" --ca "$work/ca.pem" --token "$work/token" \
		--map "/etc/cni/net.d=$work/conf" --map "/sys/kernel/tracing=$work/tracing" \
		"${profile[@]}" "${config[@]}" || fail "the DaemonSet cannot be translated"
}

# Options of kubelet: one seccomp profile, or the other, and a podip.yaml of the test.
localhost_profile=(--patch "$components/seccomp/kustomization.yaml")
runtime_profile=()
profile=("${localhost_profile[@]}")
config=()

# run_agent_pod TAG: a pod of the DaemonSet that is ready; it is $agent_sandbox
run_agent_pod() {
	tag=$1 attempts=0
	kubelet "$image:$tag" 0
	ask RunPodSandbox agent_sandbox "config { $(cat "$work/asked/sandbox") }"
	run_container
	wait_for_agent
}

# ask METHOD VARIABLE REQUEST: the id of the answer becomes the variable's value
ask() {
	local answer
	answer=$(cri "$1" <<<"$3") || fail "$1: $(cat "$work/cri.err")"
	printf -v "$2" %s "$(sed -n 's/^[a-z_]*_id: "\(.*\)"$/\1/p' <<<"$answer")"
}

# Another container in the agent's pod, as after the first and each that ended: $container.
run_container() {
	kubelet "$image:$tag" "$attempts"
	attempts=$((attempts + 1))
	ask CreateContainer container "pod_sandbox_id: \"$agent_sandbox\"
		config { $(cat "$work/asked/container") } sandbox_config { $(cat "$work/asked/sandbox") }"
	started_at=("$EPOCHREALTIME")
	call_container StartContainer >/dev/null
}

# As the kubelet: the one that ended stays until there is another.
replace_container() {
	local ended=$container
	run_container
	cri RemoveContainer <<<"container_id: \"$ended\"" >/dev/null || fail "$(cat "$work/cri.err")"
}

# call_container METHOD [FIELD]...
call_container() {
	cri "$1" <<<"container_id: \"$container\" ${*:2}" || fail "$1: $(cat "$work/cri.err")"
}

# The kubelet's probe. $agent is the process as this machine counts them.
wait_for_agent() {
	port=9465
	events=$work/log/podip/events.jsonl
	wait_until is_probed_or_gone
	agent=$(container_process)
	[ -n "$agent" ] || fail "the agent ended: $(agent_said | tail -n 5)"
}

# What kubectl logs shows of the newest container.
agent_said() {
	sed 's/^[^ ]* \(stdout\|stderr\) [FP] //' "$work/log/pods/podip/$((attempts - 1)).log"
}

is_probed_or_gone() {
	readyz || has_ended
}

readyz() {
	"${enter[@]}" curl -fsS -m "$patience_s" "http://127.0.0.1:$port/readyz"
}

has_ended() {
	call_container ContainerStatus | grep -q 'state: CONTAINER_EXITED'
}

container_process() {
	local path
	for path in $(cgroups); do
		cat "$path/kubepods/burstable/pod$agent_uid/$container/cgroup.procs" 2>/dev/null || true
	done | head -n 1
}

remove_container() {
	call_container RemoveContainer >/dev/null
	container=''
}

# As when the DaemonSet takes the pod away: asked to end, and volumes cleaned up behind it.
remove_agent_pod() {
	call_container StopContainer timeout: 10 >/dev/null
	remove_container
	stop_pod "$agent_sandbox"
	remove_pod "$agent_sandbox"
	rm -r "${work:?}/lib/kubelet/pods/$agent_uid" "$work/log/pods/podip"
}

# exec_in_agent COMMAND...: as kubectl exec; what it says lands in $work/out and $work/err
exec_in_agent() {
	call_container ExecSync "$(printf 'cmd: "%s" ' "$@")" timeout: 10 >"$work/exec"
	said stdout >"$work/out"
	said stderr >"$work/err"
	return "$(sed -n 's/^exit_code: //p' "$work/exec" | grep . || echo 0)"
}

# Escaped as in C.
said() {
	printf '%b' "$(sed -n "s/^$1: \"\(.*\)\"$/\1/p" "$work/exec" | sed "s/\\\\\([\"']\)/\1/g")"
}

# expect_said STATUS COMMAND...
expect_said() {
	local want=$1 got=0
	shift
	exec_in_agent "$@" || got=$?
	[ $got = "$want" ] || fail "status of '$*' is $got, not $want: $(head -c 900 "$work/out" "$work/err")"
}

# ---- what the node has of it ----

bpf_objects() {
	local kind
	for kind in prog map link; do
		bpftool -j $kind list | jq -r --arg kind $kind '.[] | "\($kind) \(.id)"'
	done | sort
}

# Others on this machine may have BPF, too: it lives while they hold it.
bpf_held() {
	cat /proc/[0-9]*/fdinfo/* 2>/dev/null |
		sed -n 's/^\(prog\|map\|link\)_id:[[:space:]]*\([0-9]*\)$/\1 \2/p' | sort -u
}

# In sight of the node and of this machine.
pins() {
	local path
	awk '$3 == "bpf" { print $2 }' /proc/mounts "/proc/$(world_init)/mounts" | while read -r path; do
		find "$path" "/proc/$(world_init)/root$path" -mindepth 1 2>/dev/null || true
	done | sort -u
}

# Of pods, and of all that runs on the node.
namespaces() {
	find /run/netns -name 'cni-*' -printf '%f\n'
	find "/proc/$(world_init)/root/proc" -maxdepth 3 -path '*/[0-9]*/ns/*' -printf '%l\n' 2>/dev/null
}

# Of the node, but for containerd's images and what the tests themselves keep there.
files() {
	find "$work"/{run,lib,conf,log} -path "$work/lib/containerd" -prune -o -printf '%y %p\n' | sort
}

processes() {
	local path
	for path in "/proc/$(world_init)"/root/proc/[0-9]*; do
		echo "${path##*/} $(cat "$path/comm" 2>/dev/null || true)"
	done
}

# remember: what there is before
remember() {
	local what
	for what in bpf_objects pins namespaces files processes; do
		$what | sort -u >"$work/before.$what"
	done
}

# left_behind: what there was not before; fails when there is something
left_behind() {
	local what
	for what in bpf_objects pins namespaces files processes; do
		$what | sort -u | comm -13 "$work/before.$what" - |
			if [ $what = bpf_objects ]; then comm -23 - <(bpf_held); else cat; fi |
			sed "s/^/$what: /"
	done | tee "$work/left"
	[ ! -s "$work/left" ]
}

# But for the one folder that the DaemonSet declares to be written to; containerd's is its own. The
# kernel frees some of it late.
expect_nothing_left() {
	expect "the folder of the log" "$(ls -A "$work/log/podip")" events.jsonl
	printf '%s\n' "d $work/log/podip" "f $events" \
		"d $work/run/containerd/io.containerd.grpc.v1.cri/containers" |
		sort -o "$work/before.files" - "$work/before.files"
	wait_until left_behind
}

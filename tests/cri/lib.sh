# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
#
# What the tests with real pod sandboxes share, on top of ../native/lib.sh: a
# containerd that runs CNI plugins, and ways to ask it for pods as a kubelet
# does. Sourced by run, in a process of its own for each test, which ends
# containerd and all that it started, and removes every namespace, bridge and
# cgroup that came of it, by name.
#
# A pod's files are in $work: lib/cni/networks is host-local's state,
# lib/cni/results libcni's cache, conf the configuration of networks.
#
# A test is on one node, this machine, or on as many as it makes. Whatever is called
# is of the node that on_node named last.

cri_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../native/lib.sh
. "$cri_dir/../native/lib.sh"
prefix=pct # of every bridge and namespace, and the cgroup that all pods are in
bin_dir=/usr/lib/cni # Debian's

# ---- nodes ----

# make_node NAME: one with a network, a containerd and a folder of its own; the test is on it then
make_node() {
	ip netns add "$prefix-$1"
	ip -n "$prefix-$1" link set lo up
	mkdir "$top/$1"
	on_node "$1"
}

# on_node NAME: $work is the node's folder from now on; $events, $stderr and $port are those of the
# agent that has the node's name
on_node() {
	work=$top/$1
	enter=(nsenter --net="/run/netns/$prefix-$1")
	events=$work/$1.jsonl
	stderr=$work/$1.err
	[ ! -e "$stderr" ] || port=$(listening_port)
}

# ---- networks ----

# write_conflist NAME SUBNET...: pods get an address of each SUBNET
write_conflist() {
	local name=$1 subnet ranges=()
	shift
	for subnet; do
		ranges+=("[ { \"subnet\": \"$subnet\" } ]")
	done
	mkdir -p "$work/conf"
	cat >"$work/conf/.new" <<-JSON
		{ "cniVersion": "1.0.0", "name": "$name", "plugins": [ {
		  "type": "bridge", "bridge": "$prefix-$name", "isGateway": false, "ipMasq": false,
		  "ipam": { "type": "host-local", "ranges": [ $(
			IFS=,
			echo "${ranges[*]}"
		) ] } } ] }
	JSON
	mv "$work/conf/.new" "$work/conf/$name.conflist"
}

# lease NETWORK ADDRESS: host-local's file of it
lease() {
	echo "$work/lib/cni/networks/$1/$2"
}

# ---- containerd ----

write_containerd_config() {
	local networks=("$work"/conf/*.conflist)
	cat >"$work/containerd.toml" <<-TOML
		version = 2
		root = "/var/lib/containerd"
		state = "/run/containerd"
		disabled_plugins = [ "io.containerd.internal.v1.opt" ]

		[grpc]
		address = "/run/containerd/containerd.sock"

		[plugins."io.containerd.grpc.v1.cri"]
		sandbox_image = "localhost/pause:lab"
		# Root need not have CAP_SYS_RESOURCE.
		restrict_oom_score_adj = true
		disable_tcp_service = true

		[plugins."io.containerd.grpc.v1.cri".containerd]
		snapshotter = "native"

		[plugins."io.containerd.grpc.v1.cri".cni]
		bin_dir = "$bin_dir"
		conf_dir = "$work/conf"
		max_conf_num = ${#networks[@]}
	TOML
}

# The image of pods: one program in one layer, as "docker save" writes it.
make_image() {
	local image=$work/image digest
	mkdir "$image"
	tar -cf "$image/layer.tar" -C "$O/cri" pause
	digest=$(sha256sum "$image/layer.tar")
	cat >"$image/config.json" <<-JSON
		{ "architecture": "$(dpkg --print-architecture)", "os": "linux", "config": { "Entrypoint": [ "/pause" ] },
		  "rootfs": { "type": "layers", "diff_ids": [ "sha256:${digest%% *}" ] } }
	JSON
	cat >"$image/manifest.json" <<-JSON
		[ { "Config": "config.json", "RepoTags": [ "localhost/pause:lab" ],
		    "Layers": [ "layer.tar" ] } ]
	JSON
	tar -cf "$work/image.tar" -C "$image" manifest.json config.json layer.tar
}

# The networks must be written before. Its pods come with all of them: eth0, eth1, ...
start_containerd() {
	write_containerd_config
	make_image
	# iproute2 shares the names of namespaces among namespaces of mounts.
	ip netns add "$prefix-none"
	ip netns delete "$prefix-none"
	# In a session of its own: a signal to everything in the terminal must not end it before
	# clear_world has read what it left.
	"${enter[@]}" setsid unshare --mount --propagation unchanged --pid --fork --kill-child \
		--mount-proc "$cri_dir/world" "$work" "$O/cri/pause" >"$work/containerd.log" 2>&1 </dev/null &
	worlds[$work]=$!
	wait_until is_containerd_up_or_gone
	kill -0 "${worlds[$work]}" 2>/dev/null ||
		fail "containerd ended: $(tail -n 3 "$work/containerd.log")"
	(cd "$work" && ctr --address $containerd_socket --namespace k8s.io images import --snapshotter native \
		image.tar) >"$work/imported" 2>&1 || fail "no image: $(cat "$work/imported")"
}

is_containerd_up_or_gone() {
	kill -0 "${worlds[$work]}" 2>/dev/null || return 0
	cri ListPodSandbox </dev/null || { tail -n 1 "$work/containerd.log" && return 1; }
}

# As the node's power is cut: containerd, its shims and the pods' processes die at
# once, and nobody tidies up.
crash_containerd() {
	kill -9 "$(world_init)" || kill -9 "${worlds[$work]}"
	wait "${worlds[$work]}" || true
	worlds[$work]=''
}

# Process 1 of containerd's namespace.
world_init() {
	pgrep -P "${worlds[$work]}"
}

# ---- CRI: gRPC by hand ----

containerd_socket=run/containerd/containerd.sock # in $work: a socket's path must be short

# cri METHOD: the request as protobuf text on stdin, the answer on stdout. Fails
# with the error's text in $work/cri.err.
cri() {
	local method=$1 size status
	protoc --proto_path="$cri_dir" --encode="runtime.v1.${method}Request" cri.proto \
		>"$work/request" 2>"$work/cri.err" || return
	size=$(printf '%08x' "$(stat -c %s "$work/request")")
	# Each message follows a byte of flags and its size.
	printf '%b' "\\x00\\x${size:0:2}\\x${size:2:2}\\x${size:4:2}\\x${size:6:2}" |
		cat - "$work/request" >"$work/framed"
	# Neither must one leave a pod half made.
	(cd "$work" && setsid curl -sS --http2-prior-knowledge --unix-socket $containerd_socket --max-time 30 \
		-H 'content-type: application/grpc' -H 'te: trailers' --data-binary @framed \
		-D headers -o answer "http://containerd/runtime.v1.RuntimeService/$method") \
		2>"$work/cri.err" || return
	status=$(trailer grpc-status)
	if [ "$status" != 0 ]; then
		trailer grpc-message >"$work/cri.err"
		return 1
	fi
	tail -c +6 "$work/answer" |
		protoc --proto_path="$cri_dir" --decode="runtime.v1.${method}Response" cri.proto
}

# Percent-encoded where it is not plain.
trailer() {
	local value
	value=$(sed -n "s/^$1: \([^\r]*\).*/\1/p" "$work/headers")
	value=${value//\\/\\\\}
	printf '%b' "${value//%/\\x}"
}

# ---- pods ----

# uid_of NAMESPACE NAME: the same whenever the pod is tried again
uid_of() {
	sha1sum <<<"$1/$2" | sed 's/^\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)\(.\{12\}\).*/\1-\2-\3-\4-\5/'
}

# run_pod NAMESPACE NAME [UID]: its sandbox id in $sandbox; or fails with the
# runtime's words in $work/cri.err. Its cgroup is where a kubelet puts it, or in
# $cgroup_parent.
run_pod() {
	local uid=${3:-$(uid_of "$1" "$2")} answer
	attempt=$((attempt + 1))
	answer=$(cri RunPodSandbox <<-TEXT
		config {
		  metadata { namespace: "$1" name: "$2" uid: "$uid" attempt: $attempt }
		  linux { cgroup_parent: "${cgroup_parent:-/$prefix/kubepods/besteffort/pod$uid}" }
		}
	TEXT
	) || return
	sandbox=$(sed -n 's/^pod_sandbox_id: "\(.*\)"$/\1/p' <<<"$answer")
}

# The same of a pod that must run.
must_run_pod() {
	run_pod "$@" || fail "pod $1/$2 does not run: $(cat "$work/cri.err")"
}

stop_pod() {
	cri StopPodSandbox <<<"pod_sandbox_id: \"$1\"" || fail "$(cat "$work/cri.err")"
}

remove_pod() {
	cri RemovePodSandbox <<<"pod_sandbox_id: \"$1\"" || fail "$(cat "$work/cri.err")"
}

# What runc was told of the sandbox: there until it is stopped.
bundles=run/containerd/io.containerd.runtime.v2.task/k8s.io

# Paths of the network namespaces of all sandboxes, or of one. Those in the node's own have none.
sandbox_netns() {
	find "$work/$bundles/${1:-}" -name config.json -exec \
		jq -r '.linux.namespaces[] | select(.type == "network").path // empty |
		select(test("/run/netns/"))' {} + 2>/dev/null
}

sandbox_inode() {
	stat -L -c %i "$(sandbox_netns "$1")"
}

# sandbox_ip ID [IFNAME]: its addresses there, a line each
sandbox_ip() {
	ip -n "$(basename "$(sandbox_netns "$1")")" -j address show "${2:-eth0}" |
		jq -r '.[].addr_info[] | select(.scope == "global").local'
}

# delete_netns PATH...: they are only names, which outlive what they were made for
delete_netns() {
	local path
	for path; do
		ip netns delete "${path##*/}"
	done
}

# ---- agents ----

# start_agent with what libcni cached and host-local booked. $work/cache stays empty: who looks
# there has lost it.
start_node_agent() {
	local name=$1
	shift
	# Where the network is not this machine's, containerd's process 1 is the node's.
	[ ${#enter[@]} = 0 ] || set -- --proc-dir "/proc/$(world_init)/root/proc" "$@"
	start_agent "$name" --cni.cache-dir "$work/lib/cni/results" \
		--cni.state-dir "$work/lib/cni/networks" "$@"
}

# ---- the API that knows the node ----

# node_object NAME VERSION BLOCK...
node_object() {
	jq -n -c --arg name "$1" --arg version "$2" '{ apiVersion: "v1", kind: "Node",
		metadata: { name: $name, resourceVersion: $version, labels: {
			"cloud.google.com/gke-nodepool": "default-pool",
			"topology.kubernetes.io/zone": "zone-b" } },
		spec: { podCIDR: $ARGS.positional[0], podCIDRs: $ARGS.positional },
		status: { allocatable: { cpu: "1930m", pods: "16" } } }' --args "${@:3}"
}

# start_api NAME BLOCK: an API that knows the Node, at $api; it is process $started
start_api() {
	local nodes=$work/api/api/v1/nodes
	mkdir -p "${nodes%/*}"
	node_object "$1" 1 "$2" | jq '{ apiVersion: "v1", kind: "NodeList",
		metadata: { resourceVersion: "1" }, items: [ . ] }' >"$nodes"
	echo 'require Authorization: Bearer of-the-agent' >"$nodes.how"
	echo of-the-agent >"$work/token"
	start "$lab/answer" --tls --ca-file "$work/ca.pem" --port-file "$work/port" "$work/api"
	wait_until test -e "$work/port"
	api=https://127.0.0.1:$(cat "$work/port")
}

# ---- setting up, clearing away ----

# shellcheck disable=SC2317 # the trap's
clear_world() {
	local path
	trap - EXIT ERR
	trap '' TERM # one that comes twice would end this half-way
	set +eE
	for work in "${!worlds[@]}"; do
		[ -z "${worlds[$work]}" ] || crash_containerd
		for path in $(sandbox_netns); do
			[ ! -e "$path" ] || delete_netns "$path"
		done
	done
	# A port goes some time after its namespace.
	for path in /sys/class/net/"$prefix"-*/brif/*; do
		[ ! -e "$path" ] || ip link delete "${path##*/}" 2>/dev/null
	done
	remove_cgroups
	clear_away
}

cgroups() {
	find /sys/fs/cgroup -mindepth 1 -maxdepth 2 -type d -name "$prefix" 2>/dev/null
}

# One stays busy for a moment after its last process.
remove_cgroups() {
	local tries path
	for ((tries = 0; tries < 250; tries++)); do
		[ -n "$(cgroups)" ] || return
		for path in $(cgroups); do
			find "$path" -depth -type d -exec rmdir {} + 2>/dev/null
		done
		sleep 0.02
	done
}

# Called by run in the test's process, before the test.
set_up_world() {
	set_up "$1"
	top=$1 # $work, until the test makes nodes
	declare -gA worlds=() # of a node's $work, the process whose only child is world_init; '' crashed
	sandbox=''
	attempt=0
	cgroup_parent=''
	trap clear_world EXIT
}

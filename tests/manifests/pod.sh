# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Runs the chart's pod under runc. Who sources it has `render`, $scratch and $O.

# shellcheck disable=SC2154 # scratch
pod_port=$((20000 + $$ % 10000))

# One more mount namespace, into which tracefs is mounted if the machine has it nowhere.
in_pods_world() {
	unshare -m --propagation slave bash -c '
		[ -d /sys/kernel/tracing/events ] || mount -t tracefs none /sys/kernel/tracing || exit
		exec "$@"' world "$@"
}

# start NAME MANIFEST: its pod, until stop; $pod_port answers.
start() {
	name=podip-manifests-$$-$1
	mkdir -p "$scratch/$name"
	tests/manifests/bundle.py "$2" "$scratch/$name" "$O/podip" || return 1
	in_pods_world runc --root "$scratch/runc" run --bundle "$scratch/$name" "$name" >"$scratch/$name.log" 2>&1 &
	runner=$!
}

# Ended by itself, or by our signal: its exit status.
stop() {
	local status=0
	runc --root "$scratch/runc" kill "$name" TERM 2>/dev/null
	wait "$runner" || status=$?
	cat "$scratch/$name.log"
	return $status
}

is_ready() {
	local tries
	for ((tries = 0; tries < 100; tries++)); do
		! curl -s -m 2 "127.0.0.1:$pod_port/readyz" 2>/dev/null | grep -q '^ready' || return 0
		kill -0 "$runner" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

in_pod() {
	runc --root "$scratch/runc" exec "$name" "$@"
}

# What the file system of the pod shows of a namespace that comes and goes on the node.
follows_namespaces() {
	local netns=podip-manifests-$$ status=0
	ip netns add "$netns" || return 1
	in_pod /bin/grep -q "/run/netns/$netns" /proc/self/mountinfo || { echo "the pod does not see it" && status=1; }
	ip netns del "$netns"
	! in_pod /bin/grep -q "/run/netns/$netns" /proc/self/mountinfo || { echo "it stays in the pod" && status=1; }
	return $status
}

runs_as_it_is_written() {
	local status=0
	render pod --set "web.port=$pod_port" -f <(sed 's/^/  /; 1i config:' deploy/podip.yaml | grep -v 'listen-address\|^  web:') || return 1
	start whole "$scratch/pod.yaml" || return 1
	is_ready || status=1
	if [ $status = 0 ]; then
		curl -s "127.0.0.1:$pod_port/metrics" >"$scratch/metrics"
		grep '^podip_cni_capture_info\|^podip_probe_backend\|^podip_degraded.* 1' "$scratch/metrics"
		! grep -q '^podip_cni_capture_info{hook="none"}' "$scratch/metrics" || { echo "plugins are not heard" && status=1; }
		! grep -q '^podip_degraded.* 1$' "$scratch/metrics" || status=1
		grep -q 'podip_range_info{range="pod-range"' "$scratch/metrics" || { echo "podip.yaml is not read" && status=1; }
		in_pod /podip status -o json | grep -q lab-node || { echo "status finds no agent" && status=1; }
		in_pod /podip doctor --proc-dir /host/proc >"$scratch/doctor"
		[ $? -le 3 ] || { tail -n 3 "$scratch/doctor" && status=1; }
		follows_namespaces || status=1
	fi
	stop || status=1
	grep -q '"agent.stopped"' "$scratch/$name/node/var/log/podip/events.jsonl" || { echo "no event log" && status=1; }
	return $status
}

# The same without one capability: it says which, and ends with 4.
would_not_run_without_bpf() {
	local status=0
	sed '/^ *- BPF$/d' "$scratch/pod.yaml" >"$scratch/no-bpf.yaml"
	start no-bpf "$scratch/no-bpf.yaml" || return 1
	wait "$runner" || status=$?
	cat "$scratch/$name.log"
	[ $status = 4 ] && grep -q 'capability CAP_BPF is missing' "$scratch/$name.log"
}

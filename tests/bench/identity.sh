#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# identity.sh [--rounds N] [--assert]: what it costs at start to find out which pod
# is which on a node of 250 pods: CPU of the agent until it is ready, with a cached
# result, a lease and four processes for each of 250 namespaces over the same
# namespaces without.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
if [ "${IN_OWN_NETNS:-}" != 1 ]; then
	IN_OWN_NETNS=1 exec unshare --mount "$here/identity.sh" "$@"
fi
# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$here/bench.sh"

rounds=10
pods=250
processes=''
while [ $# -gt 0 ]; do
	case $1 in
	--rounds) rounds=$2 && shift ;;
	--assert) must_meet=true ;;
	*) fail "usage: ${0##*/} [--rounds N] [--assert]" ;;
	esac
	shift
done

# shellcheck disable=SC2317 # the trap's
clear_pods() {
	for process in $processes; do
		kill "$process" 2>/dev/null || true
	done
	populate del "$pods" --prefix bident >/dev/null || true
	clean
}

# What libcni and host-local keep of pod NUMBER
write_files() {
	id=$(printf '%064x' "$1")
	cat >"$work/results/pods-$id-eth0" <<-JSON
		{"kind":"cniCacheV1","containerId":"$id","ifName":"eth0","networkName":"pods",
		"cniArgs":[["K8S_POD_NAMESPACE","shop"],["K8S_POD_NAME","web-$1"],["K8S_POD_UID","8d2f3a51-7c1e-4f0b-9f58-0a6f1f0c2b77"],["K8S_POD_INFRA_CONTAINER_ID","$id"]],
		"result":{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","mac":"02:00:00:00:00:01","sandbox":"$2"}],
		"ips":[{"address":"10.8.$(($1 / 250)).$(($1 % 250 + 1))/16","interface":0}]}}
	JSON
	printf '%s\r\neth0' "$id" >"$work/networks/pods/10.8.$(($1 / 250)).$(($1 % 250 + 1))"
}

# cpu_at_start FILE [OPTION]...
cpu_at_start() {
	file=$1
	shift
	wait_idle
	start_agent --reconcile 1h "$@"
	metrics | awk '$1 == "process_cpu_seconds_total" { print $2 * 1000 }' >>"$file"
	stop_agent
}

mkdir -p /run/netns "$work/results" "$work/networks/pods" "$work/nothing"
mount -t tmpfs none /run/netns
populate add "$pods" --prefix bident >"$work/populate.out"
trap clear_pods EXIT
number=0
for netns in /run/netns/bident*; do
	write_files $number "$netns"
	number=$((number + 1))
done
round=0
while [ $round -lt "$rounds" ]; do
	cpu_at_start "$work/without" --cni.cache-dir "$work/nothing" --cni.state-dir "$work/nothing"
	round=$((round + 1))
done
for netns in /run/netns/bident*; do
	for _ in 1 2 3 4; do
		nsenter --net="$netns" sleep 600 &
		processes="$processes $!"
	done
done
sleep 1
round=0
while [ $round -lt "$rounds" ]; do
	cpu_at_start "$work/with" --cni.cache-dir "$work/results" --cni.state-dir "$work/networks"
	cpu_at_start "$work/lost" --cni.cache-dir "$work/nothing" --cni.state-dir "$work/networks"
	round=$((round + 1))
done
echo "# $number namespaces, $(echo "$processes" | wc -w) processes in them, a result and a lease each"
echo "# ms of CPU until ready, without: $(spread "$work/without" %.1f)"
echo "# ms of CPU until ready, with: $(spread "$work/with" %.1f)"
echo "# ms of CPU until ready, by the processes alone: $(spread "$work/lost" %.1f)"
promise "identity of $pods pods at start, ms of CPU" '<=' 20 \
	"$(echo "$(median "$work/with" %.3f) $(median "$work/without" %.3f)" | awk '{ printf "%.1f", $1 - $2 }')"
finish

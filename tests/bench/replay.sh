#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# replay.sh [--target N] [--ratio N]: how many records a second podip replay puts through the core
# on one CPU, of a log that an agent wrote here of churn and of CNI calls, told again and again up to
# RECORDS (a million if not told); and how many times as many as jq -c reads. The best of some runs,
# since whatever else the machine does is in all of them; in CPU seconds, kernel included.
set -eu

# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$(dirname "$0")/bench.sh"

target=2000000
ratio=10
while [ $# -gt 0 ]; do
	case $1 in
	--target) target=$2 must_meet=true && shift 2 ;;
	--ratio) ratio=$2 must_meet=true && shift 2 ;;
	*) sed -n 's/^# //p' "$0" | sed -n '2,6p' >&2 && exit 2 ;;
	esac
done
records=${RECORDS:-1000000}
runs=${RUNS:-7}
jq_lines=50000
plugins=$(cd "$(dirname "$0")/../lab/cni" && pwd)

plugin() {
	env CNI_COMMAND="$1" CNI_CONTAINERID="$2" CNI_NETNS="/run/netns/$3" CNI_IFNAME=eth0 \
		CNI_ARGS="K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-$2" CNI_PATH="$plugins" \
		LAB_CNI="$work/networks/podnet" "$plugins/bridge" | cat >/dev/null
}

# A pod of CNI calls to four of none: what comes of a pod is ten records or so either way.
write_log() {
	mkdir -p "$work/conf" "$work/networks/podnet"
	cat >"$work/conf/10.conflist" <<-JSON
		{ "cniVersion": "1.0.0", "name": "podnet", "plugins": [ { "type": "bridge",
		  "ipam": { "type": "host-local", "ranges": [ [ { "subnet": "10.9.0.0/29" } ] ] } } ] }
	JSON
	start_agent --reconcile 1h
	i=0
	while [ $i -lt 50 ]; do
		id=$(printf '%064x' $((i + 1)))
		# What is deleted goes a little later: each has a name of its own.
		netns=podip-bench-r$i
		ip netns add "$netns"
		plugin ADD "$id" "$netns"
		plugin DEL "$id" "$netns"
		ip netns delete "$netns"
		i=$((i + 1))
	done
	churn --cycles 200 --delete netns --log "$work/truth" >/dev/null
	sleep 1
	stop_agent
	grep -vE '"initial":true|"type":"(agent|range|ip.leak)' "$work/events.jsonl" >"$work/body"
	lines=$(wc -l <"$work/body")
	[ "$lines" -gt 1000 ] || fail "the log has $lines records"
	{
		grep -E '"initial":true|"type":"(agent.started|range)' "$work/events.jsonl"
		i=0
		while [ $i -lt "$records" ]; do
			cat "$work/body"
			i=$((i + lines))
		done
	} >"$work/log"
	head -n $jq_lines "$work/log" >"$work/part"
}

# seconds_of COMMAND...: user and system, of the best run
seconds_of() {
	i=0
	: >"$work/times"
	while [ $i -lt "$runs" ]; do
		taskset -c 0 bash -c 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>&1' - "$@" 2>>"$work/times"
		i=$((i + 1))
	done
	awk '{ sum = $1 + $2 } NR == 1 || sum < least { least = sum } END { print least }' "$work/times"
}

write_log
lines=$(wc -l <"$work/log")
echo "# $lines records, $(($(stat -c %s "$work/log") / lines)) bytes each:" \
	"$(sed 's/.*"type":"\([a-z]*\)\..*/\1/' "$work/body" | sort | uniq -c | sort -rn | awk '{ printf "%s%d %s", sep, $1, $2; sep = ", " }') in turn"
wait_idle
ours=$(seconds_of podip replay "$work/log")
wait_idle
runs=3
theirs=$(seconds_of jq -c . "$work/part")
rate=$(divide "$lines" "$ours" '%.0f\n')
peer=$(divide "$jq_lines" "$theirs" '%.0f\n')
promise 'replay, records a second on one CPU' '>=' "$target" "$rate"
promise "replay, times as fast as jq -c ($peer a second)" '>=' "$ratio" "$(divide "$rate" "$peer" '%.1f\n')"
finish

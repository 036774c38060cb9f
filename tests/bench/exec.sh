#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# exec.sh [--rounds N] [--assert]: what the search for CNI plugins costs programs that
# are none: wall time of a program with 30 and with 300 variables, with the agent
# over without, taking turns; what the kernel program itself takes; and the same in a
# network namespace other than the node's, where nobody's environment is searched.
set -eu

# shellcheck source-path=SCRIPTDIR source=bench.sh
. "${BENCH_LIB:-$(dirname "$0")}/bench.sh"

rounds=10
spawns=400
while [ $# -gt 0 ]; do
	case $1 in
	--rounds) rounds=$2 && shift ;;
	--assert) must_meet=true ;;
	*) fail "usage: ${0##*/} [--rounds N] [--assert]" ;;
	esac
	shift
done

program() {
	metrics | awk -v name="podip_bpf_program_$1_total{program=\"exec\"}" \
		'$1 == name { printf "%.9f\n", $2 }'
}

# with_agent VARIABLES [COMMAND...]: COMMAND runs spawn
with_agent() {
	variables=$1
	shift
	start_agent --reconcile 1h
	runs=$(program runs)
	seconds=$(program seconds)
	"$@" spawn $spawns "$variables" /bin/true >>"$work/with"
	echo "$(program runs) $runs $(program seconds) $seconds" |
		awk '$1 > $2 { print ($3 - $4) / ($1 - $2) * 1e9 }' >>"$work/ns"
	echo $(($(program runs | cut -d . -f 1) - ${runs%.*})) >>"$work/searched"
	stop_agent
}

# measure TITLE VARIABLES [COMMAND...]
measure() {
	title=$1
	variables=$2
	shift 2
	rm -f "$work/with" "$work/without" "$work/ns" "$work/searched"
	: >"$work/ns"
	round=0
	while [ $round -lt "$rounds" ]; do
		wait_idle
		"$@" spawn $spawns "$variables" /bin/true >>"$work/without"
		with_agent "$variables" "$@"
		round=$((round + 1))
	done
	paste "$work/with" "$work/without" | awk '{ print $1 / $2 }' >"$work/ratios"
	echo "# $title: us without $(spread "$work/without" %.1f), with $(spread "$work/with" %.1f)"
	echo "# $title: ratio of each round $(spread "$work/ratios" %.3f), environments searched in a round $(spread "$work/searched" %.0f)"
	[ ! -s "$work/ns" ] || echo "# $title: ns in the kernel program $(spread "$work/ns" %.0f)"
}

measure 'exec with 30 variables' 30
measure 'exec with 300 variables' 300
measure 'exec with 300 variables in another netns' 300 unshare --net
finish

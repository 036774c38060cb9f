#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# churn.sh [--rounds N] [--cycles N] [--target RATIO] [--assert]: what the agent
# costs the workload. Wall time of churn cycles with the agent over without, both
# in each round, taking turns at being the first; the median of the rounds' ratios
# counts, because a machine that drifts does so in both halves of a round. Each
# cycle deletes a whole namespace: that is what leaves no time to hide in, where
# deleting a link waits 30 ms for RCU. BACKEND in the environment chooses the
# agent's. Works in the virtual machines of tests/qemu, too.
set -eu

# shellcheck source-path=SCRIPTDIR source=bench.sh
. "${BENCH_LIB:-$(dirname "$0")}/bench.sh"

rounds=30
cycles=150
target=1.10

while [ $# -gt 0 ]; do
	case $1 in
	--rounds) rounds=$2 && shift ;;
	--cycles) cycles=$2 && shift ;;
	--target) target=$2 && shift ;;
	--assert) must_meet=true ;;
	*) fail "usage: ${0##*/} [--rounds N] [--cycles N] [--target RATIO] [--assert]" ;;
	esac
	shift
done

# churn_once FILE: adds the microseconds of a cycle to it
churn_once() {
	wait_idle
	# shellcheck disable=SC2154 # of bench.sh
	churn --cycles "$cycles" --delete netns --prefix bchurn >"$work/churn.out" || fail 'churn failed'
	sed -n 's/.*s, \([0-9.]*\) us per cycle.*/\1/p' "$work/churn.out" >>"$1"
}

walks() {
	metric 'podip_bpf_program_runs_total{program="walk"}'
}

with_agent() {
	start_agent --reconcile 1h
	before=$(walks)
	ticks=$(agent_ticks)
	churn_once "$work/with"
	sleep 0.3 # the kernel tears the last ones down
	echo $(($(agent_ticks) - ticks)) >>"$work/ticks"
	echo $(($(walks) - before)) >>"$work/walks"
	metric podip_events_lost_total >>"$work/lost"
	stop_agent
}

churn_once "$work/warm-up"
round=0
while [ $round -lt "$rounds" ]; do
	if [ $((round % 2)) -eq 0 ]; then
		churn_once "$work/without"
		with_agent
	else
		with_agent
		churn_once "$work/without"
	fi
	round=$((round + 1))
done

paste "$work/with" "$work/without" 2>/dev/null |
	awk '{ print $1 / $2 }' >"$work/ratios" || fail 'paste failed'
echo "# churn, $(sed -n "s/.*with backend '\([a-z]*\)'.*/\1/p" "$work/agent.log"): $rounds rounds of $cycles cycles each way, on a busy machine $busy times"
echo "# us per cycle without the agent (quartiles, median between): $(spread "$work/without" %.1f)"
echo "# us per cycle with it: $(spread "$work/with" %.1f)"
echo "# ratio of each round: $(spread "$work/ratios" %.3f)"
echo "# agent's CPU ms per 1,000 cycles: $(awk -v cycles="$cycles" \
	'{ print $1 * 10 * 1000 / cycles }' "$work/ticks" >"$work/cpu" && spread "$work/cpu" %.0f)"
echo "# walks in a round: $(spread "$work/walks" %.0f), events lost: $(awk '{ n += $1 } END { print n + 0 }' "$work/lost")"
promise 'churn, wall time with the agent over without' '<=' "$target" \
	"$(median "$work/ratios" %.3f)"
finish

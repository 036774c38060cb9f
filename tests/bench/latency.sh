#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# latency.sh [OPTION]...: how long until a change is in the event log, and whether
# the agent sleeps while nothing changes. OPTIONs go to latency; BACKEND in the
# environment chooses the agent's.
set -eu

# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$(dirname "$0")/bench.sh"

windows=8 # of a second each; others may change something in some of them

wake_ups() {
	agent_status voluntary_ctxt_switches
}

for option; do
	[ "$option" != --assert ] || must_meet=true
done
start_agent --reconcile 1h
sleep 1
least=''
i=0
while [ $i -lt $windows ]; do
	before=$(wake_ups)
	sleep 1
	woken=$(($(wake_ups) - before))
	[ -n "$least" ] && [ "$least" -le $woken ] || least=$woken
	i=$((i + 1))
done
latency --events "$work/events.jsonl" "$@" || missed=1
promise 'latency, wake-ups in a second without a change' '<=' 0 "$least"
finish

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# memory.sh [--assert]: the agent's memory at 1,000 namespaces with four addresses
# each, and what 100,000 addresses that come and go add to it after the first 20,000. BACKEND in the
# environment chooses the agent's.
set -eu

# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$(dirname "$0")/bench.sh"

count=1000
settle_s=2.5
batches=12
warm_up=2 # batches, in which tables and the allocator reach their size
batch=10000
growth_max_kb=64 # a page here or there is not a leak: one of 8 bytes a cycle would be 700 kB

show() {
	echo "# $1: RSS $(agent_status VmRSS) kB, of it anonymous $(agent_status RssAnon) kB," \
		"peak $(agent_status VmHWM) kB"
}

# The address cycles are over when the agent has nothing more to tell.
wait_quiet() {
	size=-1
	until [ "$size" -eq "$(wc -c <"$work/events.jsonl")" ]; do
		size=$(wc -c <"$work/events.jsonl")
		sleep 0.5
	done
}

flap_batch() {
	flap --count $batch --gap-us 0 --prefix bflap >"$work/flap.out" || fail 'flap failed'
	wait_quiet
}

[ "${1:-}" != --assert ] || must_meet=true
populate add $count --prefix bmem >"$work/populate.out"
sleep $settle_s
start_agent --reconcile 1h
wait_quiet
used=$(metric podip_range_used_addresses)
show "memory at $count namespaces, $used addresses in use"
rss_kb=$(agent_status VmRSS)

first_kb=''
i=1
while [ $i -le $batches ]; do
	flap_batch
	show "after $((i * batch)) cycles"
	[ $i -ne $warm_up ] || first_kb=$(agent_status RssAnon)
	i=$((i + 1))
done
grown_kb=$(($(agent_status RssAnon) - first_kb))
echo "# $(grep -c '"bflap\|"ip":"10.19[2-9]' "$work/events.jsonl") records of $((batches * batch)) cycles," \
	"$(metric podip_events_lost_total) events lost"
populate del $count --prefix bmem >"$work/populate.out"
promise "memory, MiB at $count namespaces and $used addresses" '<=' 12 "$(divide "$rss_kb" 1024 %.2f)"
promise "memory, kB grown in $(((batches - warm_up) * batch)) cycles" '<=' $growth_max_kb "$grown_kb"
finish

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# start.sh [--assert]: milliseconds from exec to the first complete /metrics with
# 500 namespaces present, and, where there is strace, what the kernel was asked
# meanwhile. PORT in the environment is the port that is used.
set -eu

# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$(dirname "$0")/bench.sh"

runs=11
count=500
port=${PORT:-19465}
per_netns=4
settle_s=2.5

run_agent() {
	start "$port" "$work/answer" "$@" podip run --backend "$backend" \
		--web.listen-address "127.0.0.1:$port" --socket "$work/agent.sock" \
		--events.file "$work/events.jsonl" \
		--cni.conf-dir "$work/conf" --cni.cache-dir "$work/cache" --log.level warn
}

# Time between two calls is the agent's own, and what strace takes.
break_down() {
	command -v strace >/dev/null || return 0
	run_agent strace -I 2 -ttt -T -o "$work/trace" >"$work/traced"
	echo "# under strace, $(cat "$work/traced") ms:"
	awk '
		{
			call = $2
			sub(/\(.*/, "", call)
			if (call == "bpf") {
				split($2, part, "(")
				call = part[2]
				sub(/,.*/, "", call)
			}
			took = $NF
			gsub(/[<>]/, "", took)
			if (took + 0 != took) next
			if (before && $1 > before) own += $1 - before
			before = $1 + took
			if (call ~ /^(epoll_wait|rt_sigtimedwait)$/) next
			sum[call] += took
			number[call]++
		}
		END {
			printf "%8.1f ms in the agent itself, and in strace\n", own * 1000
			for (call in sum)
				if (sum[call] >= 0.0005)
					printf "%8.1f ms in %d %s\n", sum[call] * 1000, number[call], call
		}' "$work/trace" | sort -rn | sed 's/^/#/'
}

[ "${1:-}" != --assert ] || must_meet=true
mkdir -p "$work/conf" "$work/cache"
populate add $count --prefix bstart >"$work/populate.out"
sleep $settle_s
i=0
while [ $i -lt $runs ]; do
	run_agent >>"$work/ms"
	i=$((i + 1))
done
used=$(awk '/^podip_range_used_addresses/ { n += $NF } END { print n + 0 }' "$work/answer")
break_down
populate del $count --prefix bstart >"$work/populate.out"
[ "$used" -ge $((count * per_netns)) ] || fail "the answer counts $used addresses"
echo "# start: ms (quartiles, median between): $(spread "$work/ms" %.1f), $used addresses in use"
promise "start, ms from exec to /metrics at $count namespaces" '<=' 150 "$(median "$work/ms" %.1f)"
finish

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the benchmark scripts share. Sourced. POSIX sh and awk, because some run
# in virtual machines that have busybox and nothing else; there the programs are
# in PATH, here in $O. Every number that the project promises is one line in the
# words of promise.h, for run to put into its table.

O=${O:-$(cd "$(dirname "$0")/../.." && pwd)/build}
PATH=$O:$O/lab:$O/bench:$PATH
backend=${BACKEND:-auto}
must_meet=false
missed=0
patience_s=30
idle_wait=40 # half seconds; less where waiting did not help
busy=0 # times that it did not
work=$(mktemp -d "${TMPDIR:-/tmp}/podip-bench.XXXXXX")
agent=''

clean() {
	[ -z "$agent" ] || stop_agent
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# ---- numbers ----

# promise WHAT '>=|<=' TARGET GOT
promise() {
	if awk -v got="$4" -v target="$3" -v is_ceiling="$([ "$2" = '<=' ] && echo 1)" \
		'BEGIN { exit !(is_ceiling ? got <= target : got >= target) }'; then
		echo "$1: target $2 $3, got $4: met"
	else
		echo "$1: target $2 $3, got $4: MISSED"
		missed=1
	fi
}

finish() {
	if $must_meet; then
		exit $missed
	fi
	exit 0
}

# spread FILE [FORMAT]: of its numbers the lower quartile, the median and the upper quartile
spread() {
	sort -n "$1" | awk -v format="${2:-%.4g}" '
		{ number[NR] = $1 }
		END {
			for (i = 1; i < 4; i++)
				printf format (i < 3 ? " " : "\n"), number[int((NR - 1) * i / 4) + 1]
		}'
}

median() {
	spread "$1" "${2:-%.4g}" | cut -d ' ' -f 2
}

# divide A B [FORMAT]
divide() {
	awk -v a="$1" -v b="$2" -v format="${3:-%.3f}\n" 'BEGIN { printf format, a / b }'
}

# ---- the machine ----

# idle_ticks and all_ticks of all CPUs
read_ticks() {
	# shellcheck disable=SC2034 # the rest of the line
	read -r _ user nice system idle iowait irq softirq steal rest </proc/stat
	idle_ticks=$((idle + iowait))
	all_ticks=$((user + nice + system + idle_ticks + irq + softirq + steal))
}

# Whatever else runs here should not run meanwhile: wait until the machine is idle, but not for ever.
wait_idle() {
	waited=0
	while [ $waited -lt $idle_wait ]; do
		read_ticks
		idle_before=$idle_ticks
		all_before=$all_ticks
		sleep 0.5
		read_ticks
		[ $(((idle_ticks - idle_before) * 100)) -lt $(((all_ticks - all_before) * 90)) ] || return 0
		waited=$((waited + 1))
	done
	idle_wait=$((idle_wait / 2))
	busy=$((busy + 1))
}

# ---- the agent ----

# start_agent [OPTION]...: ready when this returns, as $agent, with its log in $work/agent.log and
# its events in $work/events.jsonl
start_agent() {
	mkdir -p "$work/conf" "$work/cache"
	: >"$work/agent.log"
	: >"$work/events.jsonl"
	podip run --backend "$backend" --web.listen-address 127.0.0.1:0 --socket "$work/agent.sock" \
		--events.file "$work/events.jsonl" --cni.conf-dir "$work/conf" \
		--cni.cache-dir "$work/cache" --cni.state-dir "$work/networks" "$@" \
		>"$work/agent.out" 2>"$work/agent.log" </dev/null &
	agent=$!
	tries=0
	until grep -q 'running on kernel' "$work/agent.log"; do
		kill -0 "$agent" 2>/dev/null || fail "the agent ended: $(cat "$work/agent.log")"
		tries=$((tries + 1))
		[ $tries -lt $((patience_s * 20)) ] || fail 'the agent does not get ready'
		sleep 0.05
	done
	port=$(sed -n "s/.*serving .* port '\([0-9]*\)'.*/\1/p" "$work/agent.log" | head -n 1)
}

stop_agent() {
	kill "$agent" 2>/dev/null
	wait "$agent"
	agent=''
}

metrics() {
	if command -v curl >/dev/null; then
		curl -fsS "http://127.0.0.1:$port/metrics"
	else
		wget -q -O - "http://127.0.0.1:$port/metrics"
	fi
}

# metric PREFIX: the sum of all samples that start with it
metric() {
	metrics | awk -v prefix="$1" '
		index($0, prefix) == 1 { sum += $NF }
		END { printf "%.0f\n", sum }'
}

# CPU of the agent in ticks of 10 ms
agent_ticks() {
	sed 's/.*) //' "/proc/$agent/stat" | awk '{ print $12 + $13 }'
}

# agent_status FIELD: of /proc/PID/status, such as VmRSS, in kB
agent_status() {
	awk -v field="$1:" '$1 == field { print $2 }' "/proc/$agent/status"
}

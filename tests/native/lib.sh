# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
#
# What the native tests share: agents, pods, and ways to ask both. Sourced by
# run, in a process of its own for each test, which ends every process it
# started, by pid, and removes every namespace and link it made, by name.

native_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
O=${O:-$(cd "$native_dir/../.." && pwd)/build}
O=$(cd "$O" && pwd)
podip=$O/podip
lab=$O/lab
prefix=pnt # of every namespace and link; the workloads take seven letters at most
patience_s=10 # what is waited for comes in milliseconds, or not at all
skip_status=77

# ---- verdicts: a test that ends has passed ----

say() {
	printf '# %s\n' "$*"
}

fail() {
	say "$@"
	exit 1
}

skip() {
	echo "$*" >"$work/skipped"
	exit $skip_status
}

expect() {
	local what=$1 got=$2 want=$3
	[ "$got" = "$want" ] || fail "$what is '$got', not '$want'"
}

expect_match() {
	local what=$1 got=$2 want=$3
	[[ $got =~ $want ]] || fail "$what is '$got', which has no '$want'"
}

# expect_status STATUS COMMAND...: its output lands in $work/out and $work/err
expect_status() {
	local want=$1 got=0
	shift
	"$@" >"$work/out" 2>"$work/err" </dev/null || got=$?
	[ $got -eq "$want" ] || fail "status of '${*##*/}' is $got, not $want: $(head -c 500 "$work/err")"
}

# Try until it succeeds; a command that never does shows what it said last.
wait_until() {
	local deadline=$((SECONDS + patience_s))
	until "$@" >"$work/waited" 2>&1; do
		if [ $SECONDS -ge $deadline ]; then
			sed 's/^/# /' "$work/waited" | tail -n 20
			fail "never came true: $*"
		fi
		sleep 0.02
	done
}

# ---- agents ----

# start_agent NAME [OPTION]...: ready when this returns. $agent, $port, $events,
# $socket and $stderr are those of the agent started last; its log goes on where that of
# one with the same name ended.
start_agent() {
	local name=$1
	shift
	events=$work/$name.jsonl
	stderr=$work/$name.err
	socket=${work%/*}/$name.sock # $work may be longer than such a path
	mkdir -p "$work/conf" "$work/cache"
	: >"$stderr"
	"${enter[@]}" "$podip" run --web.listen-address 127.0.0.1:0 --socket "$socket" --events.file "$events" \
		--cni.conf-dir "$work/conf" --cni.cache-dir "$work/cache" \
		--cni.state-dir "$work/networks" --aws.ipam-file "$work/no-ipam.json" --reconcile 1h "$@" >"$work/$name.out" 2>"$stderr" </dev/null &
	agent=$!
	wait_until is_ready_or_gone
	kill -0 "$agent" 2>/dev/null || fail "the agent ended: $(cat "$stderr")"
	port=$(listening_port)
}

listening_port() {
	sed -n "s/.*serving .* port '\([0-9]*\)'.*/\1/p" "$stderr" | head -n 1
}

is_ready_or_gone() {
	local port
	kill -0 "$agent" 2>/dev/null || return 0
	port=$(listening_port)
	[ -n "$port" ] && "${enter[@]}" curl -fsS "http://127.0.0.1:$port/readyz"
}

stop_agent() {
	local status=0
	kill "$agent"
	wait "$agent" || status=$?
	[ $status -eq 0 ] || fail "the agent ended with status $status: $(tail -n 20 "$stderr")"
}

# start COMMAND...: in the background, as $started
start() {
	"${enter[@]}" "$@" >>"$work/started.out" 2>&1 </dev/null &
	started=$!
}

# ---- what an agent says ----

metrics() {
	"${enter[@]}" curl -fsS -m "$patience_s" "http://127.0.0.1:$port/metrics"
}

# metric NAME [LABEL=VALUE]...: of the one sample that has these labels
metric() {
	metrics | awk '
		BEGIN {
			name = ARGV[1]
			for (i = 2; i < ARGC; i++) {
				at = index(ARGV[i], "=")
				want[i] = "," substr(ARGV[i], 1, at) "\"" substr(ARGV[i], at + 1) "\","
			}
			ARGC = 1
		}
		{
			labels = ","
			if (match($1, /{.*}/))
				labels = "," substr($1, RSTART + 1, RLENGTH - 2) ","
			if (substr($1, 1, match($1 "{", /{/) - 1) != name)
				next
			for (i in want)
				if (!index(labels, want[i]))
					next
			value = $2
			count++
		}
		END {
			if (count == 1)
				print value
			else
				print count + 0 " samples of " name >"/dev/stderr"
			exit count != 1
		}' "$@"
}

metric_is() {
	local want=$1 got
	shift
	got=$(metric "$@") || return
	[ "$got" = "$want" ] || { echo "$* is $got, not $want" && return 1; }
}

has_no_metric() {
	! metric "$@" 2>/dev/null
}

# record FILTER: the log's records that jq's filter picks, one a line
record() {
	jq -c "$1" "$events"
}

has_record() {
	[ -n "$(record "$1")" ]
}

# Every line whole, and none missing or out of order.
expect_seq_without_gap() {
	local broken
	broken=$(jq -n 'reduce inputs.seq as $seq ({ last: 0 };
		if $seq == .last + 1 then .last = $seq
		else .broken = (.broken // "\($seq) follows \(.last)") | .last = $seq end) | .broken // empty' \
		"$events") || fail "the event log is not JSON"
	[ -z "$broken" ] || fail "seq $broken"
}

# Until the log has not grown for a second: what the kernel tears down late is in
# it. On a machine where others make pods it may never be.
wait_for_quiet() {
	local deadline=$((SECONDS + patience_s)) size=-1 before=-2
	while [ "$size" != "$before" ] && [ $SECONDS -lt $deadline ]; do
		before=$size
		sleep 1
		size=$(stat -c %s "$events")
	done
}

# verify KIND TRUTH: does the log say what the workload did? Pods of others, whom
# the machine may have, do not count.
verify() {
	local kind=$1 truth=$2
	case $kind in
	churn) jq -r .ip "$truth" ;;
	story) sed -n 's|^[+-] \(.*\)/.*|\1|p' "$truth" ;;
	esac | sort -u >"$work/own"
	jq -n -c --rawfile own "$work/own" '($own | split("\n") | INDEX(.)) as $own | inputs |
		if .ip and ($own[.ip] | not) then .type = "foreign" else . end' \
		"$events" >"$work/own.records"
	"$lab/verify" "$kind" "$truth" "$work/own.records"
}

# Until the next reconcile, and the second look by which it confirms, are done.
wait_for_reconcile() {
	local before
	before=$(metric podip_reconcile_timestamp_seconds)
	wait_until is_reconciled_after "$before"
	before=$(metric podip_reconcile_timestamp_seconds)
	wait_until is_reconciled_after "$before"
}

is_reconciled_after() {
	awk -v before="$1" -v now="$(metric podip_reconcile_timestamp_seconds)" \
		'BEGIN { exit !(now > before) }'
}

# ---- pods ----

# make_pod NAME [ADDRESS/LENGTH]...: a namespace with eth0, whose other end has
# the pod's name in $node, a namespace, or here.
make_pod() {
	local name=$prefix-$1 address
	shift
	ip netns add "$name"
	ip ${node:+-n "$node"} link add "$name" type veth peer name eth0 netns "$name"
	ip ${node:+-n "$node"} link set "$name" up
	ip -n "$name" link set eth0 up
	for address; do
		add_address "${name#"$prefix"-}" "$address"
	done
}

add_address() {
	local nodad=()
	case $2 in *:*) nodad=(nodad) ;; esac
	ip -n "$prefix-$1" address add "$2" dev eth0 "${nodad[@]}"
}

delete_pod() {
	ip netns delete "$prefix-$1"
}

# make_node NAME: its /proc is $work/NAME then
make_node() {
	ip netns add "$prefix-$1"
	ip -n "$prefix-$1" link set lo up
	mkdir -p "$work/$1/1/ns"
	ln -s "/run/netns/$prefix-$1" "$work/$1/1/ns/net"
	ln -s /proc/sys "$work/$1/sys"
}

inode() {
	stat -L -c %i "/run/netns/$prefix-$1"
}

# write_conflist NAME CIDR: what host-local gives addresses out of
write_conflist() {
	cat >"$work/conf/.new" <<-JSON
		{ "cniVersion": "1.0.0", "name": "$1", "plugins": [ { "type": "bridge",
		  "ipam": { "type": "host-local", "ranges": [ [ { "subnet": "$2" } ] ] } } ] }
	JSON
	mv -T "$work/conf/.new" "$work/conf/$1.conflist"
}

# ---- who holds what: "NETNS ADDRESS/LENGTH" lines, of the test's own pods ----

own_inodes() {
	find /run/netns -name "$prefix-*" -exec stat -c %i {} + 2>/dev/null | sort
}

only_own() {
	sort -u | join - <(own_inodes)
}

kernel_holds() {
	local path
	for path in /run/netns/"$prefix"-*; do
		ip -n "${path##*/}" -j address | jq -r --arg inode "$(stat -c %i "$path")" '.[] |
			select(.ifname != "lo") | .addr_info[] |
			select(.scope == "global" and (.tentative | not)) |
			"\($inode) \(.local)/\(.prefixlen)"'
	done | only_own
}

snapshot_holds() {
	"$podip" snapshot --kernel -o json "$@" 2>/dev/null | jq -r '.namespaces[] | .netns as $netns |
		.links[].addresses[] | "\($netns) \(.ip)/\(.prefix_len)"' | only_own
}

# What somebody believes who read the event log alone.
log_holds() {
	jq -n -r 'reduce inputs as $e ({}; "\($e.netns) \($e.ip)/\($e.prefix_len)" as $key |
		if $e.type == "agent.started" then {}
		elif $e.type == "ip.assigned" then .[$key] = true
		elif $e.type == "ip.released" then del(.[$key]) else . end) | keys[]' "$events" | only_own
}

# ---- setting up, clearing away ----

# shellcheck disable=SC2317 # the trap's
clear_away() {
	local pid path
	trap - EXIT ERR
	set +eE
	for pid in $(jobs -pr); do
		kill "$pid" 2>/dev/null && end_process "$pid"
	done
	awk -v below="$work/" 'index($2, below) == 1 { print $2 }' /proc/mounts | tac | while read -r path; do
		umount "$path"
	done
	for path in /sys/class/net/"$prefix"-*; do
		[ ! -e "$path" ] || ip link delete "${path##*/}" 2>/dev/null
	done
	for path in /run/netns/"$prefix"-*; do
		[ ! -e "$path" ] || ip netns delete "${path##*/}"
	done
}

# It has been asked to; one that does not is made to.
end_process() {
	local tries
	for ((tries = 0; tries < 500; tries++)); do
		kill -0 "$1" 2>/dev/null || return
		sleep 0.01
	done
	say "process $1 did not end when asked"
	kill -9 "$1"
}

# Called by run in the test's process, before the test.
set_up() {
	work=$1
	node='' # namespace that make_pod's pods are connected to; '' is here
	enter=() # nsenter, where what is started and asked has a network of its own
	trap clear_away EXIT
	trap 'exit 143' TERM
	trap 'say "failed: $BASH_COMMAND (line $LINENO)"' ERR
}

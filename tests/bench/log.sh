#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# log.sh [--assert]: how soon the first line of a 1 GiB event log is there, of the
# newest ones and of those since a time near its end, in one plain file and in
# compressed ones; bytes read for it; and what one line costs to parse. MIB in the
# environment is another size. The files are in $TMPDIR, and go again.
set -eu

# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$(dirname "$0")/bench.sh"

mib=${MIB:-1024}
runs=7
newest=50
seconds=60

[ "${1:-}" != --assert ] || must_meet=true

# Out of memory: the disk shall count, too.
drop() {
	for file in "$work"/log*; do
		dd if="$file" iflag=nocache count=0 2>/dev/null
	done
}

# measure NAME KIND COMMAND...: medians to the first line and to the last, and what was read
measure() {
	name=$1 kind=$2
	shift 2
	: >"$work/first" && : >"$work/last"
	i=0
	while [ $i -lt $runs ]; do
		[ "$kind" = warm ] || drop
		"$@" >"$work/one"
		read -r first last bytes count <"$work/one"
		echo "$first" >>"$work/first"
		echo "$last" >>"$work/last"
		i=$((i + 1))
	done
	first=$(median "$work/first" %.3f)
	echo "# log, $name, $kind: ms to the first line $(spread "$work/first" %.3f)," \
		"to the last of $count $(median "$work/last" %.3f), $bytes bytes read"
}

# peer_ms COMMAND: milliseconds until it ends, the best of three
peer_ms() {
	: >"$work/peer"
	for _ in 1 2 3; do
		start=$(date +%s%N)
		sh -c "$1" >"$work/peer.out"
		echo "$start $(date +%s%N)" | awk '{ printf "%.3f\n", ($2 - $1) / 1e6 }' >>"$work/peer"
		[ -s "$work/peer.out" ] || fail "nothing of: $1"
	done
	sort -n "$work/peer" | head -n 1
}

compare() {
	echo "# log, $1: $2 takes $3 ms, $(divide "$3" "$4" %.1f) times as long"
}

for form in plain rotated; do
	log generate "$work/log" "$mib" $form
	text="cat '$work/log'"
	[ $form = plain ] || text="(zcat '$work'/log.*.gz; cat '$work/log')"
	for kind in cold warm; do
		measure "newest $newest, $form" $kind log newest "$work/log" $newest
		promise "log of $mib MiB, $form, $kind, ms to the first of the newest lines" '<=' 100 "$first"
	done
	peer=$(peer_ms "tail -n $newest '$work/log'")
	compare "newest $newest, $form" "tail -n of the live file" "$peer" "$first"
	for kind in cold warm; do
		measure "since $seconds s before its end, $form" $kind log since "$work/log" $seconds
		promise "log of $mib MiB, $form, $kind, ms to the first line since a time near its end" \
			'<=' 300 "$first"
	done
	# To the minute: what grep can do.
	minute=$(tail -n 20000 "$work/log" | head -n 1 | sed 's/.*"ts":"\([^"]*:[0-9]*\):.*/\1/')
	peer=$(peer_ms "$text | grep -F -m 1 '\"ts\":\"$minute'")
	compare "since, $form" "a scan with grep" "$peer" "$first"
	rm -f "$work"/log*
done

log parse >"$work/one"
read -r ours jansson size <"$work/one"
echo "# log: record_parse() takes $ours ns for an ip.assigned line of $size bytes, jansson $jansson ns"
promise "record_parse(), ns for an ip.assigned line" '<=' 300 "$ours"
promise "record_parse(), times faster than jansson" '>=' 10 "$(divide "$jansson" "$ours" %.1f)"
finish

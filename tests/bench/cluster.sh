#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# cluster.sh [NODES]...: what a Prometheus needs for a whole cluster: fleet, which simulates
# NODES agents with four ranges each (100, 1000, 5000 if not told), is scraped by a real one
# with the rules of deploy/prometheus. Prints a table of series, of how long all rules take in
# one evaluation (groups run at the same time: the slowest must be done within the interval), of
# those that failed or were missed, and of memory. Promises nothing: how fast it is is the machine's and Prometheus's matter.
set -eu

# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$(dirname "$0")/bench.sh"

rules=$(cd "$(dirname "$0")/../../deploy/prometheus" && pwd)/rules.yaml
interval_s=${INTERVAL_S:-60} # the longest that the rules allow
scrapes=3 # of each node; the rules are evaluated as often
ranges=4
fleet=''
prometheus=''

# shellcheck disable=SC2317 # the trap's
end_all() {
	end_pair
	clean
}
trap end_all EXIT

end_pair() {
	for pid in $prometheus $fleet; do
		kill "$pid" 2>/dev/null || continue
		wait "$pid" || true
	done
	prometheus='' fleet=''
}

# wait_for SECONDS COMMAND...
wait_for() {
	tries=$(($1 * 2))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || fail "never came true: $*"
		sleep 0.5
	done
}

start_pair() {
	rm -rf "$work/data" "$work/port"
	fleet --nodes "$1" --ranges $ranges --port-file "$work/port" --sd-file "$work/targets.json" &
	fleet=$!
	wait_for $patience_s test -s "$work/port"
	cp "$rules" "$work/rules.yaml"
	cat >"$work/prometheus.yaml" <<-YAML
		global: { scrape_interval: ${interval_s}s, evaluation_interval: ${interval_s}s }
		rule_files: [ rules.yaml ]
		scrape_configs:
		  - job_name: podip
		    file_sd_configs: [ { files: [ targets.json ] } ]
	YAML
	: >"$work/prometheus.log"
	prometheus --config.file="$work/prometheus.yaml" --storage.tsdb.path="$work/data" \
		--web.listen-address=127.0.0.1:0 2>"$work/prometheus.log" &
	prometheus=$!
	wait_for $patience_s is_ready
}

is_ready() {
	url=http://$(sed -n 's/.*msg="Listening on" address=//p' "$work/prometheus.log")
	curl -fsS "$url/-/ready" >/dev/null 2>&1
}

# own NAME [min|max]: of a metric of Prometheus itself the sum, or the least or largest sample
own() {
	curl -fsS "$url/metrics" | awk -v name="$1" -v which="${2:-sum}" '
		substr($1, 1, length(name)) != name || substr($1, length(name) + 1, 1) !~ /^({|$)/ { next }
		{ sum += $2 }
		!count++ || $2 < min { min = $2 }
		$2 > max { max = $2 }
		END { printf "%.10g\n", which == "min" ? min : which == "max" ? max : sum }'
}

# query EXPRESSION: the value of its only sample
query() {
	curl -fsS --data-urlencode "query=$1" "$url/api/v1/query" | jq -r '.data.result[0].value[1] // 0'
}

# measure NODES
measure() {
	start_pair "$1"
	ticks=$(prometheus_ticks)
	sleep $((interval_s * scrapes))
	# Every node was scraped: else the numbers are of fewer.
	wait_for $((interval_s * 3)) is_whole "$1"
	wait_for $((interval_s * 10)) has_evaluated "$1"
	busy=$(divide $(($(prometheus_ticks) - ticks)) $((interval_s * scrapes)) %.0f)
	printf '%s | %s | %s | %s | %s | %s | %s | %s | %s | %s\n' "$1" \
		"$(query 'max(scrape_samples_post_metric_relabeling{job="podip"})')" \
		"$(own prometheus_tsdb_head_series)" \
		"$(query 'count({__name__=~"(instance|cluster).*:podip_.*"})')" \
		"$(own prometheus_rule_group_last_duration_seconds | cut -c 1-6)" \
		"$(own prometheus_rule_group_last_duration_seconds max | cut -c 1-6)" \
		"$(own prometheus_rule_evaluation_failures_total)" \
		"$(own prometheus_rule_group_iterations_missed_total)" \
		"$(awk '$1 == "VmRSS:" { printf "%.0f", $2 / 1024 }' "/proc/$prometheus/status")" \
		"$busy" | tee -a "$work/table" | sed 's/^/# measured so far: /'
	end_pair
}

is_whole() {
	[ "$(query 'count(up{job="podip"} == 1)')" = "$1" ]
}

# Every group has been often enough, and has recorded of every node what it has of both families.
has_evaluated() {
	[ "$(query 'count(instance_family:podip_node_spare_addresses:sub)')" = $(($1 * 2)) ] &&
		[ "$(own prometheus_rule_group_iterations_total min)" -ge $scrapes ]
}

# CPU of Prometheus in ticks of 10 ms
prometheus_ticks() {
	sed 's/.*) //' "/proc/$prometheus/stat" | awk '{ print $12 + $13 }'
}

for program in prometheus curl jq; do
	command -v $program >/dev/null || fail "no '$program'"
done
[ $# -gt 0 ] || set -- 100 1000 5000
echo 'nodes | series a node | series | recorded | rules, s | slowest group, s | failed | missed | RSS, MiB | CPU, %' >"$work/table"
for nodes; do
	measure "$nodes"
done
echo "# $ranges ranges a node, a scrape and an evaluation every $interval_s s," \
	"$(prometheus --version 2>&1 | sed -n '1s/, version \([0-9.]*\).*/ \1/p')"
column -t -s '|' -o '|' "$work/table"

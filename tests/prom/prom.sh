# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154,SC2034 # tests/native/lib.sh
#
# What the tests with Prometheus share, beyond tests/native/lib.sh: it and Alertmanager on
# loopback, on ports of their own, and ways to ask both. Sourced by the tests.

rules_dir=$native_dir/../../deploy/prometheus
patience_s=60 # Prometheus sees all a second later, and this machine may be busy
recorded='{__name__=~"(instance|cluster).*:podip_.*"}'

# So that a test does not take an hour, a copy of the rules has minutes made seconds: an alert waits
# 3 s, what was told 5 or 10 minutes or an hour ago and not since is forgotten after 5 s and 20 s, and
# sources are missed after 3 s instead of 5 minutes.
# A `for` of seconds has no other expression, so what holds here holds there, only later.
shorten_rules() {
	sed -e 's/^\( *for:\) .*/\1 3s/' -e 's/\[\(5\|10\)m\]/[5s]/g' -e 's/\[1h\]/[20s]/g' -e 's/offset 5m/offset 3s/' \
		"$rules_dir/rules.yaml" >"$work/rules.yaml"
}

# start_prometheus TARGETS: a file of file_sd_configs, read again when it changes
start_prometheus() {
	shorten_rules
	echo 'groups: []' >"$work/mine.yaml"
	start_alertmanager
	cat >"$work/prometheus.yaml" <<-YAML
		global: { scrape_interval: 1s, evaluation_interval: 1s }
		rule_files: [ rules.yaml, mine.yaml ]
		alerting: { alertmanagers: [ { static_configs: [ { targets: [ "${alertmanager#http://}" ] } ] } ] }
		scrape_configs:
		  - job_name: podip
		    file_sd_configs: [ { files: [ "$1" ] } ]
	YAML
	# After a reload Prometheus knows no Alertmanager for a moment: what it tells then is told again.
	prometheus --config.file="$work/prometheus.yaml" --storage.tsdb.path="$work/tsdb" \
		--rules.alert.resend-delay=1s --web.listen-address=127.0.0.1:0 >"$work/prometheus.log" 2>&1 </dev/null &
	prometheus_pid=$!
	wait_until is_ready "$prometheus_pid" "$work/prometheus.log"
	prometheus=$(url_of "$work/prometheus.log")
}

start_alertmanager() {
	printf 'route: { receiver: nobody }\nreceivers: [ { name: nobody } ]\n' >"$work/alertmanager.yaml"
	prometheus-alertmanager --config.file="$work/alertmanager.yaml" --storage.path="$work/am" \
		--cluster.listen-address= --web.listen-address=127.0.0.1:0 >"$work/alertmanager.log" 2>&1 </dev/null &
	wait_until is_ready $! "$work/alertmanager.log"
	alertmanager=$(url_of "$work/alertmanager.log")
}

url_of() {
	sed -n 's|.*msg="Listening on" address=|http://|p' "$1"
}

# One that has ended will never be.
is_ready() {
	kill -0 "$1" || fail "it ended: $(tail -n 3 "$2")"
	curl -fsS "$(url_of "$2")/-/ready"
}

# start_fleet [OPTION]...: simulated nodes, as targets in $work/fleet.json
start_fleet() {
	"$lab/fleet" --port-file "$work/fleet.port" --sd-file "$work/fleet.json" "$@" \
		>"$work/fleet.out" 2>&1 </dev/null &
	wait_until [ -s "$work/fleet.port" ]
	fleet=http://127.0.0.1:$(cat "$work/fleet.port")
}

# query EXPRESSION: "VALUE LABELS" of each sample, in order
query() {
	curl -fsS --data-urlencode "query=$1" "$prometheus/api/v1/query" |
		jq -r '.data.result[] | "\(.value[1]) \(.metric | del(.__name__) | tojson)"' | sort
}

# value EXPRESSION: of its only sample, or "none"
value() {
	local samples
	samples=$(query "$1" | cut -d ' ' -f 1)
	echo "${samples:-none}"
}

value_is() {
	local got
	got=$(value "$2") || return
	[ "$got" = "$1" ] || { echo "$2 is '$got', not '$1'" && return 1; }
}

# alerts NAME: what Alertmanager has of it, one a line: its severity and range
alerts() {
	curl -fsS "$alertmanager/api/v2/alerts?active=true" | jq -r --arg name "$1" \
		'.[] | select(.labels.alertname == $name) | "\(.labels.severity) \(.labels.range // .labels.node) \(.labels.cidr // "")"' | sort
}

alerts_are() {
	local got
	got=$(alerts "$2") || return
	[ "$got" = "$1" ] || { echo "alerts $2 are '$got', not '$1'" && return 1; }
}

# Rules are evaluated COUNT times from now on.
wait_for_evaluations() {
	local before
	before=$(iterations)
	wait_until has_iterated $((before + $1))
}

# Of the group that was evaluated least often.
iterations() {
	curl -fsS "$prometheus/metrics" | awk '
		/^prometheus_rule_group_iterations_total/ { if (!count++ || $2 < least) least = $2 }
		END { printf "%d\n", least }'
}

has_iterated() {
	[ "$(iterations)" -ge "$1" ]
}

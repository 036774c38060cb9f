# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A Prometheus on loopback that scrapes files as if they were agents. Sourced; the
# caller ends what is started, by its pid.

# as_node GOLDEN NUMBER: the metrics of another node: its block is 10.9.NUMBER.0/24,
# and NUMBER more addresses of each range are used.
as_node() {
	awk -v number="$2" '
		/^podip_(range_used_addresses|addresses_assigned_total)\{/ { $NF += number }
		/^podip_range_free_addresses\{range="(block|pods)"/ { $NF -= number }
		/^podip_range_attached_addresses\{/ { $NF += number }
		/^podip_range_utilization_ratio\{range="block"/ { $NF = (1 + number) / 110 }
		{ gsub(/10\.9\.0\.0\/24/, "10.9." number ".0/24"); print }' "$1"
}

# write_prometheus_config FILE PORT CLUSTER NODE...: scrape http://127.0.0.1:PORT/NODE
# each second; CLUSTER is the label, '' none.
write_prometheus_config() {
	local port=$2 cluster=$3 node
	shift 3
	echo 'global: { scrape_interval: 1s, scrape_timeout: 1s }'
	echo 'scrape_configs:'
	for node; do
		cat <<-CONFIG
			- job_name: podip-$node
			  metrics_path: /$node
			  static_configs:
			  - targets: ["127.0.0.1:$port"]
			    labels: { ${cluster:+cluster: $cluster, }instance: $node }
			  metric_relabel_configs:
			  - { target_label: job, replacement: podip }
		CONFIG
	done
} >"$1"

# free_port: that nobody listens on now
free_port() {
	local port
	while :; do
		port=$((20000 + RANDOM % 10000))
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo $port
}

# prometheus_value URL PROMQL: of the only sample
prometheus_value() {
	curl -fsS --data-urlencode "query=$2" "$1/api/v1/query" |
		jq -er '.data.result | if length == 1 then .[0].value[1] else error("\(length) samples") end'
}

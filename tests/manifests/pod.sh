# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Runs the chart's pod under runc. Who sources it has `render`, $scratch and $O.

# shellcheck disable=SC2154 # scratch
pod_port=$((20000 + $$ % 10000))

# One more mount namespace, into which tracefs is mounted if the machine has it nowhere.
in_pods_world() {
	unshare -m --propagation slave bash -c '
		[ -d /sys/kernel/tracing/events ] || mount -t tracefs none /sys/kernel/tracing || exit
		exec "$@"' world "$@"
}

# start NAME MANIFEST: its pod, until stop; $pod_port answers.
start() {
	name=podip-manifests-$$-$1
	mkdir -p "$scratch/$name"
	tests/manifests/bundle.py "$2" "$scratch/$name" "$O/podip" || return 1
	in_pods_world runc --root "$scratch/runc" run --bundle "$scratch/$name" "$name" >"$scratch/$name.log" 2>&1 &
	runner=$!
}

# Ended by itself, or by our signal: its exit status.
stop() {
	local status=0
	runc --root "$scratch/runc" kill "$name" TERM 2>/dev/null
	wait "$runner" || status=$?
	cat "$scratch/$name.log"
	return $status
}

is_ready() {
	local tries
	for ((tries = 0; tries < 100; tries++)); do
		! curl -s -m 2 "127.0.0.1:$pod_port/readyz" 2>/dev/null | grep -q '^ready' || return 0
		kill -0 "$runner" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

in_pod() {
	runc --root "$scratch/runc" exec "$name" "$@"
}

# What the file system of the pod shows of a namespace that comes and goes on the node.
follows_namespaces() {
	local netns=podip-manifests-$$ status=0
	ip netns add "$netns" || return 1
	in_pod /bin/grep -q "/run/netns/$netns" /proc/self/mountinfo || { echo "the pod does not see it" && status=1; }
	ip netns del "$netns"
	! in_pod /bin/grep -q "/run/netns/$netns" /proc/self/mountinfo || { echo "it stays in the pod" && status=1; }
	return $status
}

# runs_as_it_is_written FILE ARGUMENT...: as helm renders it with these.
runs_as_it_is_written() {
	local status=0 file=$1
	shift
	render "$file" --set "web.port=$pod_port" "$@" \
		-f <(sed 's/^/  /; 1i config:' deploy/podip.yaml | grep -v 'listen-address\|^  web:') || return 1
	start "$file" "$scratch/$file.yaml" || return 1
	is_ready || status=1
	if [ $status = 0 ]; then
		curl -s "127.0.0.1:$pod_port/metrics" >"$scratch/metrics"
		grep '^podip_cni_capture_info\|^podip_probe_backend\|^podip_degraded.* 1' "$scratch/metrics"
		! grep -q '^podip_cni_capture_info{hook="none"}' "$scratch/metrics" || { echo "plugins are not heard" && status=1; }
		! grep -q '^podip_degraded.* 1$' "$scratch/metrics" || status=1
		grep -q 'podip_range_info{range="pod-range"' "$scratch/metrics" || { echo "podip.yaml is not read" && status=1; }
		in_pod /podip status -o json | grep -q lab-node || { echo "status finds no agent" && status=1; }
		in_pod /podip doctor --proc-dir /host/proc >"$scratch/doctor"
		[ $? -le 3 ] || { tail -n 3 "$scratch/doctor" && status=1; }
		follows_namespaces || status=1
	fi
	stop || status=1
	grep -q '"agent.stopped"' "$scratch/$name/node/var/log/podip/events.jsonl" || { echo "no event log" && status=1; }
	return $status
}

# certificate FOLDER NAME: of an authority of its own, as cert-manager names the files.
certificate() {
	mkdir -p "$1"
	{
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=lab \
			-keyout "$1/ca.key" -out "$1/ca.crt"
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
			-keyout "$1/tls.key" -out "$1/tls.csr"
		openssl x509 -req -in "$1/tls.csr" -CA "$1/ca.crt" -CAkey "$1/ca.key" -CAcreateserial -days 2 \
			-extfile <(echo "subjectAltName=DNS:$2") -out "$1/tls.crt"
	} 2>"$scratch/openssl" || { cat "$scratch/openssl" && return 1; }
}

# ask_tls CA NAME ARGUMENT...: the status of the answer, as a scraper that knows this authority gets it
ask_tls() {
	local ca=$1 host=$2
	shift 2
	curl -s -m 5 -o /dev/null -w '%{http_code}' --cacert "$ca" --connect-to "::127.0.0.1:$pod_port" "$@" "https://$host/metrics"
}

# soon WANT COMMAND...: in ten seconds at most it says so
soon() {
	local want=$1 tries said=
	shift
	for ((tries = 0; tries < 100; tries++)); do
		said=$("$@")
		[ "$said" != "$want" ] || return 0
		sleep 0.1
	done
	echo "'$said' instead of '$want': $*"
	return 1
}

# with_certificate FOLDER: what cert-manager would make of the example, beside the example itself.
with_certificate() {
	cat "$scratch/tls.yaml" "$scratch/tls-objects.yaml"
	jq -n --rawfile crt "$1/tls.crt" --rawfile key "$1/tls.key" --rawfile ca "$1/ca.crt" --arg name "$tls_secret" '{
		kind: "Secret", metadata: { $name }, data: { "tls.crt": $crt, "tls.key": $key, "ca.crt": $ca } }' |
		sed '1i ---'
}

# As a kubelet writes what was renewed: NODE-FOLDER CERTIFICATE-FOLDER
renew() {
	cp -r "$1/..1" "$1/..2"
	cp "$2"/{tls.crt,tls.key,ca.crt} "$1/..2/"
	ln -s ..2 "$1/..new"
	mv -T "$1/..new" "$1/..data"
}

# deploy/README.md's example, which is in $scratch/tls-objects.yaml and $scratch/tls.yaml: answers him who
# has the password, nobody else, and goes on with a certificate that was renewed.
runs_with_tls_and_users() {
	local status=0 tls_secret host user
	tls_secret=$(example_says Certificate .spec.secretName)
	host=$(example_says PodMonitor '.spec.podMetricsEndpoints[0].tlsConfig.serverName')
	[ "$host" = "$(example_says Certificate '.spec.dnsNames[0]')" ] || { echo "no certificate is of '$host'" && return 1; }
	user=$(example_says Secret 'select(.metadata.name == "podip-scrape") | .stringData | "\(.username):\(.password)"')
	certificate "$scratch/one" "$host" && certificate "$scratch/two" "$host" || return 1
	with_certificate "$scratch/one" | sed "s/:9465/:$pod_port/" >"$scratch/tls-pod.yaml"
	start tls "$scratch/tls-pod.yaml" || return 1
	soon 401 ask_tls "$scratch/one/ca.crt" "$host" || status=1
	soon 200 ask_tls "$scratch/one/ca.crt" "$host" -u "$user" || status=1
	[ "$(ask_tls "$scratch/one/ca.crt" "$host" -u "$user-not")" != 200 ] || { echo "any password will do" && status=1; }
	[ "$(curl -sk -m 5 "https://127.0.0.1:$pod_port/healthz" -o /dev/null -w '%{http_code}')" = 200 ] ||
		{ echo "the kubelet's probe does not pass" && status=1; }
	renew "$scratch/$name/node/web" "$scratch/two"
	soon 200 ask_tls "$scratch/two/ca.crt" "$host" -u "$user" || { echo "what was renewed is not seen" && status=1; }
	stop || status=1
	return $status
}

# The same without one capability: it says which, and ends with 4.
would_not_run_without_bpf() {
	local status=0
	sed '/^ *- BPF$/d' "$scratch/pod.yaml" >"$scratch/no-bpf.yaml"
	start no-bpf "$scratch/no-bpf.yaml" || return 1
	wait "$runner" || status=$?
	cat "$scratch/$name.log"
	[ $status = 4 ] && grep -q 'capability CAP_BPF is missing' "$scratch/$name.log"
}

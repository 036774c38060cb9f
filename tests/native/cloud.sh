# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154,SC2034 # lib.sh
#
# What tells a node of its addresses: ipamd and IMDS of an AWS node, GCE's metadata
# server and the Kubernetes API, all of them one server of files, tests/lab/answer.
# Sourced by tests, after lib.sh.

site=$work/site # what the server answers with
meta=latest/meta-data
macs=$meta/network/interfaces/macs
gce=computeMetadata/v1/instance
nodes=api/v1/nodes
ciliumnodes=apis/cilium.io/v2/ciliumnodes

# ---- the server ----

# $server is its process, $url where it is
start_services() {
	mkdir -p "$site"
	start "$lab/answer" --port-file "$work/port" "$site"
	server=$started
	wait_until test -e "$work/port"
	url=http://127.0.0.1:$(cat "$work/port")
}

# put PATH: from one request to the next stdin is what is answered
put() {
	[ -d "$site/${1%/*}" ] || mkdir -p "$site/${1%/*}"
	cat >"$site/.new"
	mv "$site/.new" "$site/$1"
}

# put_text PATH TEXT
put_text() {
	put "$1" < <(printf '%s' "$2")
}

# start_asking NAME FLAG[=URL]... [OPTION]...: an agent that asks the services of these
# flags as often as it can, at $url if not told otherwise
start_asking() {
	local name=$1 options=()
	shift
	while [ $# -gt 0 ] && [[ $1 != --* ]]; do
		case $1 in
		*=*) options+=("--${1%%=*}" "${1#*=}") ;;
		*) options+=("--$1" "$url") ;;
		esac
		shift
	done
	start_agent "$name" --node node-1 --sources.period 100ms "${options[@]}" "$@"
}

# ---- what an agent says ----

# "NAME UP ERRORS AGE" of each
sources() {
	metrics | awk -F '["} ]+' '
		/^podip_source_up/ { up[$2] = $3 }
		/^podip_source_errors_total/ { errors[$2] = $3 }
		/^podip_source_age_seconds/ { age[$2] = $3 }
		END { for (source in up) print source, up[source], errors[source] + 0, age[source] }'
}

# expect_aged TIME SOURCE...: their last good answer is from before, or was on its way
expect_aged() {
	local least
	least=$(awk -v since="$1" -v now="$EPOCHREALTIME" 'BEGIN { print now - since - 0.3 }')
	shift
	sources | awk -v least="$least" 'BEGIN { for (i = 2; i < ARGC; i++) want[ARGV[i]]; ARGC = 2 }
		$1 in want && $4 < least { print $1 " is " $4 " s old, not " least; bad++ }
		END { exit bad }' - "$@" >"$work/young" || fail "$(cat "$work/young")"
}

# All that is known of ranges, of ENIs and of the node; others may have pods, too.
facts() {
	metrics | grep -E '^podip_(range|eni|node)_' | grep -v '"unranged"'
}

remember_facts() {
	facts >"$work/facts"
}

# expect_facts WHEN
expect_facts() {
	facts | diff "$work/facts" - >"$work/diff" ||
		fail "$1: what was known is another: $(head -n 5 "$work/diff")"
}

# ---- AWS ----

# An ENI a line: ID MAC DEVICE SUBNET CIDR PRIMARY BLOCKS, where a block is an address
# or a prefix of 16; and an address a line that the IPAM has touched: ADDRESS POD, or
# ADDRESS - SECONDS since its release.
write_aws_node() {
	cat >"$work/enis" <<-'ENIS'
		eni-1 02:00:00:00:00:01 0 subnet-a 10.0.208.0/27 10.0.208.5 10.0.208.6,10.0.208.7,10.0.208.8,10.0.208.9,10.0.208.10
		eni-2 02:00:00:00:00:02 1 subnet-b 100.64.1.0/24 100.64.1.5 100.64.1.6,100.64.1.7,100.64.1.8,100.64.1.9
		eni-3 02:00:00:00:00:03 2 subnet-b 100.64.1.0/24 100.64.1.40 100.64.1.48/28
	ENIS
	cat >"$work/books" <<-'BOOKS'
		10.0.208.6 dns-1
		10.0.208.7 web-1
		10.0.208.8 - 3
		100.64.1.6 web-2
		100.64.1.7 - 300
		100.64.1.50 web-3
		100.64.1.51 web-4
		100.64.1.52 web-5
		100.64.1.53 - 3
		100.64.1.54 - 3
	BOOKS
}

# As ipamd >= 1.23 says it: by network card, without containerID and ifName.
serve_ipamd() {
	jq -n --rawfile enis "$work/enis" --rawfile books "$work/books" '
		def rows: split("\n") | map(select(. != "") | split(" "));
		def size: if test("/") then 16 else 1 end;
		def unit($size): split("/")[0] | split(".") |
			reduce .[] as $byte (0; . * 256 + ($byte | tonumber)) | . / $size | floor;
		def address: (.[1] == "-") as $is_free | {
			Address: .[0],
			IPAMKey: { networkName: (if $is_free then "" else "aws-cni" end),
				containerID: "", ifName: "" },
			IPAMMetadata: (if $is_free then {}
				else { k8sPodNamespace: "default", k8sPodName: .[1] } end),
			AssignedTime: (now - 3600 | todate),
			UnassignedTime: (if $is_free then now - (.[2] | tonumber) | todate
				else "0001-01-01T00:00:00Z" end) };
		def block($books): . as $cidr | size as $size | {
			Cidr: { IP: split("/")[0],
				Mask: (if $size == 16 then "////8A==" else "/////w==" end) },
			IPAddresses: ($books | map(
				select((.[0] | unit($size)) == ($cidr | unit($size))) |
				{ (.[0]): address }) | add // {}),
			IsPrefix: ($size == 16), AddressFamily: "" };
		($books | rows) as $books | { "0": {
			TotalIPs: 0, AssignedIPs: ($books | map(select(.[1] != "-")) | length),
			ENIs: ($enis | rows | map({ (.[0]): {
				ID: .[0], SubnetID: .[3], DeviceNumber: (.[2] | tonumber),
				IsPrimary: (.[2] == "0"), IsTrunk: false, IsEFA: false,
				IsExcludedForPodIPs: false,
				AvailableIPv4Cidrs: (.[6] | split(",") | map(
					{ (if test("/") then . else . + "/32" end): block($books) }) | add),
				IPv6Cidrs: {} } }) | add) } }' | put v1/enis
}

# As IMDSv2 does: who has no token gets nothing.
serve_imds() {
	local id mac device subnet cidr primary blocks known
	put_text latest/api/token a-token
	put_text latest/api/token.how 'require X-aws-ec2-metadata-token-ttl-seconds: 21600'
	put_text "$meta/instance-type" m5.large
	put_text "$meta/instance-type.how" 'require X-aws-ec2-metadata-token: a-token'
	put_text "$meta/placement/availability-zone" eu-west-1a
	while read -r id mac device subnet cidr primary blocks; do
		put_text "$macs/$mac/interface-id" "$id"
		put_text "$macs/$mac/device-number" "$device"
		put_text "$macs/$mac/subnet-id" "$subnet"
		put_text "$macs/$mac/vpc-id" vpc-1
		put_text "$macs/$mac/subnet-ipv4-cidr-block" "$cidr"
		put_text "$macs/$mac/vpc-ipv4-cidr-blocks" $'10.0.208.0/20\n100.64.0.0/16'
		case $blocks in
		*/*) put_text "$macs/$mac/ipv4-prefix" "${blocks//,/$'\n'}" && blocks='' ;;
		esac
		put_text "$macs/$mac/local-ipv4s" "$primary"$'\n'"${blocks//,/$'\n'}"
	done <"$work/enis"
	put "$macs/index" < <(cut -d' ' -f2 "$work/enis" | sed 's|$|/|')
	for known in "$site/$macs"/*/; do
		grep -qF " $(basename "$known") " "$work/enis" || rm -r "$known"
	done
}

serve_aws() {
	serve_ipamd
	serve_imds
}

# What the CNI keeps for itself: the same addresses, and nothing of ENIs.
write_ipam_json() {
	jq -n --rawfile books "$work/books" '{ version: "vpc-cni-ipam/1", allocations: ($books |
		split("\n") | map(select(. != "") | split(" ") | select(.[1] != "-") | {
		networkName: "aws-cni", containerID: ("c" + .[0]), ifName: "eth0", ipv4: .[0],
		allocationTimestamp: (now * 1e9 | floor),
		metadata: { k8sPodNamespace: "default", k8sPodName: .[1] } })) }' >"$work/.ipam"
	mv -T "$work/.ipam" "$work/ipam.json"
}

# count_in CIDR...: how many of stdin's addresses lie in one of them
count_in() {
	awk '
		function unit(ip, size, bytes) {
			split(ip, bytes, ".")
			return int((((bytes[1] * 256 + bytes[2]) * 256 + bytes[3]) * 256 + bytes[4]) / size)
		}
		BEGIN {
			for (i = 1; i < ARGC; i++) {
				split(ARGV[i] "/32", parts, "/")
				size[i] = 2 ^ (32 - parts[2])
				base[i] = unit(parts[1], size[i])
			}
			ARGC = 1
		}
		{
			for (i in size)
				if (unit($1, size[i]) == base[i]) {
					count++
					break
				}
		}
		END { print count + 0 }' "$@"
}

# The IPv4 addresses that the test's pods have.
kernel_addresses() {
	kernel_holds | sed -n 's|^[0-9]* \([0-9.]*\)/.*|\1|p' | sort -u
}

# ---- GCE ----

# serve_gce ALIAS...
serve_gce() {
	jq -n '[ { ip: "10.132.0.5", mac: "42:01:0a:84:00:05", ipAliases: $ARGS.positional } ]' \
		--args "$@" | put "$gce/network-interfaces/index"
	put_text "$gce/network-interfaces/index.how" 'require Metadata-Flavor: Google'
	put_text "$gce/zone" projects/123/zones/europe-west1-b
	put_text "$gce/attributes/kube-labels" 'a=b,cloud.google.com/gke-nodepool=pool-1'
}

# ---- Kubernetes ----

# node_of CIDR...
node_of() {
	jq -nc '{ metadata: { name: "node-1", resourceVersion: "7", labels: {
			"cloud.google.com/gke-nodepool": "pool-1",
			"topology.kubernetes.io/zone": "europe-west1-b" } },
		spec: { podCIDR: $ARGS.positional[0], podCIDRs: $ARGS.positional },
		status: { allocatable: { pods: "110" } } }' --args "$@"
}

# ciliumnode_of CIDR...
ciliumnode_of() {
	jq -nc '{ metadata: { name: "node-1", resourceVersion: "7" },
		spec: { ipam: { podCIDRs: $ARGS.positional } } }' --args "$@"
}

# serve_object PATH OBJECT: a list of it, and a watch that tells of it
serve_object() {
	put_text "$1" "$(list_of "$2")"
	put "$1.watch" < <(event_of "$2")
}

# list_of OBJECT
list_of() {
	printf '{ "metadata": { "resourceVersion": "7" }, "items": [ %s ] }' "$1"
}

# event_of OBJECT
event_of() {
	printf '{ "type": "MODIFIED", "object": %s }\n' "$1"
}

# tell_change PATH OBJECT: to those that watch it
tell_change() {
	event_of "$2" >>"$site/$1.watch"
}

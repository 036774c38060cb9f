# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the scripts beside this file share. Sourced, not run.

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

fail() {
	say "$@"
	exit 1
}

# debian_arch ARCH: what Debian and OCI call the machine that uname calls ARCH
debian_arch() {
	case $1 in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) fail "ARCH is '$1', not x86_64 or aarch64" ;;
	esac
}

# commit_time: of the source, in seconds; SOURCE_DATE_EPOCH overrides
commit_time() {
	echo "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}"
}

# The annotation by which containerd, kind and podman name what they import. Those who copy, skopeo
# and umoci, go by org.opencontainers.image.ref.name, which is a tag alone: of that containerd makes
# import-DATE:VERSION.
# shellcheck disable=SC2034 # pack, build
name_key=io.containerd.image.name

image_name() {
	echo "localhost/podip:${VERSION:?}"
}

rfc3339() {
	date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ
}

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the scripts beside this file share: where output goes, and an apt of our
# own that downloads packages of any Debian suite and architecture without the
# machine's apt, dpkg or package lists noticing. Sourced, not run.

# All of tests/qemu works in this one folder, and removing it undoes everything.
qemu_dir=${QEMU_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/qemu}
mkdir -p "$qemu_dir"
qemu_dir=$(cd "$qemu_dir" && pwd)

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

fail() {
	say "$@"
	exit "${fail_status:-1}"
}

require() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null ||
			fail "no '$tool' on this machine, tests/qemu/setup installs it"
	done
}

# Downloads take turns, held until the script ends: two runs may want the same.
take_turn() {
	exec 9>"$qemu_dir/lock"
	flock 9
}

host_codename() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# The Debian mirror that the machine's own apt uses.
mirror() {
	local uri
	# shellcheck disable=SC2016 # apt expands these
	uri=$(apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(RELEASE) $(REPO_URI)' \
		'Created-By: Packages' |
		awk -v suite="$(host_codename)" '$1 == "Debian" && $2 == "main" && $3 == suite && !uri { uri = $4 }
			END { print uri }')
	[ -n "$uri" ] || fail "apt knows no Debian mirror of '$(host_codename)', 'apt-get update' may help"
	echo "$uri"
}

# Called before open_apt, gives it the updates and security fixes of this machine's suite, too.
apt_updates() {
	local suite
	suite=$(host_codename)
	# shellcheck disable=SC2016 # apt expands these
	apt_also=$(apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)' \
		'Created-By: Packages' |
		awk -v suite="$suite" '$1 == "Debian" && $2 == "main" && index($3, suite "-") == 1 &&
			$3 ~ /-(updates|security)$/ && !seen[$3]++ {
			print "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]", $4, $3, $2 }')
}

# open_apt SUITE ARCH: afterwards "${apt[@]}" before an apt-get or apt-cache
# command's arguments makes it see only that suite and architecture, and a
# machine on which nothing is installed.
open_apt() {
	local suite=$1 arch=$2 uri
	apt_dir=$qemu_dir/apt/$suite-$arch
	apt=(-c "$apt_dir/apt.conf" -o Dpkg::Use-Pty=0 -qq)
	# Lists of yesterday may name packages that the mirror has since replaced.
	[ -z "$(find "$apt_dir/updated" -mmin -720 2>/dev/null)" ] || return 0

	uri=$(mirror)
	mkdir -p "$apt_dir"/{lists,cache,preferences}
	: >"$apt_dir/status"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main" \
		>"$apt_dir/sources.list"
	echo "${apt_also:-}" >>"$apt_dir/sources.list"
	# The suites of old releases are never signed anew: their date does not count.
	cat >"$apt_dir/apt.conf" <<-CONF
		APT::Architecture "$arch";
		#clear APT::Architectures;
		APT::Architectures { "$arch"; };
		APT::Sandbox::User "root";
		APT::Install-Recommends "false";
		APT::Get::Assume-Yes "true";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear APT::Default-Release;
		Acquire::Languages "none";
		Acquire::Check-Valid-Until "false";
		Dir::Etc::sourcelist "$apt_dir/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "$apt_dir/preferences";
		Dir::State "$apt_dir";
		Dir::State::Lists "$apt_dir/lists";
		Dir::State::status "$apt_dir/status";
		Dir::Cache "$apt_dir/cache";
	CONF
	say "reading the package lists of $suite for $arch"
	apt-get "${apt[@]}" update || fail "the mirror has no suite '$suite' for '$arch'"
	touch "$apt_dir/updated"
}

# fetch_closure DIR PACKAGE...: the packages and all they depend on.
fetch_closure() {
	local into=$1
	shift
	mkdir -p "$into/partial"
	apt-get "${apt[@]}" -o Dir::Cache::archives="$into/" --download-only install "$@" >&2
}

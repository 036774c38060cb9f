#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# walk.sh [--assert] [OPTION]...: the walker against rtnetlink at 10 to 1,000
# namespaces; OPTIONs go to walk, such as --form loop.
#
# In a network namespace and with names of its own, so that nothing else that
# runs here changes what the three list.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
if [ "${IN_OWN_NETNS:-}" != 1 ]; then
	IN_OWN_NETNS=1 exec unshare --mount --net "$here/walk.sh" "$@"
fi
# shellcheck source-path=SCRIPTDIR source=bench.sh
. "$here/bench.sh"

settle_s=2.5 # the kernel's own link-local addresses come last, after duplicate address detection

# at COUNT ROUNDS [OPTION]...
at() {
	count=$1
	rounds=$2
	shift 2
	populate add "$count" --prefix bwalk >"$work/populate.out"
	sleep "$settle_s"
	status=0
	walk --rounds "$rounds" "$@" || status=$?
	populate del "$count" --prefix bwalk >"$work/populate.out"
	[ $status -eq 0 ] || missed=1
}

mkdir -p /run/netns
mount -t tmpfs none /run/netns
ip link set lo up
for option; do
	[ "$option" != --assert ] || must_meet=true
done
at 10 101 "$@"
at 100 101 --setns 60 --netnsid 20 "$@"
at 500 31 "$@"
at 1000 31 --setns 20 --netnsid 10 "$@"
finish

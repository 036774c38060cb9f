# SPDX-License-Identifier: Apache-2.0
# Fail when a user/ file includes a module that comes later in `order`, or when a
# source includes a sink or the other way round: data flows one way.
BEGIN {
	n = split(order, name)
	for (i = 1; i <= n; i++)
		rank[name[i]] = i
}
/^#include "/ {
	file = FILENAME
	sub(/^user\//, "", file)
	sub(/\.[ch]$/, "", file)
	split($2, part, /"/)
	target = part[2]
	if (!sub(/\.h$/, "", target) || !(target in rank))
		next
	if (!(file in rank)) {
		print FILENAME ": not in the Makefile's list of modules"
		bad = 1
		nextfile
	}
	across = (file ~ /^source\// && target ~ /^sink\//) || (file ~ /^sink\// && target ~ /^source\//)
	if (rank[target] > rank[file] || across) {
		print FILENAME ":" FNR ": " file " must not include " target
		bad = 1
	}
}
END { exit bad }

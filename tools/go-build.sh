#!/usr/bin/env bash
# go-build.sh TITLE DIR ARGUMENTS: runs `go build ARGUMENTS` in DIR and shows how far it is.
set -euo pipefail

title=$1
cd "$2"
shift 2
echo "$title …"
# With -v go names each package as it compiles it, a word on a line. What is neither that nor a download is for the reader.
go build -v "$@" 2>&1 | awk '
	/^go: downloading / { if (++modules % 50 == 0) { print "  " modules " modules fetched"; fflush() }; next }
	/^[^ :#]+$/ { if (++packages % 200 == 0) { print "  " packages " packages built"; fflush() }; next }
	{ print > "/dev/stderr" }'

#!/usr/bin/env bash
# Says in a sentence that Go is missing or too old; go itself would tell of modules and toolchains.
set -euo pipefail
cd "$(dirname "$0")/.."

need=$(awk '$1 == "go" { print $2 }' tools/go.mod)
if ! command -v go >/dev/null; then
	echo "Go is missing: install Go $need or newer from https://go.dev/dl/ and add its bin directory to PATH." >&2
	exit 1
fi
have=$(go env GOVERSION)
have=${have#go}
if [[ $(printf '%s\n%s\n' "$need" "$have" | sort --version-sort | head -n 1) != "$need" ]]; then
	echo "Go $have is too old: install Go $need or newer from https://go.dev/dl/ and put its bin directory first in PATH." >&2
	exit 1
fi

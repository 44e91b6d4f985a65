#!/usr/bin/env bash
# Every check that needs no running part. All of them run, so that one look shows all there is to mend.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
check() {
	echo "  $1"
	shift
	"$@" || failed=1
}
formatted() {
	local files
	files=$(gofmt -l .)
	[[ -z $files ]] || { printf 'not formatted, type gofmt -w on:\n%s\n' "$files" >&2; return 1; }
}

echo "Checking the code …"
check "gofmt" formatted
check "go vet" go vet ./...
check "go vet, tools" env -C tools go vet ./...
check "go vet, linters" env -C tools/lint go vet ./...
check "staticcheck" bin/lint/staticcheck ./...
check "who imports whom (depguard)" bin/lint/depguard ./...
check "deterministic workflows (workflowcheck)" bin/lint/workflowcheck ./workflows/...
exit $failed

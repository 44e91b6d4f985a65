#!/usr/bin/env bash
# Every test of the three modules. It runs inside bin/testbed, which says where PostgreSQL and Temporal are.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
go test -timeout 30m ./... || failed=1
env -C tools go test ./... || failed=1
env -C tools/lint go test ./... || failed=1
exit $failed

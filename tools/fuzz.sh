#!/usr/bin/env bash
# Runs every fuzz target for TELAAH_FUZZ_TIME (60s unless set), one after another, and fails if any finds something. What a target
# finds is written beside it, in testdata/fuzz, and fails every later test until it is mended. With an argument only the packages
# below it are fuzzed. What is merely interesting is made smaller for a second only: by default that takes the whole minute.
set -euo pipefail
cd "$(dirname "$0")/.."

each=${TELAAH_FUZZ_TIME:-60s}
failed=()
ran=0
while IFS=: read -r file _ line; do
	target=${line#func }
	target=${target%%(*}
	package=./$(dirname "$file")
	printf '%s %s for %s\n' "$package" "$target" "$each"
	out=$(go test -run '^$' -fuzz "^$target\$" -fuzztime "$each" -fuzzminimizetime 1s "$package" 2>&1) || failed+=("$package $target")
	ran=$((ran + 1))
	printf '%s\n' "$out" | grep -E 'execs:|Failing input|^ +[a-z_]+\.go|panic|FAIL' | tail -n 1 || true
	case " ${failed[*]-} " in *" $package $target "*) printf '%s\n' "$out" | tail -n 60 ;; esac
done < <(git ls-files -co --exclude-standard -- "${1:-.}" | grep '_test\.go$' | xargs grep -Hn '^func Fuzz')

printf '%d targets, %d with a finding\n' "$ran" "${#failed[@]}"
if [ ${#failed[@]} -gt 0 ]; then
	printf '  %s\n' "${failed[@]}"
	exit 1
fi

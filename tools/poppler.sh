#!/usr/bin/env bash
# Makes sure of poppler's tools, with which the tests read PDFs as other programs do.
set -euo pipefail

if command -v pdftotext >/dev/null && command -v pdfinfo >/dev/null; then
	exit 0
fi
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
	echo "The tests of the papers need poppler. Type: sudo apt-get update && sudo apt-get install --yes poppler-utils" >&2
	exit 1
fi
echo "Installing poppler for the tests of the papers …"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get --quiet update && apt-get --quiet --yes --no-install-recommends install poppler-utils; } >"$log" 2>&1; then
	tail -n 5 "$log" >&2
	echo "poppler could not be installed: mend what apt-get says above and start again." >&2
	exit 1
fi

#!/usr/bin/env bash
# Makes sure of Chromium, which the tests of the pages drive. PostgreSQL needs no such care: telaah and the testbed
# install it themselves.
set -euo pipefail

for name in chromium chromium-browser google-chrome google-chrome-stable chrome headless-shell headless_shell; do
	if command -v "$name" >/dev/null; then
		exit 0
	fi
done
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
	echo "The tests of the pages need Chromium. Type: sudo apt-get update && sudo apt-get install --yes chromium fonts-liberation" >&2
	exit 1
fi
echo "Installing Chromium for the tests of the pages (about a minute) …"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get --quiet update && apt-get --quiet --yes --no-install-recommends install chromium fonts-liberation; } >"$log" 2>&1; then
	tail -n 5 "$log" >&2
	echo "Chromium could not be installed: mend what apt-get says above and start again." >&2
	exit 1
fi

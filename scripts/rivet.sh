#!/bin/bash
# Zoom's own REST client, @zoom/rivet, against the emulator. Where the package registry has no such package this says so and
# succeeds: it is not this repository's fault.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp emulator/rest/rivettest/package.json emulator/rest/rivettest/check.mjs "$dir"
if ! (cd "$dir" && npm install --no-audit --no-fund --loglevel=error >npm.log 2>&1); then
	echo "rivet: not run, npm could not install @zoom/rivet:"
	tail -3 "$dir/npm.log"
	exit 0
fi
"${GO:-go}" run ./emulator/rest/rivettest "$dir"

#!/usr/bin/env bash
# Zoom's own REST client, @zoom/rivet, against the emulator. It is installed here, outside of web/: the product does not need it.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp emulator/rest/rivettest/package.json emulator/rest/rivettest/check.mjs "$dir"
(cd "$dir" && npm install --no-audit --no-fund --loglevel=error)
"${GO:-go}" run ./emulator/rest/rivettest "$dir"

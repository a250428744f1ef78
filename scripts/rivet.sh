#!/usr/bin/env bash
# Clients that others wrote, Zoom's own @zoom/rivet among them, against the emulator. They are installed here, outside of web/: the
# product does not need them.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp emulator/rest/rivettest/package.json emulator/rest/rivettest/package-lock.json emulator/rest/rivettest/*.mjs "$dir"
(cd "$dir" && npm ci --no-audit --no-fund --loglevel=error)
"${GO:-go}" run ./emulator/rest/rivettest "$dir"

#!/usr/bin/env bash
# How fast the pages are: the first load from the built binary with the emulator behind it, the large meeting and the large
# Live from a server that only sends. Every part runs; a target that one of them missed fails it at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/startdemo.sh
cd web
missed=0
EARSHOT_PERF_URL="$url" EARSHOT_PERF_LOGIN="admin:$(cat "$data/admin-password")" EARSHOT_PERF_ONLY=load npm run --silent perf || missed=1
# The demo is not to share the processor with what comes next.
kill $demo
wait $demo 2>/dev/null || true
EARSHOT_PERF_ONLY=meeting npm run --silent perf || missed=1
EARSHOT_PERF_ONLY=live npm run --silent perf || missed=1
exit $missed

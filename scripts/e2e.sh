#!/usr/bin/env bash
# The real thing: the built binary with the emulator as Zoom, and every page in Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/startdemo.sh
# The emulator sends its past first; pages are looked at once people are there, bad minutes among them.
password=$(cat "$data/admin-password")
curl -fsS -c "$dir/cookies" -o /dev/null -H 'content-type: application/json' -d "{\"user\":\"admin\",\"password\":\"$password\"}" "$url/api/v1/session"
for _ in $(seq 300); do
	curl -fsS -b "$dir/cookies" "$url/api/v1/meetings?state=live&limit=1" | grep -q '"grade":"\(bad\|poor\)"' && break
	sleep 0.2
done
cd web
EARSHOT_E2E_URL="$url" EARSHOT_E2E_LOGIN="admin:$password" npm run --silent e2e:server

#!/usr/bin/env bash
# The real thing: the built binary with the emulator as Zoom, and every page in Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp)
bin/earshot demo --web-listen 127.0.0.1:0 --people 120 --meetings 12 >"$out" 2>&1 &
demo=$!
trap 'kill $demo 2>/dev/null; wait $demo 2>/dev/null; rm -f "$out"' EXIT
for _ in $(seq 600); do
	grep -q 'once=' "$out" && break
	kill -0 $demo 2>/dev/null || { cat "$out"; exit 1; }
	sleep 0.1
done
data=$(sed -n 's/.* Earshot in \(.*\)$/\1/p' "$out")
url=$(sed -n 's|.*\(http://[^/]*\)/login?once=.*|\1|p' "$out")
# The emulator sends its past first; pages are looked at once people are there, bad minutes among them.
token=$(mktemp)
trap 'kill $demo 2>/dev/null; wait $demo 2>/dev/null; rm -f "$out" "$token"' EXIT
password=$(cat "$data/admin-password")
curl -fsS -c "$token" -o /dev/null -H 'content-type: application/json' -d "{\"user\":\"admin\",\"password\":\"$password\"}" "$url/api/v1/session"
for _ in $(seq 300); do
	curl -fsS -b "$token" "$url/api/v1/meetings?state=live&limit=1" | grep -q '"grade":"\(bad\|poor\)"' && break
	sleep 0.2
done
cd web
EARSHOT_E2E_URL="$url" EARSHOT_E2E_LOGIN="admin:$password" npm run --silent e2e:server

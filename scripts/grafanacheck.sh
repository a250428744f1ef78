#!/bin/bash
# Grafana's side of PromQL: every query of every panel in deploy/grafana, and Debian's promtool, against a running earshot demo.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v promtool >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus >/dev/null
fi
[ -x bin/earshot ] || make --silent binary
dir=$(mktemp -d)
EARSHOT_API_TOKEN=$(head -c 18 /dev/urandom | base64 | tr -d '+/=')
export EARSHOT_API_TOKEN
bin/earshot demo --people 120 --meetings 12 --past 90m --web-listen 127.0.0.1:0 >"$dir/demo.txt" 2>&1 &
demo=$!
trap 'kill $demo 2>/dev/null; wait $demo 2>/dev/null; rm -rf "$dir"' EXIT
for _ in $(seq 600); do
  EARSHOT_URL=$(grep -o 'http://127[^/]*' "$dir/demo.txt" | head -1) && break
  kill -0 $demo || { cat "$dir/demo.txt"; exit 1; }
  sleep 0.2
done
export EARSHOT_URL

# The past is sent at once; the monitor's own figures need a minute to be rates.
ready='sum(zoom_qos_participants) > 0 and on () count_over_time(earshot_receiver_up[2m]) > 4'
for _ in $(seq 300); do
  curl -fsS -H "Authorization: Bearer $EARSHOT_API_TOKEN" "$EARSHOT_URL/prometheus/api/v1/query" --data-urlencode "query=$ready" | grep -q '"value"' && break
  sleep 0.5
done
go test -tags peers -count=1 -v -run 'OnDemo$' ./internal/promapi

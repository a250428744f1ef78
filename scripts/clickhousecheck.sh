#!/bin/bash
# A real ClickHouse makes the tables of deploy/grafana/clickhouse, takes what a run of Earshot with the emulator writes, and runs every query.
set -euo pipefail
cd "$(dirname "$0")/.."
check=$PWD/deploy/grafana/clickhouse/check
[ "$check/node_modules/.package-lock.json" -nt "$check/package-lock.json" ] || {
  (cd "$check" && npm ci --no-audit --no-fund --loglevel=error)
  touch "$check/node_modules/.package-lock.json"
}
[ -x bin/earshot ] || make --silent binary
earshot=$PWD/bin/earshot
dir=$(mktemp -d)
running=()
trap 'for p in "${running[@]}"; do kill "$p" 2>/dev/null || true; done; wait; rm -rf "$dir"' EXIT
cd "$dir"

company=(--people 120 --meetings 12)
"$earshot" emulate "${company[@]}" --sites-csv sites.csv --asn asn.mmdb
cat >earshot.yaml <<'YAML'
sites: {file: sites.csv, asn: asn.mmdb}
export:
  - {name: lines, type: file, begin: oldest, logs: [samples, minutes, summaries, incidents], config: {path: lines.jsonl}}
  - {name: lake, type: file, begin: oldest, logs: [minutes, summaries, incidents], config: {path: lake, format: parquet, parquet: {interval: 5s}}}
YAML
ZOOM_WEBHOOK_SECRET_TOKEN=$(head -c 18 /dev/urandom | base64 | tr -d '+/=')
export ZOOM_WEBHOOK_SECRET_TOKEN
read -r web webhook < <(node -e '
  const net = require("net"), all = [0, 1].map(() => net.createServer().listen(0, "127.0.0.1"));
  setTimeout(() => { console.log(all.map((s) => s.address().port).join(" ")); all.forEach((s) => s.close()); }, 100);')
"$earshot" serve --data data --config earshot.yaml --web-listen "127.0.0.1:$web" --webhook-listen "127.0.0.1:$webhook" >serve.log 2>&1 &
serve=$!
running+=("$serve")
"$earshot" emulate --target "http://127.0.0.1:$webhook/webhook" "${company[@]}" --from "$(date -u -d '-90 min' +%FT%TZ)" --catch-up >emulate.log 2>&1 &
emulate=$!
running+=("$emulate")

# The past is sent at once. It is whole when a minute of the last five is sealed; Parquet and incidents follow within the next.
recent() { grep -qE "\"kind\":\"minutes\".*\"time\":\"($(for i in 3 4 5; do date -u -d "-$i min" +%FT%H:%M; done | paste -sd '|'))" lines.jsonl; }
for _ in $(seq 240); do
  kill -0 "$serve" || { cat serve.log; exit 1; }
  [ -s lines.jsonl ] && recent && [ -n "$(compgen -G 'lake/day=*/incidents-*.parquet')" ] && [ -n "$(compgen -G 'lake/day=*/summaries-*.parquet')" ] && break
  sleep 0.5
done
kill "$emulate"
sleep 6 # what follows the newest minute
kill "$serve"
wait
running=()
node "$check/check.mjs" lines.jsonl lake || { grep -E 'level=(WARN|ERROR)' serve.log emulate.log | tail -20; exit 1; }

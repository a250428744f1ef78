#!/bin/bash
# A real ClickHouse makes the tables of deploy/grafana/clickhouse, takes what a run of Earshot with the emulator writes, as lines,
# as Parquet and from a broker of Kafka's protocol, and runs every query.
set -euo pipefail
cd "$(dirname "$0")/.."
check=$PWD/deploy/grafana/clickhouse/check
[ "$check/node_modules/.package-lock.json" -nt "$check/package-lock.json" ] || {
  (cd "$check" && npm install --no-save --no-audit --no-fund --loglevel=error) # ci wants every platform's library in the lock file
  touch "$check/node_modules/.package-lock.json"
}
[ -x bin/earshot ] || make --silent binary
earshot=$PWD/bin/earshot
dir=$(mktemp -d)
running=()
trap 'for p in "${running[@]}"; do kill "$p" 2>/dev/null || true; done; wait; rm -rf "$dir"' EXIT
cd "$dir"

(cd "$check" && go build -o "$dir/broker" ./broker)
./broker >broker.address &
running+=("$!")
for _ in $(seq 100); do [ -s broker.address ] && break; sleep 0.1; done
broker=$(cat broker.address)

company=(--people 120 --meetings 12)
"$earshot" emulate "${company[@]}" --sites-csv sites.csv --asn asn.mmdb
cat >earshot.yaml <<YAML
sites: {file: sites.csv, asn: asn.mmdb}
export:
  - {name: lines, type: file, begin: oldest, logs: [samples, minutes, summaries, incidents], config: {path: lines.jsonl}}
  - {name: queue, type: kafka, begin: oldest, logs: [samples, minutes, summaries, incidents], config: {brokers: ["$broker"], topic: earshot}}
  - {name: lake, type: file, begin: oldest, logs: [minutes, summaries, incidents], config: {path: lake, format: parquet, parquet: {interval: 5s}}}
YAML
ZOOM_WEBHOOK_SECRET_TOKEN=$(head -c 18 /dev/urandom | base64 | tr -d '+/=')
EARSHOT_API_TOKEN=$(head -c 18 /dev/urandom | base64 | tr -d '+/=')
export ZOOM_WEBHOOK_SECRET_TOKEN EARSHOT_API_TOKEN
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
# Every destination has what the others have when none has anything left, between the seals of two minutes.
waits() {
  curl -sf -H "Authorization: Bearer $EARSHOT_API_TOKEN" "http://127.0.0.1:$web/metrics" | awk '/^earshot_export_backlog/ { n++; left += $2 } END { exit !(n < 3 || left > 0) }'
}
still=0
for _ in $(seq 120); do
  if waits; then still=0; else still=$((still + 1)); fi
  [ "$still" -lt 6 ] || break
  sleep 1
done
kill "$serve"
wait "$serve" "$emulate" || true
running=("${running[0]}") # the broker
node "$check/check.mjs" lines.jsonl lake "$broker" || { grep -E 'level=(WARN|ERROR)' serve.log emulate.log | tail -20; exit 1; }

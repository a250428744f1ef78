#!/bin/bash
# Debian's amtool and Alertmanager against ours: silences over our API, alerts handed over to theirs.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v amtool >/dev/null || ! command -v prometheus-alertmanager >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus-alertmanager >/dev/null
fi
go test -tags peers -count=1 -run TestPeers ./internal/alert/deliver

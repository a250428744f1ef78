#!/bin/bash
# Debian's Prometheus as the receiver of remote write 1 and 2, behind 503s, 429s and lost answers, asked by the official client; its
# promtool on the rules about Earshot itself.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v prometheus >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus >/dev/null
fi
go test -tags peers -count=1 -run TestPeers ./internal/export/promwrite
promtool test rules deploy/prometheus/earshot.rules.test.yml

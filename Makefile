# Earshot. `make` alone prints what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
GO ?= go
BIN := bin/earshot

help: ## print this
	@awk 'BEGIN{FS=":.*## "} /^[a-z0-9-]+:.*## /{printf "  make %-12s %s\n",$$1,$$2}' $(MAKEFILE_LIST)

demo: build ## build everything, start Zoom's emulator and Earshot in a temporary folder, print an address to open
	@exec $(BIN) demo

build: ui binary ## build the UI and both programs into bin/

ui: web/node_modules/.package-lock.json ## build the UI and place it where the binary embeds it
	cd web && npm run --silent build
	rm -rf internal/web/dist/assets && cp -r web/dist/. internal/web/dist/

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

binary: ## build the programs with whatever UI is there
	$(GO) build -ldflags='-s -w' -o $(BIN) ./cmd/earshot
	CGO_ENABLED=0 $(GO) build -ldflags='-s -w' -o bin/earshot-receiver ./cmd/earshot-receiver

test: test-go test-web ## all Go and TypeScript unit and integration tests

test-go:
	$(GO) test -race ./...

test-web: web/node_modules/.package-lock.json
	cd web && npm test --silent

lint: web/node_modules/.package-lock.json ## gofmt, vet, staticcheck, the UI's linter and types
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt: not formatted:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	cd web && npm run --silent lint

check: lint test e2e rivet alertcheck grafanacheck exportcheck ## what CI runs: lint, vet, race, web tests, browser tests, Zoom's own client, amtool, promtool, Debian's Prometheus

alertcheck: ## Debian's amtool and Alertmanager against ours
	./scripts/alertcheck.sh

grafanacheck: binary ## every query of Grafana's dashboards, and Debian's promtool, against a demo
	./scripts/grafanacheck.sh

exportcheck: ## Debian's Prometheus takes what is written to it
	./scripts/exportcheck.sh

clickhousecheck: binary ## a ClickHouse (150 MB from npm) runs deploy/grafana/clickhouse on what a real run sends
	./scripts/clickhousecheck.sh

rivet: ## clients that others wrote, Zoom's own among them, against the emulator
	./scripts/rivet.sh

e2e: build chromium ## browser tests: the built UI, then the binary with the emulator, in Chromium
	cd web && npm run --silent e2e
	./scripts/e2e.sh

perf: build chromium ## how fast the pages are in Chromium: first load, a large meeting, Live with 20,000 people
	./scripts/perf.sh

chromium: ## install Debian's chromium where it is missing
	@command -v chromium >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; }

fuzz: ## every fuzz target for 20 s
	./scripts/fuzz.sh 20s

bench: binary ## throughput against a bare handler, lag, bytes per event, memory
	$(GO) run ./internal/bench

chaos: binary ## kill -9 at random moments; the sender's ledger, then a receiver of alerts, is the judge
	$(GO) run ./internal/chaos
	$(GO) run ./internal/chaos -alerts

scoreboard: ## verdicts and incidents against the emulator's truth: precision, recall, time to detect, false alarms
	$(GO) run ./internal/scoreboard

generate: binary web/node_modules/.package-lock.json ## OpenAPI document and the UI's types
	$(BIN) openapi > web/openapi.json
	cd web && npm run --silent generate

clean: ## remove what was built
	rm -rf bin web/dist web/node_modules internal/web/dist/assets internal/web/dist/index.html

.PHONY: help demo build ui binary test test-go test-web lint check alertcheck grafanacheck exportcheck clickhousecheck rivet e2e perf chromium fuzz bench chaos scoreboard generate clean

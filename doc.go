// Package earshot is the domain: the words that every other package shares.
//
// Earshot tells an IT team who could not hear or be heard in their Zoom meetings and calls, when, and why. This package
// holds the nouns of that sentence: [Meeting], [Person], [Segment], [Sample], [Minute], [Grade], [Cause], [Incident], [Call]. It does no I/O,
// reads no clock, starts no goroutine and imports only the standard library.
//
// # Map of the repository
//
//	zoom/                 Zoom's wire protocol: payloads, quantities, signature, challenge (public, no I/O)
//	emulator/             Zoom's side: world, faults, truth, delivery (public); rest/ its REST API, statuspage/ its page
//	internal/receive      the webhook endpoint: bound, verify, append, answer
//	internal/journal      the durable log of raw events, its archive and its socket protocol
//	internal/pipeline     the fold over the journal: decode, identify, grade, explain, store
//	internal/identity     events to meetings, persons, segments and calls; pure
//	internal/grade        profiles: samples to grades; pure
//	internal/cause        what made a minute bad, by comparing people; pure
//	internal/incident     grades that share a cause to incidents; pure
//	internal/facts        columns: samples, minutes, summaries; contract, duckdb, analyst (SQL of people), factstest
//	internal/registry     accounts, meetings, persons, segments, calls, incidents, sites, users; SQLite
//	internal/live         what is happening now: snapshot and subscribe
//	internal/site         address to site
//	internal/alert        what people are told about; pure; deliver/ tells them, watch/ feeds and keeps both
//	internal/report       the evidence bundle; pure
//	internal/promapi      PromQL over facts and live
//	internal/pull         stored rows in parts, as CSV, JSON lines or Parquet; download/ fetches them
//	internal/export       what leaves: engine, and a package for each destination
//	internal/api          JSON API and server-sent events
//	internal/web          the built UI, sessions, headers
//	internal/daemon       composition root and supervisor; receiver/ is the receiver's, without cgo
//	internal/config       one YAML file, environment and flags to options
//	internal/obs          logging and metrics
//	internal/snapcode     the primitives of binary snapshots
//	internal/priority     which threads are in a hurry
//	internal/repolint     the rules of this repository, as tests
//	internal/running      the built program as a process, for the next two
//	internal/bench        throughput, lag, sizes, memory: make bench
//	internal/chaos        kill -9 under load, judged by the sender's ledger: make chaos
//	internal/scoreboard   verdicts against the emulator's truth: make scoreboard
//	cmd/earshot           the program, one file per subcommand
//	cmd/earshot-receiver  the receiver alone, without cgo
//	deploy/               what others need beside it: containers, Grafana, ClickHouse, Splunk, Datadog; and its tests
//	web/                  the UI
//
// Imports point downwards only; internal/repolint says how, and why.
//
// # Absence
//
// Zoom sends "" for a stream that is idle. Absent is never zero here: a [Values] knows which metrics it holds, an
// [Instant] of 0 is no time, an [ID] of 0 is no thing, and an empty string is an unknown fact.
//
// All types are plain values: safe for concurrent reading, not for concurrent writing.
package earshot

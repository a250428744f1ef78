// Package export hands what Earshot knows to where a team already looks: Splunk, Datadog, Prometheus, OpenTelemetry, Kafka, files,
// webhooks. This package is the engine; each destination is a package below it that sends one batch and nothing else.
//
// # Guarantees
//
//   - At least once: a position is stored, synced, only after the destination has taken everything up to it. What is sent twice,
//     after a crash or an answer that got lost, has the same [Record.ID] both times.
//   - One durability mechanism: the journal, the facts' outbox and the registry's outbox of incidents are the queue. A destination
//     that is down costs no memory; what has waited longer than Spec.MaxBacklog is left out, and counted as a gap, in hand or not.
//   - A destination that is slow or down delays no other one, nor the pipeline: each has goroutines, positions and errors of its own.
//     They share one thing, which is bounded: the newest events as records (see journalFeed), so that five destinations that have caught
//     up read, decode and redact each event once. One that is behind reads for itself.
//   - A record that a destination refuses for good is found by halving the batch, set aside in a bounded file, counted and shown; the
//     others of its batch go through. A destination that refuses credentials or everything is waited for: nothing is set aside then.
//   - What is personal leaves only as Spec.Redact says, in raw events as well: see [Redaction].
//
// # Shape
//
// [Exporter] has a runner for each destination. A runner has a stream for each [Source] that its record kinds need (journal, outbox,
// incidents). A stream reads a chunk, makes records, filters, redacts, batches, sends, retries with backoff and jitter, and stores its
// position. Without destinations there is no Exporter: nothing is allocated or started.
//
// # Concurrency and failure
//
// An Exporter's methods may be called concurrently; New opens its files, Run is called once, Close ends what New opened. Send of one
// destination is never called concurrently. A source that does not answer is asked again; a position that cannot be stored stops the
// stream until it can, since going on would promise what a crash takes back.
//
// # Testing
//
// Destinations are tested against peers that others wrote, the engine against one in memory, with testing/synctest for time.
package export

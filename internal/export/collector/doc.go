// Package collector runs the OpenTelemetry Collector's exporters as libraries: configured with the Collector's own keys, their queues,
// batches and retries off, so that one send is one answer and durability stays with package export.
//
// Settings that would put a queue or a retry between a record and its answer are refused by name: an exporter that says yes before its
// peer did would lose records in a crash. What a peer answered is observed where the request is made (the Collector's middleware), since
// some exporters keep neither the status nor Retry-After in their errors.
//
// An [Exporter] is used by one goroutine. The packages splunk, otlp and promwrite are made of it and say what is theirs. They are
// tested against the Collector's own receivers and Prometheus.
package collector

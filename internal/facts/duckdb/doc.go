// Package duckdb keeps facts in one DuckDB file: [Open] gives a [facts.Store], [Restore] puts a backup back.
//
// # What it guarantees
//
// A batch, its position and its outbox entry are one transaction, written through DuckDB's appender on one connection and
// committed with an fsync; so after a crash the position says exactly which rows are there. That also covers what DuckDB
// itself does not: a write-ahead log that was cut short opens without an error and with fewer rows, and then the position is
// lower as well, and the writer repeats. After any failed commit or checkpoint the file is closed and reopened inside the
// store before anything is answered again, and the caller repeats its batch. [Store.Check] commits a number and reads it
// back.
//
// A file that is missing, cut short, damaged or keeps ending the process when opened is moved aside with its log as
// facts.duckdb.damaged-<time>, byte for byte, and a new one begun; [Store.Recovered] tells. What is no damage is an error and
// is left alone: a full disk, a file that another process holds, one of a newer Earshot or DuckDB. The outbox of a store
// begun after a loss starts at the clock in milliseconds, beyond every position that an exporter can have.
//
// # Who may call it
//
// Any number of goroutines may read, [Options.Readers] at once; the others wait for their turn or their context. Writers take
// turns. Readers see a snapshot and hold nobody up, and nothing but reopening after an error holds them up. Samples are sorted
// away beside Apply, on a connection of their own; ReplaceHour, Maintain and Backup wait for that. Every 64 MiB of log, about
// each 65,000 events, there is a checkpoint, and a batch that comes then waits some tenths of a second.
//
// # The file
//
// The schema is in schema/*.sql; the view sample is meant for people. There are no keys, constraints or indexes, since an
// index can invalidate the whole database and makes appends wait for checkpoints; what is unique is the fold's business, and
// late doubles are merged on reading. Columns are scalar, times are UTC numbers, and no column holds a name, an address or
// anything else personal. SQL is constant text with placeholders, and the connection it runs on can reach no other file,
// load no extension and change no setting.
//
// There are seven or eight samples in an event, so their layout decides the size of the file. What the samples of a segment
// share (ids, site, network type, data centre) is a row of context, named by a 32-bit ref. New samples go to sample_recent as
// they come, with a number for absent values that sample_row makes NULL; 245,760 at a time, and before each checkpoint, they are
// moved to sample_stream, sample_device and sample_sorted (sampletables.go), each as one run ordered by wire type, ref and time,
// which puts values of one kind and absent values side by side. A batch of many samples, which comes under load alone, is sorted
// before and goes there at once. The first two have only the metrics that their wire types have: of twenty, a stream has eight,
// and a value that is absent costs as much to write as another. Metrics are FLOAT: exact, and smaller under DuckDB's ALP than
// hundredths in an INTEGER.
//
// Minutes keep everything in the row: they are what questions scan. They come to minute_recent, and when their hour is over they are
// moved to minute_sorted, ordered by meeting, segment and time, and counted in tally: by the hour, segment, dimensions and cause.
// That is a twentieth of the rows, and what [Store.Tally] reads of whole hours.
//
// What checkpoints and retention leave free is given back by Maintain (giveback.go): else it would be 20 to 30 bytes an event of a
// day. Measured on made-up office days (factstest.Traffic: 5,000 people, a report a minute, 7.3 samples an event, DuckDB 1.5.5),
// bytes an event:
//
//	samples as they come, by segment, batches of 2,000 events   142 (INTEGER hundredths 179)
//	samples sorted by wire type within such a batch             103 (INTEGER 122; within batches of 83: 129)
//	samples sorted in runs of 245,760, ids in every row         about 90
//	samples sorted in runs of 245,760, with context             59 + 3
//	minutes as they come, with all ids and dimensions           33
//	minutes sorted, and counted                                 11 + 1
//	summaries                                                    2
//
// A generated day of 2,000 people (internal/bench size) is 103 bytes an event after Maintain.
//
// # Testing
//
// The contract is tested by factstest; the tests here add crashes, damage, full disks, backups, migrations and the sandbox.
// Other packages test against factstest.NewMemory, which needs no cgo.
package duckdb

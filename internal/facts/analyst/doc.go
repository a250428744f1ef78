// Package analyst answers SQL of people on a copy of the facts, in a sandbox: [Open] a snapshot, [Session.Ask] a question.
//
// What it guarantees: the snapshot is attached read-only and stays as it is. Only SELECT and EXPLAIN run, one statement at a
// time; everything else is [ErrOnlyReads]. DuckDB itself may touch no file and no network (enable_external_access is off), loads no
// extension, keeps to its memory and its threads, and none of that can be changed (lock_configuration). A question ends with its
// context. An answer keeps to the memory as well, however long it is: it lies in a temporary table and is told piece by piece. What spills
// goes to a folder of its own, bounded, which [Session.Close] removes.
//
// What is asked are views in words: enumerations by name, ids as 16 digits, times as UTC; see docs/sql.md. The tables beneath are
// in the schema facts and may change between versions. Nothing personal is there: names are in the registry.
//
// It is for a process of its own: a question that takes the memory ends that process, never the monitor. A [Session] serves one
// goroutine. Tests: analyst_test.go runs every query of docs/sql.md, and tries to get out.
package analyst

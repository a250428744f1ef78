// Package download fetches an export from a running monitor into a file, part by part.
//
// What has arrived whole stays: an interrupted download, be it the network, the monitor, this program or the machine, goes on
// where it was when the same question is asked again for the same file. Until everything is there the rows are in FILE.partial
// (of Parquet: in parts in the folder FILE.parts), beside FILE.resume, which says what was asked and how far it is; then
// FILE appears under its name at once. To standard output nothing can be resumed, but a part that fails is asked for again.
//
// A part is written whole, synced, and then noted: what a crash leaves behind the note is cut off. Answers 5xx and network
// errors are tried again, with growing pauses; what is wrong with the question is an error at once.
//
// A [Download] serves one goroutine. Tests: download_test.go, with a server that breaks off.
package download
